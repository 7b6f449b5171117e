import type { Database, Instant } from '../platform/index.ts';
import type { RotatableKeys } from './rotatable-keys.ts';
import type { VaultKeyRow } from './schema.ts';
import type { SecretName } from './vault.ts';

export interface VaultKeyReport {
  readonly fingerprint: string;
  readonly bits: number;
  readonly state: VaultKeyRow['state'];
  /** Since when it is in that state. */
  readonly since: Instant;
  /** How many secrets are wrapped for it. */
  readonly secrets: number;
  /** Whether its private half is on this machine, or named by a key command of it. */
  readonly held: boolean;
}

export interface SealedSecretReport extends SecretName {
  readonly version: number;
  /** Of the key that it is wrapped for. */
  readonly fingerprint: string;
  readonly sealedAt: Instant;
  /** When it was wrapped for that key. */
  readonly wrappedAt: Instant;
}

export interface VaultReport {
  readonly keys: readonly VaultKeyReport[];
  readonly secrets: readonly SealedSecretReport[];
  /** A rotation that was cut off, or is under way now. */
  readonly rotating: boolean;
}

/** What is in the vault, without any of it: opens nothing. */
export async function inspectVault({ database, keys }: { database: Database; keys: RotatableKeys }) {
  const held = new Set(await keys.fingerprints());
  const secrets = await database.read
    .selectFrom('vault_secrets')
    .select(['owner', 'name', 'version', 'fingerprint', 'sealed_at', 'wrapped_at'])
    .orderBy('owner')
    .orderBy('name')
    .execute();
  const rows = await database.read.selectFrom('vault_keys').selectAll().orderBy('since', 'desc').execute();
  const report: VaultReport = {
    keys: rows.map(({ fingerprint, bits, state, since }) => ({
      fingerprint,
      bits,
      state,
      since,
      secrets: secrets.filter((secret) => secret.fingerprint === fingerprint).length,
      held: held.has(fingerprint),
    })),
    secrets: secrets.map((row) => ({
      owner: row.owner,
      name: row.name,
      version: row.version,
      fingerprint: row.fingerprint,
      sealedAt: row.sealed_at,
      wrappedAt: row.wrapped_at,
    })),
    rotating: (await keys.next()) !== undefined || rows.some(({ state }) => state === 'retiring'),
  };
  return report;
}
