import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const incidents: Migration = {
  name: '0007-incidents',
  async up(database, { id, integer, keyedTable, table, text, refuse }) {
    await sql`create table incidents (
      id ${id},
      title ${text} not null,
      state ${text} not null check (state in ('investigating', 'identified', 'monitoring', 'resolved')),
      impact ${text} not null check (impact in ('degraded', 'outage')),
      opened_by ${text} not null check (opened_by in ('monitoring', 'person')),
      opened_at ${text} not null,
      resolved_at ${text},
      estimate ${text},
      check ((state = 'resolved') = (resolved_at is not null))
    ) ${table}`.execute(database);
    await sql`create table incident_updates (
      id ${id},
      incident_id ${integer} not null references incidents (id),
      at ${text} not null,
      state ${text} not null,
      text ${text} not null
    ) ${table}`.execute(database);
    await sql`create index incident_updates_incident on incident_updates (incident_id, id)`.execute(database);
    await sql`create table incident_services (
      incident_id ${integer} not null references incidents (id),
      service_id ${text} not null references services (id),
      primary key (incident_id, service_id)
    ) ${keyedTable}`.execute(database);
    await sql`create table incident_outages (
      incident_id ${integer} not null references incidents (id),
      outage_id ${integer} not null unique references outages (id),
      primary key (incident_id, outage_id)
    ) ${keyedTable}`.execute(database);
    for (const verb of ['update', 'delete'] as const) {
      await refuse(database, {
        trigger: `incident_updates_no_${verb}`,
        table: 'incident_updates',
        verb,
        message: 'what was told is appended, never edited',
      });
    }
  },
};
