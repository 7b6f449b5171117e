import { decodeEnvelope } from './envelope.ts';
import { damaged } from './errors.ts';
import type { VaultSecretRow } from './schema.ts';

export type StoredSecret = Pick<VaultSecretRow, 'owner' | 'name' | 'version' | 'fingerprint' | 'sealed'>;

export const storedColumns = ['owner', 'name', 'version', 'fingerprint', 'sealed'] as const;

/**
 * The sealed bytes of a row.
 * @throws VaultError `server.vault-damaged` when they name another key than the row does: a key that is then asked
 *   for is one that secrets were wrapped for
 */
export function sealedBytes(row: StoredSecret): Buffer {
  const bytes = Buffer.from(row.sealed, 'base64');
  // Node's decoder passes over what it does not know, and over spare bits.
  if (bytes.toString('base64') !== row.sealed) throw damaged(row, 'it is no base64');
  const envelope = decodeEnvelope(bytes);
  if (typeof envelope === 'string') throw damaged(row, envelope);
  if (envelope.fingerprint !== row.fingerprint) throw damaged(row, 'it names another key than its row');
  return bytes;
}
