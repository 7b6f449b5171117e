import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalStorage } from '../local.ts';
import { MemoryStorage } from '../memory.ts';
import type { Storage } from '../storage.ts';
import { describeStorage, type TestStorage } from '../testing/contract.ts';
import { X25519Identity } from './age/x25519.ts';
import { type LayerKeys, withLayers } from './with-layers.ts';

const identity = X25519Identity.generate();
const crypt = { password: randomBytes(16).toString('hex'), salt: 'salt' };
const age = { recipients: [identity.recipient], identities: [identity] };

const choices: readonly [string, LayerKeys][] = [
  ['crypt', { crypt }],
  ['age', { age }],
  ['crypt in age', { crypt, age }],
];

async function local(): Promise<{ storage: Storage; cleanup: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'octobox-layers-'));
  return {
    storage: new LocalStorage(join(root, 'repository')),
    cleanup: () => rm(root, { recursive: true, force: true }),
  };
}

const memory = async (): Promise<TestStorage> => ({ storage: new MemoryStorage(), cleanup: async () => {} });

function describeLayers(title: string, keys: LayerKeys, make: () => Promise<TestStorage>): void {
  describeStorage(
    title,
    async () => {
      const { storage, cleanup } = await make();
      return { storage: await withLayers(storage, keys), cleanup };
    },
    { ownSuffix: 'a layer appends its own suffix to every name' },
  );
}

for (const [title, keys] of choices) describeLayers(`${title} in memory`, keys, memory);
describeLayers('crypt in age in a folder', { crypt, age }, local);
