import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const plannedRemovals: Migration = {
  name: '0038-planned-removals',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table planned_removals (
      job_id ${integer} not null references jobs (id) on delete cascade,
      snapshot_id ${text} not null,
      primary key (job_id, snapshot_id)
    ) ${keyedTable}`.execute(database);
  },
};
