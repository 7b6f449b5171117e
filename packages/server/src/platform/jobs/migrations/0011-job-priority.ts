import { sql } from 'kysely';
import type { Migration } from '../../database/index.ts';

export const jobPriority: Migration = {
  name: '0011-job-priority',
  async up(database, { integer }) {
    await sql`alter table jobs add column priority ${integer} not null default 0`.execute(database);
  },
};
