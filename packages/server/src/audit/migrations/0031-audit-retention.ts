import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** Of what was removed from the audit log the record stays, and without a record nothing is removed. */
export const auditRetention: Migration = {
  name: '0031-audit-retention',
  async up(database, { id, integer, table, text, refuse, refuseUnless }) {
    await sql`create table audit_removals (
      id ${id},
      at ${text} not null,
      until ${text} not null,
      first_id ${integer} not null,
      last_id ${integer} not null,
      entries ${integer} not null,
      held ${text} not null,
      digest ${text} not null
    ) ${table}`.execute(database);
    for (const verb of ['update', 'delete', 'replace'] as const) {
      await refuse(database, {
        trigger: `audit_removals_no_${verb}`,
        table: 'audit_removals',
        verb,
        message: 'the record of what was removed from the audit log is appended, never edited',
      });
    }
    await refuseUnless(database, {
      trigger: 'audit_entries_no_delete',
      table: 'audit_entries',
      verb: 'delete',
      message: 'the audit log is appended, never edited',
      unless: sql`old.action not like 'vault-%' and old.action not like 'audit.%' and exists (
        select 1 from audit_removals
        where old.id between first_id and last_id and old.at < until
          and replace(held, '"' || coalesce(old.subject, '') || '"', '') = held
          and replace(held, '"' || coalesce(old.actor, '') || '"', '') = held)`,
    });
    for (const column of ['action', 'at'])
      await sql`create index ${sql.id(`audit_entries_${column}`)} on audit_entries (${sql.id(column)})`.execute(
        database,
      );
  },
};
