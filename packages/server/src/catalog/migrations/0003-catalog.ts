import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const catalog: Migration = {
  name: '0003-catalog',
  async up(database, { real, table, text }) {
    await sql`create table services (
      id ${text} primary key,
      slug ${text} not null unique,
      name ${text} not null,
      criticality ${text} not null,
      rpo_seconds ${real} not null,
      rto_seconds ${real} not null,
      rehearse_seconds ${real} not null,
      created_at ${text} not null
    ) ${table}`.execute(database);
    await sql`create table sources (
      id ${text} primary key,
      service_id ${text} not null references services (id),
      kind ${text} not null,
      name ${text} not null,
      location ${text} not null,
      options ${text} not null,
      schedule ${text},
      drill_schedule ${text},
      rpo_seconds ${real},
      created_at ${text} not null,
      removed_at ${text}
    ) ${table}`.execute(database);
    await sql`create unique index sources_name on sources (name) where removed_at is null`.execute(database);
    await sql`create index sources_service on sources (service_id)`.execute(database);
  },
};
