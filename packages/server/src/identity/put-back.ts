import type { Database } from '../platform/index.ts';

/** A row that the audit log says is gone, or other, by its subject there: `user:5c1f…`. */
interface Known {
  readonly subject: string;
  /** Of a member. */
  readonly role?: string;
  readonly until?: string | null;
}

/** The newest of these says how the role is. */
const changes = ['member.role-changed', 'member.assignment-changed', 'member.assignment-ended'];
/** After any of these there is no such row any more. */
const ends = ['member.removed', 'session.ended', 'api-key.ended', 'invitation.withdrawn', 'member.joined'];
const most = 500;

/**
 * Rows of the past that somebody put back, which have the seal of then: a role that was taken away, a session or a key that was
 * ended. They are found as far as the audit log tells of their end. Gives their subjects.
 */
export async function findPutBack(database: Database): Promise<string[]> {
  const suspects = await pastOf(database, await rowsOf(database));
  if (suspects.length === 0) return [];
  // What was changed between the look at the rows and that at the log is right by now.
  const again = (await rowsOf(database)).filter(({ subject }) => suspects.includes(subject));
  return await pastOf(database, again);
}

async function rowsOf({ read }: Database): Promise<Known[]> {
  const members = await read.selectFrom('members').select(['user_id', 'role', 'until']).execute();
  const known: Known[] = members.map(({ user_id, ...member }) => ({ subject: `user:${user_id}`, ...member }));
  const of = (kind: string, rows: readonly { id: string }[]) =>
    rows.map(({ id }) => ({ subject: `${kind}:${id}` }));
  return [
    ...known,
    ...of('session', await read.selectFrom('sessions').select('id').execute()),
    ...of('api-key', await read.selectFrom('api_keys').select('id').execute()),
    ...of('invitation', await read.selectFrom('invitations').select('id').execute()),
  ];
}

async function pastOf({ read }: Database, rows: readonly Known[]): Promise<string[]> {
  const past: string[] = [];
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    const told = await read
      .selectFrom('audit_entries')
      .select(['subject', 'action', 'after'])
      .where('action', 'in', [...changes, ...ends])
      .where(
        'subject',
        'in',
        some.map(({ subject }) => subject),
      )
      .orderBy('id')
      .execute();
    const last = new Map(told.map((entry) => [entry.subject, entry]));
    for (const row of some) {
      const entry = last.get(row.subject);
      if (entry === undefined) continue;
      const { role = row.role, until = row.until } = JSON.parse(entry.after ?? '{}') as Partial<Known>;
      if (ends.includes(entry.action) || role !== row.role || until !== row.until) past.push(row.subject);
    }
  }
  return past;
}
