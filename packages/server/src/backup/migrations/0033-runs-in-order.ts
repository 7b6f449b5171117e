import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/**
 * The index of 0032 began with the state, and SQLite took it for every list of one state: all runs of it were sorted for a
 * page of fifty. So there is one for such lists, in their order, and one of days, which no list can take.
 */
export const runsInOrder: Migration = {
  name: '0033-runs-in-order',
  async up(database) {
    await sql`drop index runs_grown`.execute(database);
    await sql`create index runs_grown on runs (substr(finished_at, 1, 10), bytes_stored, bytes_read)
      where snapshot_id is not null`.execute(database);
    await sql`create index runs_state on runs (state, id)`.execute(database);
  },
};
