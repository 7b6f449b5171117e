import type { Instant } from '../platform/schema.ts';

/** What a member keeps in the vault; its secret is a row of `vault_secrets`. */
export interface VaultEntryRow {
  id: string;
  owner_id: string;
  /** Unique for its owner; the secret is bound to both, so that it never changes. */
  name: string;
  kind: string;
  login: string | null;
  service_id: string | null;
  customer: string | null;
  created_at: Instant;
  /** When the secret was given. */
  sealed_at: Instant;
}

export interface CredentialTables {
  vault_entries: VaultEntryRow;
}
