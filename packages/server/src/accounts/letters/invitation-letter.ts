import type { Letter } from '../../mail/index.ts';

export const invitationLetter = (invitation: {
  readonly organisation: string;
  readonly inviter: string;
  readonly email: string;
  readonly link: string;
}): Letter => ({
  subject: `Join ${invitation.organisation} on Octobox`,
  paragraphs: [
    `${invitation.inviter} invites you to join ${invitation.organisation} on Octobox, where its backups and their proofs are kept.`,
    `The link works once, within a week. There you say your name and choose a password; you sign in as ${invitation.email} then.`,
  ],
  link: { words: 'Join here', url: invitation.link },
  remark: 'You know nothing of this? Then do nothing: without the link nobody becomes a member.',
});
