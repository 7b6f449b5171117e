import type { Tables } from '../platform/index.ts';

/**
 * The rows from which it follows who somebody is and what that person may do, and of each what the seal is over. Counts of
 * guesses, times of the last use and names that people give to keys decide nothing, and stay out of it.
 */
export const sealedColumns = {
  users: ['id', 'name', 'email', 'second_factor_since'],
  sign_in_methods: ['id', 'user_id', 'provider', 'provider_account', 'password_hash'],
  passkeys: ['id', 'user_id', 'credential_id', 'public_key'],
  recovery_codes: ['user_id', 'code_hash'],
  sessions: ['id', 'user_id', 'token', 'created_at'],
  session_proofs: ['session_id', 'proved_at'],
  half_sign_ins: ['token_hash', 'user_id', 'expires_at'],
  api_keys: ['secret_hash', 'id', 'user_id', 'scopes', 'expires_at'],
  members: ['organisation_id', 'user_id', 'role', 'until'],
  member_services: ['user_id', 'service_id'],
  invitations: ['token_hash', 'id', 'organisation_id', 'email', 'role', 'until', 'services', 'expires_at'],
  password_resets: ['token_hash', 'user_id', 'expires_at', 'ends_second_factor'],
  set_up_links: ['token_hash', 'expires_at'],
} as const satisfies { readonly [Table in keyof Tables]?: readonly (keyof Tables[Table])[] };

export type SealedTable = keyof typeof sealedColumns;

export const sealedTables = Object.keys(sealedColumns) as SealedTable[];
