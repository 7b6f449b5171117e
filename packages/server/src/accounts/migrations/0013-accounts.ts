import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const accounts: Migration = {
  name: '0013-accounts',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table users (
      id ${text} primary key,
      name ${text} not null,
      email ${text} not null unique,
      email_verified ${integer} not null,
      image ${text},
      created_at ${text} not null,
      updated_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table sign_in_methods (
      id ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      provider ${text} not null,
      provider_account ${text} not null,
      access_token ${text},
      refresh_token ${text},
      id_token ${text},
      access_token_expires_at ${text},
      refresh_token_expires_at ${text},
      scope ${text},
      password_hash ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      unique (provider, provider_account)
    ) ${keyedTable}`.execute(database);
    await sql`create index sign_in_methods_user on sign_in_methods (user_id)`.execute(database);
    await sql`create table sessions (
      id ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      token ${text} not null unique,
      expires_at ${text} not null,
      address ${text},
      user_agent ${text},
      created_at ${text} not null,
      updated_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create index sessions_user on sessions (user_id)`.execute(database);
    await sql`create table organisations (
      id ${text} primary key,
      name ${text} not null,
      created_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table members (
      organisation_id ${text} not null references organisations (id) on delete cascade,
      user_id ${text} not null references users (id) on delete cascade,
      role ${text} not null,
      created_at ${text} not null,
      primary key (organisation_id, user_id)
    ) ${keyedTable}`.execute(database);
    await sql`create table set_up_links (
      token_hash ${text} primary key,
      expires_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table attempts (
      scope ${text} not null,
      count ${integer} not null,
      ends_at ${text} not null,
      primary key (scope)
    ) ${keyedTable}`.execute(database);
  },
};
