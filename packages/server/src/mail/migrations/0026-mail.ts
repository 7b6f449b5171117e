import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const mail: Migration = {
  name: '0026-mail',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table mails (
      id ${text} primary key,
      kind ${text} not null,
      recipient ${text} not null,
      about ${text},
      state ${text} not null check (state in ('waiting', 'sent', 'failed')),
      attempts ${integer} not null,
      created_at ${text} not null,
      expires_at ${text} not null,
      settled_at ${text},
      answer ${text},
      failure ${text}
    ) ${keyedTable}`.execute(database);
    await sql`create index mails_state on mails (state, created_at)`.execute(database);
    await sql`create index mails_about on mails (about)`.execute(database);
  },
};
