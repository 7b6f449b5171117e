import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** For `RepositoryGrowth.days`; made anew by 0033. */
export const grownDays: Migration = {
  name: '0032-grown-days',
  async up(database) {
    await sql`create index runs_grown on runs (state, finished_at, bytes_stored, bytes_read)`.execute(
      database,
    );
  },
};
