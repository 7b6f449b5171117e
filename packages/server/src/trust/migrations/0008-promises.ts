import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const promises: Migration = {
  name: '0008-promises',
  async up(database, { id, integer, table, text, refuse }) {
    await sql`create table promises (
      id ${id},
      kind ${text} not null,
      subject_id ${text} not null,
      state ${text} not null check (state in ('kept', 'at-risk', 'broken', 'unknown')),
      since ${text} not null,
      evaluated_at ${text} not null,
      evidence ${text} not null,
      unique (kind, subject_id)
    ) ${table}`.execute(database);
    await sql`create table promise_history (
      id ${id},
      promise_id ${integer} not null references promises (id),
      at ${text} not null,
      from_state ${text},
      to_state ${text} not null,
      evidence ${text} not null
    ) ${table}`.execute(database);
    await sql`create index promise_history_promise on promise_history (promise_id, id)`.execute(database);
    for (const verb of ['update', 'delete'] as const) {
      await refuse(database, {
        trigger: `promise_history_no_${verb}`,
        table: 'promise_history',
        verb,
        message: 'evidence is appended, never edited',
      });
    }
  },
};
