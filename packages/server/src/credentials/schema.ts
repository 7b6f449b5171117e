import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

/** What a member keeps in the vault; its secret is a row of `vault_secrets`. */
export interface VaultEntryRow {
  id: string;
  owner_id: string;
  /** Unique for its owner; the secret is bound to both, and sealed anew when they change. */
  name: string;
  kind: string;
  login: string | null;
  service_id: string | null;
  customer: string | null;
  created_at: Instant;
  /** When the secret was given. */
  sealed_at: Instant;
}

/** Appended, never changed: who was let at which entry, who was no longer, who opened it, and whose it became. */
export interface VaultBookRow {
  id: Generated<number>;
  /** 1, 2, 3, … without a gap. */
  number: number;
  at: Instant;
  what: 'granted' | 'ended' | 'opened' | 'transferred';
  entry_id: string;
  /** Names as they were then. */
  entry_name: string;
  /** Of a transfer: the new one. */
  owner_id: string;
  /** Who may open, ended it, opened, or gave it away. */
  person_id: string;
  person_name: string;
  /** Of an end: the number of the grant. Of an opening: the same, or null when the owner opened. */
  grant_number: number | null;
  /** Of a grant or a transfer. */
  reason: string | null;
  /** Of a grant. */
  starts_at: Instant | null;
  ends_at: Instant | null;
  most_openings: number | null;
  /** Where the request came from. */
  address: string | null;
  /** Which key made the seal: the beginning of its SHA-256, hex. */
  sealed_by: string;
  /** HMAC-SHA256 over the seal before it and all of the above but `id`, hex. */
  seal: string;
}

/** How often the platform opened secrets for its own work, by the day (UTC). */
export interface VaultMachineUseRow {
  day: string;
  what: string;
  uses: number;
}

export interface CredentialTables {
  vault_entries: VaultEntryRow;
  vault_book: VaultBookRow;
  vault_machine_uses: VaultMachineUseRow;
}
