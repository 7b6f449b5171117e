import type { Selectable } from 'kysely';
import type { Database, Instant } from '../platform/index.ts';
import type { Evidence } from './evidence.ts';
import type { PromiseChange } from './promise.ts';
import type { PromiseHistoryRow, PromiseRow } from './schema.ts';

const columns = ['h.at', 'p.kind', 'p.subject_id', 'h.from_state', 'h.to_state', 'h.evidence'] as const;

/** Every change of state ever recorded, newest first. */
export async function allChanges(database: Database, limit: number): Promise<PromiseChange[]> {
  const rows = await database.read
    .selectFrom('promise_history as h')
    .innerJoin('promises as p', 'p.id', 'h.promise_id')
    .select(columns)
    .orderBy('h.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(changeFrom);
}

/**
 * Of each promise the newest `each` records since then, newest first, in one query. What was found at the
 * very first look is no change and left out. Of a promise with a long history only `each` rows are read.
 */
export async function recentChanges(
  database: Database,
  range: { since: Instant; each: number },
): Promise<PromiseChange[]> {
  return (await recentQuery(database, range).execute()).map(changeFrom);
}

/** Exported for the test of what it costs. */
export const recentQuery = (database: Database, range: { since: Instant; each: number }) =>
  newestOfEach(database, range.each)
    .select(columns)
    .where('h.at', '>=', range.since)
    .where('h.from_state', 'is not', null)
    .orderBy('h.id', 'desc');

/**
 * Promises, each joined with its newest records and no others: joined by promise alone, the whole history would be
 * read and then left out. The engines know no common way to say so that both find by the index.
 */
const newestOfEach = (database: Database, each: number) =>
  database.kind === 'postgresql' ? newestLaterally(database, each) : newestById(database, each);

const newestLaterally = ({ read }: Database, each: number) =>
  read.selectFrom('promises as p').innerJoinLateral(
    (from) =>
      from
        .selectFrom('promise_history as newest')
        .selectAll()
        .whereRef('newest.promise_id', '=', 'p.id')
        .orderBy('newest.id', 'desc')
        .limit(each)
        .as('h'),
    (join) => join.onTrue(),
  );

const newestById = ({ read }: Database, each: number) =>
  read
    .selectFrom('promises as p')
    .innerJoin('promise_history as h', (join) =>
      join.on((on) =>
        on(
          'h.id',
          'in',
          on
            .selectFrom('promise_history as newest')
            .select('newest.id')
            .whereRef('newest.promise_id', '=', 'p.id')
            .orderBy('newest.id', 'desc')
            .limit(each),
        ),
      ),
    );

const changeFrom = (
  row: Pick<Selectable<PromiseHistoryRow>, 'at' | 'from_state' | 'to_state' | 'evidence'> &
    Pick<Selectable<PromiseRow>, 'kind' | 'subject_id'>,
): PromiseChange => ({
  at: row.at,
  kind: row.kind,
  subjectId: row.subject_id,
  ...(row.from_state === null ? {} : { from: row.from_state }),
  to: row.to_state,
  evidence: JSON.parse(row.evidence) as Evidence,
});
