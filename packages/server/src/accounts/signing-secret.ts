import { randomBytes } from 'node:crypto';
import { type Database, Secret } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';

const name = { owner: 'platform', name: 'session-signing' };

/** What signs the cookies of sessions, the same on every node; made by the first who asks, sealed in the vault. */
export async function signingSecret({
  vault,
  database,
}: {
  vault: Vault;
  database: Database;
}): Promise<Secret> {
  const known = await vault.open(name);
  if (known !== undefined) return new Secret(known);
  await vault.prepare();
  const fresh = randomBytes(48).toString('base64url');
  await database.change((transaction) => vault.sealFirst(transaction, name, fresh));
  const sealed = await vault.open(name);
  if (sealed === undefined) throw new Error('the signing secret was sealed, and is gone');
  return new Secret(sealed);
}
