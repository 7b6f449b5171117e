import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStorage } from '../memory.ts';
import type { FileKind, ListedFile, Storage } from '../storage.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { OwnWritesStorage } from './own-writes.ts';

/** Lists what there was when it was last told to look. */
function lagging(memory: MemoryStorage): { storage: Storage; look: () => Promise<void> } {
  let seen: [FileKind, ListedFile][] = [];
  const storage: Storage = Object.assign(Object.create(memory) as Storage, {
    stat: memory.stat.bind(memory),
    read: memory.read.bind(memory),
    writer: memory.writer.bind(memory),
    remove: memory.remove.bind(memory),
    async *list(kind: FileKind) {
      for (const [of, file] of seen) if (of === kind) yield file;
    },
  });
  return {
    storage,
    look: async () => {
      seen = [];
      for await (const file of memory.list('snapshot')) seen.push(['snapshot', file]);
    },
  };
}

describeStorage('a storage that shows its own writes', async () => ({
  storage: new OwnWritesStorage(new MemoryStorage()),
  cleanup: async () => {},
}));

describe('a listing that lags behind', () => {
  it('holds what this handle wrote, and not what it removed', async () => {
    const memory = new MemoryStorage();
    const { storage, look } = lagging(memory);
    const own = new OwnWritesStorage(storage);
    const [first, second] = [randomName(), randomName()];
    await put(own, { kind: 'snapshot', name: first }, Buffer.from('1'));
    assert.deepEqual(await names(own, 'snapshot'), [first]);
    await look();
    await put(own, { kind: 'snapshot', name: second }, Buffer.from('2'));
    assert.deepEqual(await names(own, 'snapshot'), [first, second].sort());
    await own.remove({ kind: 'snapshot', name: first });
    assert.deepEqual(await names(own, 'snapshot'), [second]);
    await look();
    assert.deepEqual(await names(own, 'snapshot'), [second]);
  });

  it('does not hold what somebody else has removed meanwhile', async () => {
    const memory = new MemoryStorage();
    const own = new OwnWritesStorage(lagging(memory).storage);
    const name = randomName();
    await put(own, { kind: 'snapshot', name }, Buffer.from('1'));
    await memory.remove({ kind: 'snapshot', name });
    assert.deepEqual(await names(own, 'snapshot'), []);
  });
});
