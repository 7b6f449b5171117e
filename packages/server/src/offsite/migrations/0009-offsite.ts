import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const offSite: Migration = {
  name: '0009-offsite',
  async up(database, { id, integer, table, text }) {
    await sql`create table offsite_repositories (
      name ${text} primary key,
      since ${text} not null
    ) ${table}`.execute(database);
    await sql`create table mirror_runs (
      id ${id},
      repository ${text} not null references offsite_repositories (name),
      job_id ${integer} not null,
      state ${text} not null
        check (state in ('running', 'succeeded', 'incomplete', 'failed', 'cancelled', 'interrupted')),
      reason ${text} not null,
      started_at ${text} not null,
      finished_at ${text},
      objects_copied ${integer},
      bytes_copied ${integer},
      problems ${integer},
      removed ${integer},
      held ${integer},
      failure ${text}
    ) ${table}`.execute(database);
    await sql`create index mirror_runs_repository on mirror_runs (repository, id)`.execute(database);
    await sql`create index mirror_runs_job on mirror_runs (job_id)`.execute(database);
    await sql`create table offsite_copies (
      repository ${text} not null references offsite_repositories (name),
      source_id ${text} not null references sources (id),
      run_id ${integer} not null references runs (id),
      snapshot_id ${text} not null,
      recovery_point_at ${text} not null,
      confirmed_at ${text} not null,
      primary key (repository, source_id)
    ) ${table}`.execute(database);
  },
};
