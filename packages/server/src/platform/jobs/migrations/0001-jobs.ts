import { sql } from 'kysely';
import type { Migration } from '../../database/index.ts';

export const jobs: Migration = {
  name: '0001-jobs',
  async up(database, { id, integer, keyedTable, table, text }) {
    await sql`create table jobs (
      id ${id},
      kind ${text} not null,
      payload ${text} not null,
      state ${text} not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      unique_key ${text},
      lane ${text},
      attempts ${integer} not null default 0,
      max_attempts ${integer} not null,
      run_at ${text} not null,
      lease_owner ${text},
      lease_until ${text},
      cancel_requested ${integer} not null default 0,
      progress ${text},
      failure ${text},
      result ${text},
      created_at ${text} not null,
      started_at ${text},
      finished_at ${text}
    ) ${table}`.execute(database);
    await sql`create unique index jobs_unique_key on jobs (unique_key) where state in ('queued', 'running')`.execute(
      database,
    );
    await sql`create index jobs_waiting on jobs (state, run_at) where state in ('queued', 'running')`.execute(
      database,
    );
    await sql`create index jobs_finished on jobs (finished_at) where finished_at is not null`.execute(
      database,
    );
    await sql`create table job_log (
      job_id ${integer} not null references jobs (id) on delete cascade,
      seq ${integer} not null,
      at ${text} not null,
      line ${text} not null,
      primary key (job_id, seq)
    ) ${keyedTable}`.execute(database);
  },
};
