import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const restorePlans: Migration = {
  name: '0028-restore-plans',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table restore_plans (
      id ${text} primary key,
      user_id ${text} not null,
      source_id ${text} not null references sources (id) on delete cascade,
      snapshot_id ${text} not null,
      replaces ${text} not null,
      made_at ${text} not null,
      job_id ${integer}
    ) ${keyedTable}`.execute(database);
  },
};
