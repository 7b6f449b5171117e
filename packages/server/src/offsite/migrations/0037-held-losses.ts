import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

export const heldLosses: Migration = {
  name: '0037-held-losses',
  async up(database, { text }) {
    await sql`alter table mirror_runs add column loss ${text}`.execute(database);
  },
};
