import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** For `Runs.lastGood` and `Runs.bySnapshot`, which read every run of a source, or every run, without them. */
export const runIndexes: Migration = {
  name: '0018-run-indexes',
  async up(database) {
    await sql`create index runs_good on runs (source_id, state, suspect, recovery_point_at, id)`.execute(
      database,
    );
    await sql`create index runs_snapshot on runs (snapshot_id)`.execute(database);
  },
};
