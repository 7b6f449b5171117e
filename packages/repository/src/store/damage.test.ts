/** Damaged repositories: every error names the file and what is wrong with it, and nothing crashes or hangs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { type FileKind, MemoryStorage, type Storage, type StoredFile } from '@octobox/storage';
import fc from 'fast-check';
import { BlobMissingError, DamagedFileError, WrongPasswordError } from '../errors.ts';
import { blobId, sealBlob } from '../format/blob.ts';
import { encodePackHeader, type PackedBlob } from '../format/pack-header.ts';
import { type MasterKey, seal } from '../format/sealing/crypto.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { compress } from '../format/zstd/compression.ts';
import { createTestRepository, TEST_PASSWORD, WEAK_KDF } from '../testing/repository.ts';
import { addKey } from './keys/keys.ts';
import { readBlobs, readPackHeader } from './packs/pack-reader.ts';
import { Repository } from './repository.ts';
import { writeFile } from './stored-file.ts';

const copies = Array.from({ length: 6 }, (_, n) => Buffer.alloc(3000 + n, n));

async function makeRepository(): Promise<{ storage: Storage; repository: Repository }> {
  const { repository, storage } = await createTestRepository(new MemoryStorage('damage'));
  const saver = repository.saver();
  for (const plain of copies) await saver.save('data', plain);
  const tree = await saver.save('tree', Buffer.from('{"nodes":[]}\n'));
  await saver.finish();
  const content = {
    tree: tree.id.toString('hex'),
    paths: ['/x'],
    hostname: 'h',
    username: 'u',
    uid: 0,
    gid: 0,
  };
  await repository.writeUnpacked(
    'snapshot',
    encodeSnapshot({ ...content, time: '2026-01-01T00:00:00Z', tags: [], excludes: [] }),
  );
  return { storage, repository };
}

async function only(storage: Storage, kind: FileKind): Promise<StoredFile> {
  for await (const { name } of storage.list(kind)) return { kind, name };
  throw new Error(`no ${kind}`);
}

async function replace(storage: Storage, file: StoredFile, change: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = change(Buffer.from(await storage.read(file)));
  await storage.remove(file);
  const writer = await storage.writer(file.kind);
  await writer.append(bytes);
  await writer.commit(file.name);
}

const flip = (at: number) => (bytes: Buffer) => {
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at & 7));
  return bytes;
};
const cut = (to: number) => (bytes: Buffer) => bytes.subarray(0, to % bytes.length);

/** Reads all that there is, as a careful user would. */
async function readEverything(storage: Storage): Promise<void> {
  const repository = await Repository.open(storage, { password: TEST_PASSWORD });
  for await (const _ of repository.snapshots());
  const index = await repository.loadIndex();
  for (const [pack, size] of await repository.listFiles('data')) {
    for await (const { error } of readBlobs(repository, pack, await readPackHeader(repository, pack, size))) {
      if (error !== undefined) throw error;
    }
  }
  for (let entry = 0; entry < index.entryCount; entry++)
    await repository.loadBlob(index.typeAt(entry), index.idAt(entry));
}

describe('a repository with one changed file', () => {
  for (const kind of ['config', 'key', 'snapshot', 'index', 'data'] as const) {
    for (const [title, change] of [
      ['a flipped bit', flip],
      ['its end cut off', cut],
    ] as const) {
      it(`names the ${kind} file with ${title}`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.nat(), async (at) => {
            const { storage } = await makeRepository();
            const file = await only(storage, kind);
            await replace(storage, file, change(at));
            await assert.rejects(readEverything(storage), (error: unknown) => {
              assert.ok(error instanceof DamagedFileError, `${error}`);
              assert.deepEqual(error.file, file);
              assert.ok(
                error.message.includes(file.name) && error.problem !== '' && error.advice !== undefined,
              );
              return true;
            });
          }),
          { numRuns: 40 },
        );
      });
    }
  }

  it('is read to the end when nothing is wrong', async () => {
    await readEverything((await makeRepository()).storage);
  });
});

describe('what its writer made wrong, under a right name and seal', () => {
  const documents = {
    index: ['', '{', 'null x', '{"packs":[{}]}', '{"packs":7}', '\u0002', '[{}]'],
    snapshot: ['', '{', 'null', '{}', '{"time":"x"}', '{"time":"2026-01-01T00:00:00Z","tree":"y"}', '\u0002'],
  };
  for (const kind of ['index', 'snapshot'] as const) {
    it(`is named in a ${kind} file`, async () => {
      for (const document of documents[kind]) {
        const { repository, storage } = await createTestRepository();
        const name = await writeFile(storage, kind, seal(repository.keys, Buffer.from(document)));
        const read = kind === 'index' ? repository.loadIndex() : Array.fromAsync(repository.snapshots());
        await assert.rejects(
          read,
          (error: unknown) => error instanceof DamagedFileError && error.file.name === name,
        );
      }
    });
  }

  it('is named in a config file', async () => {
    for (const document of [
      '',
      '{}',
      '{"version":2}',
      '{"version":2,"id":"x","chunker_polynomial":"3da3358b4dc173"}',
    ]) {
      const { repository, storage } = await createTestRepository();
      await storage.remove({ kind: 'config', name: '' });
      await writeFile(storage, 'config', seal(repository.keys, Buffer.from(document)));
      await assert.rejects(
        Repository.open(storage, { password: TEST_PASSWORD }),
        /^DamagedFileError: config is damaged/,
      );
    }
  });

  const pack = (keys: MasterKey, blobs: readonly PackedBlob[], body: Buffer, length?: number): Buffer => {
    const header = seal(keys, encodePackHeader(blobs));
    const end = Buffer.alloc(4);
    end.writeUInt32LE(length ?? header.length);
    return Buffer.concat([body, header, end]);
  };

  it('is named in the header of a pack', async () => {
    const { repository, storage } = await createTestRepository();
    const { keys } = repository;
    const body = seal(keys, Buffer.alloc(100));
    const blob = {
      type: 'data',
      id: randomBytes(32),
      offset: 0,
      length: body.length,
      uncompressedLength: 0,
    } as const;
    const damaged: [Buffer, RegExp][] = [
      [
        pack(keys, [{ ...blob, length: body.length - 1 }], body),
        /describes 131 bytes of blobs, but there are 132/,
      ],
      [pack(keys, [blob, blob], body), /describes 264 bytes/],
      [pack(keys, [blob], Buffer.concat([body, Buffer.alloc(1)])), /describes 132 bytes/],
      [pack(keys, [blob], body, 68), /cannot be 68 bytes long/],
      [pack(keys, [blob], body, 70), /authentication code|do not match/],
      [pack(keys, [blob], body, 0xffffffff), /cannot be 4294967295 bytes long/],
      [Buffer.alloc(3), /too short for a pack/],
      [Buffer.alloc(300), /cannot be 0 bytes long/],
    ];
    for (const [bytes, expected] of damaged) {
      const name = await writeFile(storage, 'data', bytes);
      await assert.rejects(readPackHeader(repository, name, bytes.length), (error: unknown) => {
        assert.ok(error instanceof DamagedFileError && error.file.name === name);
        assert.match(error.problem, expected);
        return true;
      });
    }
  });

  it('is named when a header of many blobs is compressed data that never ends', async () => {
    const { repository, storage } = await createTestRepository();
    const bomb = Buffer.concat([Buffer.of(2), compress(Buffer.alloc(700_000_000))]);
    const name = await writeFile(storage, 'index', seal(repository.keys, bomb));
    await assert.rejects(
      repository.loadIndex(),
      (error: unknown) => error instanceof DamagedFileError && error.file.name === name,
    );
  });
});

describe('the advice for a damaged file', () => {
  const advised: [FileKind, RegExp][] = [
    ['config', /^Restore config from a copy/],
    ['key', /password of another key, or restore keys\/[0-9a-f]{64} from a copy/],
    ['snapshot', /`octobox snapshots`(.|\n)*restore snapshots\/[0-9a-f]{64}(.|\n)*delete/],
    ['index', /`octobox repair index`/],
    ['data', /`octobox check`.*restore data\/[0-9a-f]{64}/],
  ];
  for (const [kind, expected] of advised) {
    it(`can be followed although it is the ${kind} that is damaged`, async () => {
      const { storage } = await makeRepository();
      await replace(storage, await only(storage, kind), flip(30));
      await assert.rejects(readEverything(storage), (error: unknown) => {
        assert.ok(error instanceof DamagedFileError);
        assert.match(error.advice ?? '', expected);
        // `check` has to open the repository first.
        if (kind === 'config' || kind === 'key') assert.doesNotMatch(error.advice ?? '', /check/);
        return true;
      });
    });
  }
});

describe('one damaged thing beside a good one', () => {
  it('a damaged snapshot hides none of the others', async () => {
    const { storage, repository } = await makeRepository();
    const good = await only(storage, 'snapshot');
    const bad = 'ab'.repeat(32);
    const writer = await storage.writer('snapshot');
    await writer.append(Buffer.from('damaged'));
    await writer.commit(bad);
    const read = new Map((await Array.fromAsync(repository.readSnapshots())).map((one) => [one.id, one]));
    assert.equal(read.size, 2);
    assert.equal(read.get(good.name)?.snapshot?.id, good.name);
    assert.ok(read.get(bad)?.error instanceof DamagedFileError);
    assert.equal((await repository.snapshot(good.name.slice(0, 20))).id, good.name);
    // The damaged one may be the newest.
    const named = (error: unknown) => error instanceof DamagedFileError && error.file.name === bad;
    await assert.rejects(repository.snapshot('latest'), named);
    await assert.rejects(Array.fromAsync(repository.snapshots()), named);
  });

  it('a damaged key file locks nobody out who has another key', async () => {
    const { storage, repository } = await makeRepository();
    await replace(storage, await only(storage, 'key'), flip(100));
    await addKey(storage, repository.keys, 'second', WEAK_KDF);
    assert.equal((await Repository.open(storage, { password: 'second' })).id, repository.id);
    await assert.rejects(Repository.open(storage, { password: 'wrong' }), DamagedFileError);
  });

  it('a missing key folder is told apart from a wrong password', async () => {
    const { storage } = await makeRepository();
    await storage.remove(await only(storage, 'key'));
    await assert.rejects(Repository.open(storage, { password: TEST_PASSWORD }), (error: unknown) => {
      assert.ok(error instanceof WrongPasswordError);
      assert.match(error.message, /has no key file/);
      return true;
    });
  });

  it('a blob is read from its second copy when the first pack is damaged, cut off or gone', async () => {
    for (const harm of ['flip', 'cut', 'remove'] as const) {
      const storage = new MemoryStorage('copies');
      const { repository } = await createTestRepository(storage);
      const plain = randomBytes(2000);
      const id = blobId(plain);
      // Two programs that did not know of each other stored the same blob.
      for (let program = 0; program < 2; program++) {
        const other = await Repository.open(storage, { password: TEST_PASSWORD });
        await other.loadIndex();
        const saver = other.saver();
        if (program === 0) await saver.save('data', plain);
        else {
          const { sealed, uncompressedLength } = sealBlob(other.keys, 'data', plain);
          await saver.saveSealed('data', id, sealed, uncompressedLength);
        }
        await saver.finish();
      }
      await repository.loadIndex();
      const [first] = repository.lookup('data', id);
      assert.equal(repository.lookup('data', id).length, 2);
      const file = { kind: 'data', name: first?.pack ?? '' } as const;
      if (harm === 'remove') await storage.remove(file);
      else await replace(storage, file, harm === 'flip' ? flip(500) : cut(50));
      assert.ok((await repository.loadBlob('data', id)).equals(plain));
      for (const { pack } of repository.lookup('data', id).slice(1))
        await storage.remove({ kind: 'data', name: pack });
      await assert.rejects(repository.loadBlob('data', id), (error: unknown) => {
        assert.ok(error instanceof DamagedFileError && error.file.name === file.name);
        return true;
      });
    }
  });

  it('of a pack that is cut off, the blobs before the cut are still read', async () => {
    const { storage, repository } = await makeRepository();
    const packs = await repository.listFiles('data');
    for (const [pack, size] of packs) {
      const blobs = await readPackHeader(repository, pack, size);
      const end = (blobs.at(-1)?.offset ?? 0) + 1;
      await replace(storage, { kind: 'data', name: pack }, (bytes) => bytes.subarray(0, end));
      const results = await Array.fromAsync(readBlobs(repository, pack, blobs));
      assert.equal(results.length, blobs.length);
      assert.ok(results.slice(0, -1).every(({ plain }) => plain !== undefined));
      assert.ok(results.at(-1)?.error instanceof DamagedFileError);
    }
  });

  it('a blob that no index names is missing, not damaged', async () => {
    const { repository } = await makeRepository();
    await assert.rejects(repository.loadBlob('data', randomBytes(32)), BlobMissingError);
    await assert.rejects(repository.loadBlob('tree', blobId(copies[0] as Buffer)), BlobMissingError);
  });
});
