import { inspectVault } from '../../vault/index.ts';
import type { Operations } from '../operations.ts';
import { vaultKeysShape } from '../shapes/vault-keys.ts';
import type { ApiRooms } from './rooms.ts';

/** For whom everything is sealed. A key is made, and one goes, on the machine that holds it alone. */
export function addVaultKeys(operations: Operations, { database, vaultKeys }: ApiRooms): void {
  operations.add(
    {
      id: 'getVaultKeys',
      method: 'get',
      path: '/vault/keys',
      tag: 'Vault',
      summary: 'The keys of the vault, how many secrets each opens, and whether a rotation is under way',
      description:
        'A rotation is prepared, begun and carried on by `octobox vault rotate` on the machine of a worker: the new private key is made there and never leaves it.',
      permission: 'settings.read',
      answer: { status: 200, description: 'The keys', shape: vaultKeysShape },
    },
    async () => {
      const { keys, rotating } = await inspectVault({ database, keys: vaultKeys });
      return { status: 200, body: { keys, rotating } };
    },
  );
}
