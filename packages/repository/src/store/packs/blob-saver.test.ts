import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  type FileKind,
  type FileWriter,
  MemoryStorage,
  StorageError,
  type StorageOptions,
} from '@octobox/storage';
import { blobId, sealBlob } from '../../format/blob.ts';
import { decodeIndex } from '../../format/index-file.ts';
import { createTestRepository, TEST_PASSWORD } from '../../testing/repository.ts';
import { Repository } from '../repository.ts';
import { readPackHeader } from './pack-reader.ts';

/** A storage whose writers fail when `fails` says so. */
class FailingStorage extends MemoryStorage {
  fails: (kind: FileKind, when: 'append' | 'commit') => boolean = () => false;
  writing = 0;

  override async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const writer = await super.writer(kind, options);
    this.writing++;
    let open = true;
    const close = (): void => {
      if (open) this.writing--;
      open = false;
    };
    const check = (when: 'append' | 'commit'): void => {
      if (this.fails(kind, when)) throw new StorageError('storage.full', 'the disk is full');
    };
    return {
      append: async (bytes) => {
        check('append');
        await writer.append(bytes);
      },
      commit: async (name) => {
        check('commit');
        await writer.commit(name);
        close();
      },
      abort: async () => {
        await writer.abort();
        close();
      },
    };
  }
}

describe('a saver', () => {
  it('stores a blob once, whoever asks and how often', async () => {
    const { repository, storage } = await createTestRepository();
    const saver = repository.saver();
    const plain = randomBytes(5000);
    const saved = await Promise.all(Array.from({ length: 10 }, () => saver.save('data', plain)));
    assert.equal(saved.filter(({ known }) => !known).length, 1);
    assert.equal((await saver.save('tree', plain)).known, false, 'a tree of the same bytes is another blob');
    await saver.finish();
    assert.equal((await repository.listFiles('data')).size, 2);
    const next = await Repository.open(storage, { password: TEST_PASSWORD });
    await next.loadIndex();
    const again = next.saver();
    assert.equal((await again.save('data', plain)).known, true);
    await again.finish();
    assert.equal((await repository.listFiles('data')).size, 2);
    assert.equal((await repository.listFiles('index')).size, 1, 'nothing new, no new index');
  });

  it('finishes packs at their size, and names all blobs of a pack in one index file', async () => {
    const { repository } = await createTestRepository();
    const saver = repository.saver({ packSize: 100_000 });
    await Promise.all(Array.from({ length: 60 }, () => saver.save('data', randomBytes(15_000))));
    await saver.finish();
    const packs = await repository.listFiles('data');
    assert.ok(packs.size >= 8 && packs.size <= 11, `${packs.size} packs`);
    let full = 0;
    for (const size of packs.values()) {
      assert.ok(size < 130_000);
      if (size >= 100_000) full++;
    }
    assert.ok(full >= packs.size - 2, 'only the last two are smaller');
    const indexed = new Map<string, number>();
    for (const name of (await repository.listFiles('index')).keys()) {
      let pack = '';
      decodeIndex(await repository.readUnpacked('index', name), {
        pack: (id) => {
          pack = Buffer.from(id).toString('hex');
          assert.ok(!indexed.has(pack));
          indexed.set(pack, 0);
        },
        blob: () => indexed.set(pack, (indexed.get(pack) ?? 0) + 1),
      });
    }
    for (const [pack, size] of packs)
      assert.equal(indexed.get(pack), (await readPackHeader(repository, pack, size)).length);
  });

  it('takes blobs that a worker claimed and sealed', async () => {
    const { repository } = await createTestRepository();
    const plain = Buffer.from('sealed elsewhere');
    const id = blobId(plain);
    assert.ok(repository.index.claim('data', id));
    const saver = repository.saver();
    assert.equal((await saver.save('data', plain)).known, true, 'somebody is about to store it');
    const { sealed, uncompressedLength } = sealBlob(repository.keys, 'data', plain);
    // Workers send plain byte arrays.
    await saver.saveSealed('data', id, new Uint8Array(sealed), uncompressedLength);
    await saver.finish();
    assert.equal((await repository.loadBlob('data', id)).toString(), 'sealed elsewhere');
  });

  it('shows nothing until packs are whole, and writes the index after them', async () => {
    const { repository } = await createTestRepository();
    const saver = repository.saver();
    await saver.save('data', randomBytes(1000));
    assert.equal((await repository.listFiles('data')).size, 0);
    await saver.finish();
    assert.equal((await repository.listFiles('data')).size, 1);
    assert.equal((await repository.listFiles('index')).size, 1);
  });

  for (const [kind, when] of [
    ['data', 'append'],
    ['data', 'commit'],
    ['index', 'append'],
    ['index', 'commit'],
  ] as const) {
    it(`whose storage fails at the ${when} of ${kind} files says so, leaves no writer open and names nothing`, async () => {
      const storage = new FailingStorage('failing');
      const { repository } = await createTestRepository(storage);
      const saver = repository.saver({ packSize: 50_000 });
      let appends = 0;
      storage.fails = (each, at) => each === kind && at === when && appends++ > 0 === (kind === 'data');
      const blobs = Array.from({ length: 30 }, () => randomBytes(10_000));
      const work = async (): Promise<void> => {
        for (const plain of blobs) await saver.save('data', plain);
        await saver.finish();
      };
      await assert.rejects(work(), { code: 'storage.full' });
      await assert.rejects(saver.save('data', randomBytes(10)));
      await assert.rejects(saver.finish());
      await saver.abort();
      assert.equal(storage.writing, 0);
      assert.equal((await repository.listFiles('index')).size, 0);
      assert.throws(() => repository.index, { code: 'repository.index-not-loaded' });
      // The next run stores everything again, because no index names what was stored.
      storage.fails = () => false;
      await repository.loadIndex();
      const next = repository.saver();
      for (const plain of blobs) assert.equal((await next.save('data', plain)).known, false);
      await next.finish();
      for (const plain of blobs) assert.ok((await repository.loadBlob('data', blobId(plain))).equals(plain));
    });
  }

  it('that could not store one blob cannot finish, because others may rely on that blob', async () => {
    const storage = new FailingStorage('one');
    const { repository } = await createTestRepository(storage);
    const saver = repository.saver();
    let failed = false;
    storage.fails = (kind) => {
      if (kind !== 'data' || failed) return false;
      failed = true;
      return true;
    };
    const plain = randomBytes(300_000);
    const [first, second] = await Promise.allSettled([saver.save('data', plain), saver.save('data', plain)]);
    assert.equal(first.status, 'rejected');
    assert.equal(second.status, 'fulfilled');
    await assert.rejects(saver.finish(), { code: 'storage.full' });
  });

  it('that is aborted leaves no open writer and no index file', async () => {
    const storage = new FailingStorage('aborted');
    const { repository } = await createTestRepository(storage);
    const saver = repository.saver({ packSize: 40_000 });
    for (let n = 0; n < 20; n++) await saver.save('data', randomBytes(9000));
    await saver.abort();
    await saver.abort();
    assert.equal(storage.writing, 0);
    assert.equal((await repository.listFiles('index')).size, 0);
    await assert.rejects(saver.save('data', randomBytes(1)), { code: 'repository.saver-ended' });
    await assert.rejects(saver.finish(), { code: 'repository.saver-ended' });
  });

  it('stops when its signal says so', async () => {
    const { repository } = await createTestRepository();
    const controller = new AbortController();
    const saver = repository.saver({ signal: controller.signal });
    await saver.save('data', randomBytes(100));
    controller.abort(new Error('enough'));
    await assert.rejects(saver.save('data', randomBytes(100)), /enough/);
    await assert.rejects(saver.finish(), /enough/);
    await saver.abort();
    assert.equal((await repository.listFiles('data')).size, 0);
  });

  it('is the only one of its repository', async () => {
    const { repository } = await createTestRepository();
    const saver = repository.saver();
    assert.throws(() => repository.saver(), { code: 'repository.saver-active' });
    await assert.rejects(repository.loadIndex(), { code: 'repository.saver-active' });
    await saver.finish();
    await repository.saver().finish();
    await repository.loadIndex();
  });
});
