import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const idempotentReplies: Migration = {
  name: '0021-idempotent-replies',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table idempotent_replies (
      user_id ${text} not null references users (id) on delete cascade,
      key ${text} not null,
      fingerprint ${text} not null,
      status ${integer} not null,
      headers ${text} not null,
      body ${text} not null,
      at ${text} not null,
      primary key (user_id, key)
    ) ${keyedTable}`.execute(database);
    await sql`create index idempotent_replies_at on idempotent_replies (at)`.execute(database);
  },
};
