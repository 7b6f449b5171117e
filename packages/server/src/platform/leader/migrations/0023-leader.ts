import { sql } from 'kysely';
import type { Migration } from '../../database/index.ts';

export const leader: Migration = {
  name: '0023-leader',
  async up(database, { keyedTable, text }) {
    await sql`create table leader_leases (
      name ${text} not null primary key,
      holder ${text} not null,
      held_until ${text} not null
    ) ${keyedTable}`.execute(database);
  },
};
