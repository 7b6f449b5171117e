import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const runs: Migration = {
  name: '0004-runs',
  async up(database, { id, integer, table, text }) {
    await sql`create table runs (
      id ${id},
      source_id ${text} not null references sources (id),
      job_id ${integer} not null,
      state ${text} not null check (state in ('running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
      reason ${text} not null,
      started_at ${text} not null,
      finished_at ${text},
      snapshot_id ${text},
      recovery_point_at ${text},
      bytes_read ${integer},
      bytes_stored ${integer},
      files ${integer},
      files_changed ${integer},
      warnings ${text} not null default '[]',
      failure ${text},
      suspect ${integer} not null default 0,
      check ((state = 'succeeded') = (snapshot_id is not null))
    ) ${table}`.execute(database);
    await sql`create index runs_source on runs (source_id, id)`.execute(database);
    await sql`create index runs_job on runs (job_id)`.execute(database);
  },
};
