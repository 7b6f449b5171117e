import type { Letter } from '../../mail/index.ts';

export const resetLetter = ({ email, link }: { readonly email: string; readonly link: string }): Letter => ({
  subject: 'A new password for Octobox',
  paragraphs: [
    `Somebody asked for a new password for the account ${email}. The link works once, within an hour.`,
    'When it is used, all sessions, API keys and passkeys of the account end: somebody else may have had it. A second factor stays.',
  ],
  link: { words: 'Choose a new password', url: link },
  remark:
    'It was not you? Then do nothing: the password stays as it is, and the link is good for nothing in an hour.',
});
