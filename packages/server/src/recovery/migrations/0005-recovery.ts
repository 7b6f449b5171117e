import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

const columns = sql`
  id integer primary key autoincrement,
  source_id text not null references sources (id),
  job_id integer not null,
  state text not null check (state in ('running', 'passed', 'failed', 'cancelled', 'interrupted')),
  reason text not null,
  snapshot_id text,
  recovery_point_at text,
  started_at text not null,
  finished_at text,
  restore_ms integer,
  verify_ms integer,
  bytes integer,
  files integer,
  checks text,
  failure text,
  warnings text not null default '[]'`;

export const recovery: Migration = {
  name: '0005-recovery',
  async up(database) {
    await sql`create table drills (${columns},
      rpo_seconds real not null,
      rto_seconds real not null
    ) strict`.execute(database);
    await sql`create table restores (${columns},
      estimate_ms integer,
      incident_id integer
    ) strict`.execute(database);
    await sql`create index drills_source on drills (source_id, id)`.execute(database);
    await sql`create index restores_source on restores (source_id, id)`.execute(database);
  },
};
