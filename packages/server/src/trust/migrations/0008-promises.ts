import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const promises: Migration = {
  name: '0008-promises',
  async up(database) {
    await sql`create table promises (
      id integer primary key autoincrement,
      kind text not null,
      subject_id text not null,
      state text not null check (state in ('kept', 'at-risk', 'broken', 'unknown')),
      since text not null,
      evaluated_at text not null,
      evidence text not null,
      unique (kind, subject_id)
    ) strict`.execute(database);
    await sql`create table promise_history (
      id integer primary key autoincrement,
      promise_id integer not null references promises (id),
      at text not null,
      from_state text,
      to_state text not null,
      evidence text not null
    ) strict`.execute(database);
    await sql`create index promise_history_promise on promise_history (promise_id, id)`.execute(database);
    for (const verb of ['update', 'delete']) {
      await sql`create trigger ${sql.id(`promise_history_no_${verb}`)} before ${sql.raw(verb)} on promise_history
        begin select raise(abort, 'evidence is appended, never edited'); end`.execute(database);
    }
  },
};
