import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const vault: Migration = {
  name: '0010-vault',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table vault_keys (
      fingerprint ${text} primary key,
      bits ${integer} not null,
      state ${text} not null check (state in ('current', 'retiring', 'retired')),
      since ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create unique index vault_keys_current on vault_keys (state) where state = 'current'`.execute(
      database,
    );
    await sql`create table vault_secrets (
      owner ${text} not null,
      name ${text} not null,
      version ${integer} not null check (version > 0),
      fingerprint ${text} not null references vault_keys (fingerprint),
      sealed ${text} not null,
      sealed_at ${text} not null,
      wrapped_at ${text} not null,
      primary key (owner, name)
    ) ${keyedTable}`.execute(database);
    await sql`create index vault_secrets_key on vault_secrets (fingerprint)`.execute(database);
  },
};
