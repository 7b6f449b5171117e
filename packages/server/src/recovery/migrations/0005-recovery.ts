import { sql } from 'kysely';
import type { Migration, SchemaDialect } from '../../platform/index.ts';

const columns = ({ id, integer, text }: SchemaDialect) => sql`
  id ${id},
  source_id ${text} not null references sources (id),
  job_id ${integer} not null,
  state ${text} not null check (state in ('running', 'passed', 'failed', 'cancelled', 'interrupted')),
  reason ${text} not null,
  snapshot_id ${text},
  recovery_point_at ${text},
  started_at ${text} not null,
  finished_at ${text},
  restore_ms ${integer},
  verify_ms ${integer},
  bytes ${integer},
  files ${integer},
  checks ${text},
  failure ${text},
  warnings ${text} not null default '[]'`;

export const recovery: Migration = {
  name: '0005-recovery',
  async up(database, dialect) {
    const { integer, real, table } = dialect;
    await sql`create table drills (${columns(dialect)},
      rpo_seconds ${real} not null,
      rto_seconds ${real} not null
    ) ${table}`.execute(database);
    await sql`create table restores (${columns(dialect)},
      estimate_ms ${integer},
      incident_id ${integer}
    ) ${table}`.execute(database);
    await sql`create index drills_source on drills (source_id, id)`.execute(database);
    await sql`create index restores_source on restores (source_id, id)`.execute(database);
  },
};
