import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const monitoring: Migration = {
  name: '0006-monitoring',
  async up(database, { id, integer, keyedTable, real, table, text }) {
    await sql`create table source_health (
      source_id ${text} primary key references sources (id),
      state ${text} not null,
      since ${text} not null,
      checked_at ${text} not null,
      streak ${integer} not null,
      findings ${text} not null
    ) ${table}`.execute(database);
    await sql`create table health_days (
      source_id ${text} not null references sources (id),
      day ${text} not null,
      up_seconds ${real} not null,
      down_seconds ${real} not null,
      primary key (source_id, day)
    ) ${keyedTable}`.execute(database);
    await sql`create table outages (
      id ${id},
      source_id ${text} not null references sources (id),
      kind ${text} not null check (kind in ('unreachable', 'damaged')),
      state ${text} not null check (state in ('open', 'ended', 'accepted')),
      started_at ${text} not null,
      ended_at ${text},
      reference_snapshot_id ${text},
      findings ${text} not null
    ) ${table}`.execute(database);
    await sql`create unique index outages_open on outages (source_id) where state = 'open'`.execute(database);
    await sql`create index outages_source on outages (source_id, started_at)`.execute(database);
  },
};
