import type { Database } from '../../platform/index.ts';
import { type SecretName, type Vault, VaultError } from '../../vault/index.ts';

export const secretOf = (userId: string): SecretName => ({ owner: `user:${userId}`, name: 'second-factor' });
/** Of an app that has not shown a right code yet. */
export const secretOfNext = (userId: string): SecretName => ({
  owner: `user:${userId}`,
  name: 'second-factor-enrolment',
});

/**
 * Takes away those that cannot be opened any more, for whoever gives the vault's key up for lost. The second factor
 * stays: its recovery codes are good, and its app is to be enrolled again. Gives how many there were.
 */
export async function dropLostFactors({
  vault,
  database,
}: {
  vault: Vault;
  database: Database;
}): Promise<number> {
  let dropped = 0;
  for (const { id } of await database.read.selectFrom('users').select('id').execute()) {
    for (const name of [secretOf(id), secretOfNext(id)]) {
      try {
        await vault.open(name);
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        await database.change((transaction) => vault.remove(transaction, name));
        dropped++;
      }
    }
  }
  return dropped;
}
