import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const repositoryLocations: Migration = {
  name: '0040-repository-locations',
  async up(database, { keyedTable, text }) {
    await sql`create table repository_locations (
      location ${text} primary key,
      first_backup_at ${text} not null
    ) ${keyedTable}`.execute(database);
  },
};
