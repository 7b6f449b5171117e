import type { Letter, Mail, Outbox } from '../../mail/index.ts';
import type { Clock, Writer } from '../../platform/index.ts';
import { accountPath } from '../console-paths.ts';

/** What happened to somebody's account, as its owner is told who may not have done it. */
const words = {
  'password-changed': 'The password was changed.',
  'second-factor-enabled': 'A second factor was set up: signing in asks for a code of an app from now on.',
  'second-factor-disabled': 'The second factor was turned off: signing in asks for the password alone.',
  'recovery-codes-renewed': 'New recovery codes were made; those before are void.',
  'passkey-added': 'A passkey was added, which signs in.',
  'passkey-removed': 'A passkey was removed.',
} as const;

export type AccountEvent = keyof typeof words;

const prefix = 'notice.';
const lifeMs = 86_400_000;

/**
 * Mails about what changed on one's own account, so that a change that somebody else made does not stay unnoticed. Where
 * no mail is configured nothing is told. Nothing of them is a secret, so that no key of the vault is needed for a change.
 */
export class Notices {
  readonly #outbox: Outbox;
  readonly #clock: Clock;

  constructor({ outbox, clock, url }: { outbox: Outbox; clock: Clock; url: string }) {
    this.#outbox = outbox;
    this.#clock = clock;
    for (const event of Object.keys(words) as AccountEvent[]) {
      outbox.composeBy(`${prefix}${event}`, async (mail) => noticeLetter(event, mail, url));
    }
  }

  /** In the transaction of the change that it tells of. */
  async tell(transaction: Writer, userId: string, event: AccountEvent): Promise<void> {
    if (!this.#outbox.enabled) return;
    const user = transaction.selectFrom('users').select('email').where('id', '=', userId);
    const found = await user.executeTakeFirst();
    if (found === undefined) return;
    const expiresAt = new Date(this.#clock.now().getTime() + lifeMs);
    const about = `user:${userId}`;
    await this.#outbox.add(transaction, { kind: `${prefix}${event}`, to: found.email, about, expiresAt });
  }
}

const noticeLetter = (event: AccountEvent, { recipient, createdAt }: Mail, url: string): Letter => ({
  subject: `Your Octobox account: ${words[event].replace(/[:;.].*$/s, '').toLowerCase()}`,
  paragraphs: [
    `${words[event]} It was the account ${recipient}, ${createdAt.slice(0, 16).replace('T', ' ')} UTC.`,
    'Was it you? Then all is well, and there is nothing to do.',
    'If it was not, choose a new password now, end the sessions that you do not know, and tell an owner of your organisation, who sees in the audit log from where it was done.',
  ],
  link: { words: 'Your account', url: `${url}${accountPath}` },
});
