import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const audit: Migration = {
  name: '0012-audit',
  async up(database, { id, table, text, refuse }) {
    await sql`create table audit_entries (
      id ${id},
      at ${text} not null,
      action ${text} not null,
      actor ${text},
      actor_name ${text},
      subject ${text},
      address ${text},
      user_agent ${text},
      before ${text},
      after ${text}
    ) ${table}`.execute(database);
    for (const verb of ['update', 'delete', 'replace'] as const) {
      await refuse(database, {
        trigger: `audit_entries_no_${verb}`,
        table: 'audit_entries',
        verb,
        message: 'the audit log is appended, never edited',
      });
    }
  },
};
