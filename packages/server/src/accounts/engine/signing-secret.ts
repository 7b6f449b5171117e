import { randomBytes } from 'node:crypto';
import { type Database, Secret } from '../../platform/index.ts';
import { type Vault, VaultError } from '../../vault/index.ts';

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

/**
 * Takes away one that cannot be opened any more, for whoever gives the vault's key up for lost: the next to be made
 * signs everybody out, and no more is lost. True when there was one.
 */
export async function dropLostSecret({
  vault,
  database,
}: {
  vault: Vault;
  database: Database;
}): Promise<boolean> {
  try {
    await vault.open(name);
    return false;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    await database.change((transaction) => vault.remove(transaction, name));
    return true;
  }
}
