/** What every kind of storage must do; run by each kind's own test. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FileExistsError, FileMissingError, ShortReadError } from '../errors.ts';
import { SUFFIXES } from '../names.ts';
import { releaseMemory } from '../release.ts';
import type { FileKind, ListedFile, Storage, StoredFile } from '../storage.ts';

const KINDS: readonly FileKind[] = ['config', 'key', 'lock', 'snapshot', 'index', 'data'];

export interface TestStorage {
  readonly storage: Storage;
  cleanup(): Promise<void>;
}

export const randomName = (): string => randomBytes(32).toString('hex');

export async function put(storage: Storage, file: StoredFile, bytes: Uint8Array): Promise<void> {
  const writer = await storage.writer(file.kind);
  try {
    await writer.append(bytes);
    await writer.commit(file.name);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

export async function names(storage: Storage, kind: FileKind): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of storage.list(kind)) found.push(name);
  return found.sort();
}

export interface ContractOptions {
  /** Why names with the suffix of an encryption layer cannot be given: the storage appends its own. */
  readonly ownSuffix?: string;
}

export function describeStorage(
  title: string,
  make: () => Promise<TestStorage>,
  options: ContractOptions = {},
): void {
  describe(`${title} keeps the storage contract`, () => {
    it('has no repository before it was created, which is no failure', async () => {
      const fresh = await make();
      try {
        assert.deepEqual(await names(fresh.storage, 'config'), []);
        await assert.rejects(fresh.storage.stat({ kind: 'config', name: '' }), FileMissingError);
      } finally {
        await fresh.cleanup();
      }
    });

    let storage: Storage;
    let cleanup: () => Promise<void>;
    beforeEach(async () => {
      const made = await make();
      ({ storage } = made);
      cleanup = () => made.cleanup();
      await storage.create();
    });
    afterEach(() => cleanup());

    for (const kind of KINDS) {
      const file = { kind, name: kind === 'config' ? '' : randomName() };
      it(`writes, lists, reads and removes a file of kind ${kind}`, async () => {
        const bytes = randomBytes(1000);
        await put(storage, file, bytes);
        assert.deepEqual(await storage.stat(file), { name: file.name, size: 1000 });
        const listed: ListedFile[] = [];
        for await (const found of storage.list(kind)) listed.push(found);
        assert.deepEqual(listed, [{ name: file.name, size: 1000 }]);
        assert.deepEqual(Buffer.from(await storage.read(file)), bytes);
        await storage.remove(file);
        assert.deepEqual(await names(storage, kind), []);
        await assert.rejects(storage.remove(file), FileMissingError);
      });
    }

    it('keeps names with the suffix of encryption layers apart from names without', {
      skip: options.ownSuffix ?? false,
    }, async () => {
      for (const kind of KINDS) {
        const plain = kind === 'config' ? '' : randomName();
        for (const name of SUFFIXES.map((suffix) => plain + suffix)) {
          await put(storage, { kind, name }, Buffer.from(`bytes of ${name}`));
        }
        assert.deepEqual(await names(storage, kind), SUFFIXES.map((suffix) => plain + suffix).sort());
        const file = { kind, name: `${plain}.bin.age` };
        assert.equal(Buffer.from(await storage.read(file)).toString(), `bytes of ${file.name}`);
        await storage.remove(file);
        await assert.rejects(storage.stat(file), FileMissingError);
        assert.equal((await storage.stat({ kind, name: plain })).size, `bytes of ${plain}`.length);
      }
    });

    it('reads exactly the range asked for, also counted from the end', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      const bytes = randomBytes(300_000);
      await put(storage, file, bytes);
      const ranges = [
        [{ offset: 0, length: 10 }, bytes.subarray(0, 10)],
        [{ offset: 5 }, bytes.subarray(5)],
        [{ offset: 299_999, length: 1 }, bytes.subarray(299_999)],
        [{ offset: -4 }, bytes.subarray(-4)],
        [{ offset: -100, length: 50 }, bytes.subarray(-100, -50)],
        [{ offset: 300_000, length: 0 }, Buffer.alloc(0)],
        [{ offset: 12, length: 0 }, Buffer.alloc(0)],
      ] as const;
      for (const [range, expected] of ranges) {
        assert.deepEqual(Buffer.from(await storage.read(file, range)), Buffer.from(expected));
      }
    });

    it('gives bytes whose memory its reader may take away', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      const bytes = randomBytes(300_000);
      await put(storage, file, bytes);
      const whole = { offset: 0, length: 300_000 };
      const reads = await Promise.all([storage.read(file), storage.read(file, whole), storage.read(file)]);
      releaseMemory(reads[0]);
      releaseMemory(reads[1]);
      assert.deepEqual(Buffer.from(reads[2]), bytes);
      assert.deepEqual(Buffer.from(await storage.read(file)), bytes);
    });

    it('rejects a range that reaches beyond the file, and never gives fewer bytes', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      await put(storage, file, randomBytes(100));
      for (const range of [
        { offset: 90, length: 11 },
        { offset: 101 },
        { offset: -101 },
        { offset: -5, length: 6 },
      ]) {
        await assert.rejects(storage.read(file, range), ShortReadError);
      }
    });

    it('says which file is missing', async () => {
      const file = { kind: 'index', name: randomName() } as const;
      for (const attempt of [
        () => storage.read(file),
        () => storage.stat(file),
        () => storage.remove(file),
      ]) {
        await assert.rejects(
          attempt,
          (error) => error instanceof FileMissingError && error.message.includes(file.name),
        );
      }
    });

    it('shows nothing of a file until it is committed', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      const writer = await storage.writer('data');
      await writer.append(randomBytes(500_000));
      await writer.append(randomBytes(5));
      assert.deepEqual(await names(storage, 'data'), []);
      await assert.rejects(storage.stat(file), FileMissingError);
      await writer.commit(file.name);
      assert.deepEqual(await names(storage, 'data'), [file.name]);
      assert.equal((await storage.stat(file)).size, 500_005);
    });

    it('keeps what was appended although the caller uses its buffer again', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      const expected: Buffer[] = [];
      const buffer = Buffer.alloc(70_000);
      const writer = await storage.writer('data');
      for (let i = 0; i < 20; i++) {
        buffer.fill(i);
        const length = (i * 7919) % buffer.length;
        expected.push(Buffer.from(buffer.subarray(0, length)));
        await writer.append(buffer.subarray(0, length));
      }
      await writer.commit(file.name);
      assert.ok(Buffer.concat(expected).equals(await storage.read(file)));
    });

    it('throws an aborted file away, and allows abort again and after commit', async () => {
      const aborted = await storage.writer('data');
      await aborted.append(randomBytes(10));
      await aborted.abort();
      await aborted.abort();
      await assert.rejects(aborted.append(randomBytes(1)));
      await assert.rejects(aborted.commit(randomName()));
      assert.deepEqual(await names(storage, 'data'), []);
      const committed = await storage.writer('data');
      const name = randomName();
      await committed.commit(name);
      await committed.abort();
      assert.deepEqual(await names(storage, 'data'), [name]);
    });

    it('never replaces a file that exists', async () => {
      const file = { kind: 'key', name: randomName() } as const;
      await put(storage, file, Buffer.from('the first'));
      // Not longer than the first: what is longer than the file that is there may be the rest of a torn one.
      await assert.rejects(put(storage, file, Buffer.from('second')), FileExistsError);
      assert.equal(Buffer.from(await storage.read(file)).toString(), 'the first');
      await put(storage, { kind: 'config', name: '' }, Buffer.from('first'));
      await assert.rejects(
        put(storage, { kind: 'config', name: '' }, Buffer.from('second')),
        FileExistsError,
      );
    });

    it('can be created again without touching what is there', async () => {
      const file = { kind: 'data', name: randomName() } as const;
      await put(storage, file, Buffer.from('kept'));
      await storage.create();
      assert.equal(Buffer.from(await storage.read(file)).toString(), 'kept');
    });

    it('keeps the kinds apart and writes many files at once', async () => {
      const wanted = Array.from({ length: 40 }, randomName);
      await Promise.all(wanted.map((name) => put(storage, { kind: 'data', name }, Buffer.from(name))));
      assert.deepEqual(await names(storage, 'data'), [...wanted].sort());
      assert.deepEqual(await names(storage, 'index'), []);
    });

    it('stops with the reason of an aborted signal', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      const file = { kind: 'data', name: randomName() } as const;
      await put(storage, file, Buffer.from('x'));
      await assert.rejects(storage.read(file, undefined, { signal }), /enough/);
      await assert.rejects(storage.stat(file, { signal }), /enough/);
      await assert.rejects(storage.writer('data', { signal }), /enough/);
      await assert.rejects(Array.fromAsync(storage.list('data', { signal })), /enough/);
      assert.deepEqual(await names(storage, 'data'), [file.name]);
    });
  });
}
