import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const secondFactor: Migration = {
  name: '0019-second-factor',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table second_factors (
      user_id ${text} primary key references users (id) on delete cascade,
      enabled_at ${text} not null,
      last_step ${integer} not null,
      failures ${integer} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table recovery_codes (
      user_id ${text} not null references users (id) on delete cascade,
      code_hash ${text} not null,
      primary key (user_id, code_hash)
    ) ${keyedTable}`.execute(database);
    await sql`create table half_sign_ins (
      token_hash ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      expires_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table session_proofs (
      session_id ${text} primary key references sessions (id) on delete cascade,
      proved_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`alter table password_resets
      add column ends_second_factor ${integer} not null default 0`.execute(database);
  },
};
