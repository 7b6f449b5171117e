import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const apiKeys: Migration = {
  name: '0020-api-keys',
  async up(database, { keyedTable, text }) {
    await sql`create table api_keys (
      secret_hash ${text} primary key,
      id ${text} not null unique,
      user_id ${text} not null references users (id) on delete cascade,
      name ${text} not null,
      scopes ${text} not null,
      created_at ${text} not null,
      expires_at ${text} not null,
      last_used_at ${text}
    ) ${keyedTable}`.execute(database);
    await sql`create index api_keys_user on api_keys (user_id)`.execute(database);
  },
};
