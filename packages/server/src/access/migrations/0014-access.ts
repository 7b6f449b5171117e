import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const access: Migration = {
  name: '0014-access',
  async up(database, { keyedTable, text }) {
    await sql`alter table members add column until ${text}`.execute(database);
    await sql`create index members_user on members (user_id)`.execute(database);
    await sql`create table member_services (
      user_id ${text} not null references users (id) on delete cascade,
      service_id ${text} not null references services (id) on delete cascade,
      primary key (user_id, service_id)
    ) ${keyedTable}`.execute(database);
    await sql`create table password_resets (
      token_hash ${text} primary key,
      user_id ${text} not null references users (id) on delete cascade,
      expires_at ${text} not null
    ) ${keyedTable}`.execute(database);
    await sql`create table invitations (
      token_hash ${text} primary key,
      id ${text} not null unique,
      organisation_id ${text} not null references organisations (id) on delete cascade,
      email ${text} not null,
      role ${text} not null,
      until ${text},
      services ${text} not null,
      invited_by ${text} not null,
      expires_at ${text} not null
    ) ${keyedTable}`.execute(database);
  },
};
