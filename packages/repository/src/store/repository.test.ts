import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { MemoryStorage } from '@octobox/storage';
import { RepositoryExistsError, RepositoryMissingError, WrongPasswordError } from '../errors.ts';
import { createTestRepository, TEST_PASSWORD, WEAK_KDF } from '../testing/repository.ts';
import { Repository } from './repository.ts';

describe('a repository', () => {
  it('is opened again with its password, and with no other', async () => {
    const storage = new MemoryStorage();
    const made = await Repository.init(storage, { password: 'right', kdf: WEAK_KDF });
    const opened = await Repository.open(storage, { password: 'right' });
    assert.equal(opened.id, made.id);
    assert.equal(opened.polynomial, made.polynomial);
    assert.equal(opened.version, 2);
    assert.equal(opened.keyName, made.keyName);
    await assert.rejects(Repository.open(storage, { password: 'wrong' }), WrongPasswordError);
  });

  it('is opened without a password by keys that were kept', async () => {
    const { repository, storage } = await createTestRepository();
    const opened = await Repository.open(storage, { password: '', keys: repository.keys });
    assert.equal(opened.id, repository.id);
    assert.equal(opened.keyName, undefined);
  });

  it('is missing where there is no config file', async () => {
    await assert.rejects(
      Repository.open(new MemoryStorage('none'), { password: 'x' }),
      RepositoryMissingError,
    );
  });

  it('is not made over another one, nor over a key or a snapshot that lost its config', async () => {
    const { storage } = await createTestRepository();
    const init = () => Repository.init(storage, { password: 'x', kdf: WEAK_KDF });
    await assert.rejects(init(), RepositoryExistsError);
    await storage.remove({ kind: 'config', name: '' });
    await assert.rejects(init(), /key [0-9a-f]{8} without a config file/);
  });

  it('gives saved blobs back, also after it was opened again', async () => {
    const { repository, storage } = await createTestRepository();
    await repository.loadIndex();
    const blobs = Array.from({ length: 50 }, (_, i) => randomBytes(i * 1000));
    const saver = repository.saver();
    const ids: Buffer[] = [];
    for (const plain of blobs) {
      const { id, known } = await saver.save('data', plain);
      assert.equal(known, false);
      ids.push(id);
    }
    await saver.finish();
    const opened = await Repository.open(storage, { password: TEST_PASSWORD });
    for (const each of [repository, opened]) {
      await each.loadIndex();
      for (const [i, id] of ids.entries())
        assert.ok((await each.loadBlob('data', id)).equals(blobs[i] as Buffer));
    }
  });
});
