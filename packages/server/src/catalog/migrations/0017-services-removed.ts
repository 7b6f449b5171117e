import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

/** The history of a service outlives it. */
export const servicesRemoved: Migration = {
  name: '0017-services-removed',
  async up(database, { text }) {
    await sql`alter table services add column removed_at ${text}`.execute(database);
  },
};
