import { sql } from 'kysely';
import type { Migration } from '../../platform/index.ts';

const tables = [
  ...['users', 'sign_in_methods', 'passkeys', 'recovery_codes', 'sessions', 'session_proofs'],
  ...['half_sign_ins', 'api_keys', 'members', 'member_services', 'invitations', 'password_resets'],
  'set_up_links',
];

/** Rows of before are sealed when the key of the vault is there for the first time: a migration has none. */
export const identitySeals: Migration = {
  name: '0036-identity-seals',
  async up(database, { text }) {
    for (const table of tables)
      await sql`alter table ${sql.id(table)} add column seal ${text}`.execute(database);
    // That there is a second factor is sealed with the user: a row that is missing has no seal.
    await sql`alter table users add column second_factor_since ${text}`.execute(database);
    await sql`update users set second_factor_since =
      (select enabled_at from second_factors where second_factors.user_id = users.id)`.execute(database);
  },
};
