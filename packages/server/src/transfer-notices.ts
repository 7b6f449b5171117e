import type { Entries, TellTransfer } from './credentials/index.ts';
import type { Letter, Outbox } from './mail/index.ts';
import type { Clock } from './platform/index.ts';

const kind = 'vault.transferred';
const mark = 'vault-entry:';
const lifeMs = 86_400_000;

/** Mails to whom it concerns that an entry of the vault has another owner; none where no mail is configured. */
export function transferNotices(options: {
  outbox: Outbox;
  clock: Clock;
  entries: Entries;
  url: string;
}): TellTransfer {
  const { outbox, clock, entries, url } = options;
  outbox.composeBy(kind, async ({ about = '', createdAt }): Promise<Letter> => {
    const { id, name, owner } = await entries.get(about.slice(mark.length));
    return {
      subject: `An entry of the vault has another owner: ${name}`,
      paragraphs: [
        `"${name}", which is kept in the vault of Octobox, belongs to ${owner.name ?? 'another member'} since ${createdAt.slice(0, 16).replace('T', ' ')} UTC. The new owner opens it, and shares it with others.`,
        'Whatever the owner before had shared of it has ended. The audit log has who did this, and why.',
        'Is that not as it should be? Then tell an owner of your organisation, and have the password changed.',
      ],
      link: { words: 'The entry', url: `${url}/app/vault/${id}` },
    };
  });
  return async (transaction, { entryId, userIds }) => {
    if (!outbox.enabled || userIds.length === 0) return;
    const users = await transaction
      .selectFrom('users')
      .select('email')
      .where('id', 'in', [...userIds])
      .execute();
    const expiresAt = new Date(clock.now().getTime() + lifeMs);
    for (const { email } of users)
      await outbox.add(transaction, { kind, to: email, about: `${mark}${entryId}`, expiresAt });
  };
}
