import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const passkeys: Migration = {
  name: '0030-passkeys',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table passkeys (
      id ${text} primary key,
      credential_id ${text} not null unique,
      user_id ${text} not null references users (id) on delete cascade,
      name ${text} not null,
      public_key ${text} not null,
      counter ${integer} not null,
      transports ${text} not null,
      created_at ${text} not null,
      last_used_at ${text}
    ) ${keyedTable}`.execute(database);
    await sql`create index passkeys_user on passkeys (user_id)`.execute(database);
    await sql`create table answered_challenges (
      challenge_hash ${text} primary key,
      expires_at ${text} not null
    ) ${keyedTable}`.execute(database);
  },
};
