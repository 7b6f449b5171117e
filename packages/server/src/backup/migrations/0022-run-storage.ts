import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** What a run asked of the place of the repository: JSON of a `StorageUse`. */
export const runStorage: Migration = {
  name: '0022-run-storage',
  async up(database, { text }) {
    await sql`alter table runs add column storage ${text}`.execute(database);
  },
};
