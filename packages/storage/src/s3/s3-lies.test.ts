import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { StorageError } from '../errors.ts';
import { openStorage } from '../open-storage.ts';
import type { Storage } from '../storage.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { type Lie, type LyingProxy, randomLies, startLyingProxy } from '../testing/lying-proxy.ts';
import { type S3Server, startS3Server } from '../testing/s3-server.ts';
import { S3Storage } from './s3.ts';

let server: S3Server;
let proxy: LyingProxy;
before(async () => {
  server = await startS3Server();
  proxy = await startLyingProxy(server.url);
});
after(async () => {
  await proxy.stop();
  await server.stop();
});

/** What can be noticed from an answer; what cannot is for the user of the storage, who knows every hash. */
const NOTICEABLE: readonly Lie[] = [
  'truncated',
  'wrong-range',
  'failed-after',
  'busy',
  'cut-before',
  'cut-after',
  'answered-twice',
];
/** Soon enough for a test, and later than a busy machine makes any honest answer. */
const options = () => ({ environment: server.environment, stuckAfterMs: 20_000 });
const impatient = () => ({ ...options(), stuckAfterMs: 300 });
const newBucket = (): string => `/bucket-${randomName().slice(0, 12)}`;

describeStorage('S3 that lies in every sixth answer, tried again,', async () => {
  const storage = await openStorage(`s3:${proxy.url}${newBucket()}`, {
    ...options(),
    retry: { firstDelayMs: 1, longestDelayMs: 5 },
  });
  const lies = randomLies(11, 1 / 6, NOTICEABLE);
  // A removal that was done and not told is a file that is missing: nobody can tell the two apart.
  proxy.plan = (request) => (request.method === 'DELETE' ? undefined : lies(request));
  return {
    storage,
    cleanup: async () => {
      proxy.plan = () => undefined;
      await storage.close();
    },
  };
});

describe('a lie of an S3 server', () => {
  let storage: Storage;
  const file = { kind: 'data', name: randomName() } as const;
  const bytes = randomBytes(200_000);
  beforeEach(async () => {
    proxy.plan = () => undefined;
    storage = new S3Storage(`${proxy.url}${newBucket()}`, options());
    await storage.create();
    await put(storage, file, bytes);
  });

  const isNoticed = (code: string) => (error: unknown) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.equal(error.temporary, true);
    return true;
  };
  const range = { offset: 100, length: 5000 };
  for (const [lie, code] of [
    ['truncated', 'storage.interrupted'],
    ['wrong-range', 'storage.interrupted'],
    ['failed-after', 'storage.interrupted'],
    ['busy', 'storage.interrupted'],
    ['cut-before', 'storage.interrupted'],
    ['cut-after', 'storage.interrupted'],
    ['silent', 'storage.timeout'],
  ] as const) {
    it(`(${lie}) is noticed while reading`, async () => {
      const reader =
        lie === 'silent' ? new S3Storage(storage.location.replace(/^s3:/, ''), impatient()) : storage;
      proxy.plan = () => lie;
      await assert.rejects(reader.read(file, range), isNoticed(code));
      if (lie !== 'wrong-range') await assert.rejects(reader.read(file), isNoticed(code));
      proxy.plan = () => undefined;
      assert.ok(bytes.subarray(100, 5100).equals(await storage.read(file, range)));
    });
  }

  it('(a listing that breaks off, or makes no sense) is noticed', async () => {
    for (const lie of ['truncated', 'shortened', 'silent', 'failed-after'] as const) {
      proxy.plan = () => lie;
      const reader =
        lie === 'silent' ? new S3Storage(storage.location.replace(/^s3:/, ''), impatient()) : storage;
      await assert.rejects(
        names(reader, 'data'),
        (error) => error instanceof StorageError && error.temporary,
        lie,
      );
    }
  });

  it('(a short answer to a range) is noticed', async () => {
    proxy.plan = () => 'shortened';
    await assert.rejects(storage.read(file, range), isNoticed('storage.interrupted'));
  });

  it('(a write that was done and answered with a failure) leaves one whole file', async () => {
    const patient = await openStorage(storage.location, { ...impatient(), retry: { firstDelayMs: 1 } });
    for (const lie of ['failed-after', 'cut-after', 'silent', 'busy'] as const) {
      const next = { kind: 'index', name: randomName() } as const;
      let lied = false;
      proxy.plan = ({ method }) => {
        if (lied || method !== 'PUT') return undefined;
        lied = true;
        return lie;
      };
      await put(patient, next, bytes);
      assert.equal(lied, true);
      assert.ok(bytes.equals(await patient.read(next)), lie);
    }
    assert.equal((await names(patient, 'index')).length, 4);
    await patient.close();
  });

  it('(a file that was taken and is not shown) is noticed', async () => {
    proxy.plan = () => 'stale';
    const next = { kind: 'index', name: randomName() } as const;
    await assert.rejects(put(storage, next, bytes), isNoticed('storage.interrupted'));
  });

  it('(a listing that lags behind) does not hide what was written here', async () => {
    const own = await openStorage(storage.location, options());
    const written = [randomName(), randomName()];
    for (const name of written) await put(own, { kind: 'snapshot', name }, Buffer.from('x'));
    proxy.plan = ({ method }) => (method === 'GET' ? 'stale' : undefined);
    assert.deepEqual(await names(storage, 'snapshot'), [], 'the lie itself');
    assert.deepEqual(await names(own, 'snapshot'), written.sort());
    await own.close();
  });

  it('(a request that is carried out twice, an answer that comes twice) does not mix files up', async () => {
    for (const lie of ['repeated', 'answered-twice'] as const) {
      const others = Array.from({ length: 8 }, () => ({ kind: 'key', name: randomName() }) as const);
      for (const other of others) await put(storage, other, Buffer.from(other.name));
      proxy.plan = () => lie;
      const found = await Promise.allSettled(others.map((other) => storage.read(other)));
      for (const [at, result] of found.entries()) {
        if (result.status === 'fulfilled')
          assert.equal(Buffer.from(result.value).toString(), others[at]?.name);
        else
          assert.ok(result.reason instanceof StorageError && result.reason.temporary, String(result.reason));
      }
      proxy.plan = () => undefined;
    }
  });
});
