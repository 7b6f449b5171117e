import type { Instant } from '../platform/schema.ts';

export interface VaultKeyRow {
  /** SHA-256 of the public key, 64 hex digits. */
  fingerprint: string;
  bits: number;
  /** At most one is `current`: the one that secrets are sealed for. */
  state: 'current' | 'retiring' | 'retired';
  since: Instant;
}

export interface VaultSecretRow {
  owner: string;
  name: string;
  /** 1, then one more with every new content. */
  version: number;
  /** Of the key that it is wrapped for; the sealed bytes say it too. */
  fingerprint: string;
  /** Base64 of a sealed secret as docs/formats.md describes it. */
  sealed: string;
  sealed_at: Instant;
  wrapped_at: Instant;
}

export interface VaultTables {
  vault_keys: VaultKeyRow;
  vault_secrets: VaultSecretRow;
}
