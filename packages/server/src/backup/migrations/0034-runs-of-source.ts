import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** For a page of one source's runs of one state SQLite walked all runs of that state, those of every other source too. */
export const runsOfSource: Migration = {
  name: '0034-runs-of-source',
  async up(database) {
    await sql`create index runs_source_state on runs (source_id, state, id)`.execute(database);
  },
};
