import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** By the id that a snapshot had, the one that it has now: with other tags or other contents it gets another. */
export const replacedSnapshots: Migration = {
  name: '0039-replaced-snapshots',
  async up(database, { keyedTable, text }) {
    await sql`create table replaced_snapshots (
      old_id ${text} primary key,
      new_id ${text} not null,
      how ${text} not null check (how in ('relabelled', 'rewritten', 'repaired')),
      replaced_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create index replaced_snapshots_new on replaced_snapshots (new_id)`.execute(database);
    await sql`create index drills_snapshot on drills (snapshot_id)`.execute(database);
    await sql`create index restores_snapshot on restores (snapshot_id)`.execute(database);
  },
};
