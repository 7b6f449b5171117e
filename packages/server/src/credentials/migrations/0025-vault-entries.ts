import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const vaultEntries: Migration = {
  name: '0025-vault-entries',
  async up(database, { keyedTable, text }) {
    await sql`create table vault_entries (
      id ${text} primary key,
      owner_id ${text} not null,
      name ${text} not null,
      kind ${text} not null,
      login ${text},
      service_id ${text},
      customer ${text},
      created_at ${text} not null,
      sealed_at ${text} not null,
      unique (owner_id, name)
    ) ${keyedTable}`.execute(database);
    await sql`create index vault_entries_name on vault_entries (name, id)`.execute(database);
  },
};
