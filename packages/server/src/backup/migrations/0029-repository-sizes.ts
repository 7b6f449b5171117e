import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const repositorySizes: Migration = {
  name: '0029-repository-sizes',
  async up(database, { integer, keyedTable, text }) {
    await sql`create table repository_sizes (
      at ${text} primary key,
      bytes ${integer} not null,
      files ${integer} not null
    ) ${keyedTable}`.execute(database);
  },
};
