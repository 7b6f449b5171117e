import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LocalStorage } from './local.ts';
import { MemoryStorage } from './memory.ts';
import { openStorage } from './open-storage.ts';
import { names, put, randomName } from './testing/contract.ts';

describe('the location of a repository', () => {
  it('is a folder by itself or behind local:', async () => {
    for (const location of ['/srv/backup', 'local:/srv/backup']) {
      const storage = await openStorage(location);
      assert.ok(storage instanceof LocalStorage);
      assert.equal(storage.location, '/srv/backup');
    }
    assert.ok((await openStorage('relative/folder')).location.startsWith('/'));
  });

  it('memory:name finds the same files again, another name does not', async () => {
    const name = randomName();
    await put(await openStorage('memory:contract-a'), { kind: 'data', name }, Buffer.from('x'));
    assert.ok((await openStorage('memory:contract-a')) instanceof MemoryStorage);
    assert.deepEqual(await names(await openStorage('memory:contract-a'), 'data'), [name]);
    assert.deepEqual(await names(await openStorage('memory:contract-b'), 'data'), []);
  });

  it('of an unknown kind is refused without telling what may be a secret', async () => {
    for (const location of ['gopher:https://user:secret@host/bucket', 'constructor:x', 'local:', '']) {
      await assert.rejects(
        openStorage(location),
        (error: Error & { code?: string; advice?: string }) =>
          error.code === 'storage.unknown-kind' &&
          !error.message.includes('secret') &&
          (error.advice ?? '') !== '' &&
          // Gone when the process ends: of use to tests alone.
          !error.advice?.includes('memory:'),
      );
    }
  });
});
