import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Storage, StorageError } from '@octobox/storage';
import { DamagedFileError, LockedError, LockLostError } from '../errors.ts';
import { decodeLock, encodeLock } from '../format/lock-file.ts';
import type { Repository } from '../store/repository.ts';
import { writeFile } from '../store/stored-file.ts';
import { createTestRepository } from '../testing/repository.ts';
import { acquireLock, beginLock, type LockTiming, variedPause } from './lock.ts';
import { type LockRepository, ownLock } from './stored-locks.ts';
import { listLocks, removeLocks } from './unlock.ts';

/** The same rules, a thousand times as fast. */
const timing: Partial<LockTiming> = {
  settle: 1,
  unreadable: [1, 1, 1],
  retryFirst: 2,
  retryMost: 5,
  poll: 1,
};

async function lockNames(storage: Storage): Promise<string[]> {
  return (await Array.fromAsync(storage.list('lock'))).map(({ name }) => name);
}

const aborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted ? Promise.resolve() : once(signal, 'abort');

/** Resolves when `condition` holds; the test's own time limit ends a wait for nothing. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

async function put(repository: Repository, change: Partial<ReturnType<typeof ownLock>>): Promise<string> {
  return repository.writeUnpacked('lock', encodeLock({ ...ownLock('shared', Date.now()), ...change }));
}

describe('a lock', { timeout: 120_000 }, () => {
  it('is a file that tells who holds it, and is gone after its block', async () => {
    const { repository, storage } = await createTestRepository();
    {
      await using lock = await acquireLock(repository, { kind: 'exclusive', timing });
      assert.deepEqual(await lockNames(storage), [lock.id]);
      const content = decodeLock(await repository.readUnpacked('lock', lock.id));
      assert.equal(content.exclusive, true);
      assert.equal(content.pid, process.pid);
      assert.equal(content.hostname, hostname());
      assert.ok(!lock.signal.aborted);
    }
    assert.deepEqual(await lockNames(storage), []);
  });

  it('that cannot be written says how to do without one', async () => {
    const { repository } = await createTestRepository();
    const refusing = (error: StorageError): LockRepository =>
      Object.create(repository, { writeUnpacked: { value: () => Promise.reject(error) } });
    const full = new StorageError('storage.full', '/srv is full', { advice: 'Free space.' });
    await assert.rejects(acquireLock(refusing(full), { kind: 'exclusive', timing }), (error) => {
      assert.ok(error instanceof StorageError && error.cause === full);
      assert.equal(error.code, 'storage.full');
      assert.equal(error.message, 'no lock can be written: /srv is full');
      assert.match(error.advice ?? '', /^Free space\. .*forget and prune.*--no-lock/);
      return true;
    });
    const denied = new StorageError('storage.denied', 'EROFS');
    await assert.rejects(acquireLock(refusing(denied), { kind: 'shared', timing }), (error) => {
      assert.match((error as StorageError).advice ?? '', /^To read only, .*--no-lock/);
      return true;
    });
    const other = new StorageError('storage.failed', 'torn');
    await assert.rejects(acquireLock(refusing(other), { kind: 'shared', timing }), other);
  });

  it('can be shared by many, and then nobody gets an exclusive one', async () => {
    const { repository, storage } = await createTestRepository();
    await using first = await acquireLock(repository, { kind: 'shared', timing });
    await using second = await acquireLock(repository, { kind: 'shared', timing });
    assert.notEqual(first.id, second.id);
    await assert.rejects(acquireLock(repository, { kind: 'exclusive', timing }), LockedError);
    assert.equal((await lockNames(storage)).length, 2, 'the failed one left nothing');
  });

  it('that is exclusive keeps everybody else out, who learn whom to ask', async () => {
    const { repository } = await createTestRepository();
    await using held = await acquireLock(repository, { kind: 'exclusive', timing });
    for (const kind of ['shared', 'exclusive'] as const) {
      await assert.rejects(acquireLock(repository, { kind, timing }), (error: unknown) => {
        assert.ok(error instanceof LockedError);
        assert.equal(error.holder.id, held.id);
        assert.equal(error.code, 'repository.locked');
        assert.match(
          error.message,
          new RegExp(`exclusively by process ${process.pid} .* on ${hostname()} since 2`),
        );
        assert.match(error.advice ?? '', /octobox unlock/);
        return true;
      });
    }
  });

  it('is given to at most one of many who want it exclusively at once', async () => {
    const { repository, storage } = await createTestRepository();
    const tries = Array.from({ length: 8 }, () =>
      acquireLock(repository, { kind: 'exclusive', timing: { ...timing, settle: 20 } }),
    );
    const results = await Promise.allSettled(tries);
    const held = results.filter((result) => result.status === 'fulfilled');
    assert.ok(held.length <= 1);
    assert.equal((await lockNames(storage)).length, held.length);
    for (const { value } of held) await value.release();
  });

  it('is waited for as long as wanted', async () => {
    const { repository } = await createTestRepository();
    const held = await acquireLock(repository, { kind: 'exclusive', timing });
    let told = 0;
    const waiting = acquireLock(repository, {
      kind: 'shared',
      timing,
      retryFor: 10_000,
      onWait: () => {
        told++;
        void held.release();
      },
    });
    await using lock = await waiting;
    assert.equal(told, 1);
    await assert.rejects(acquireLock(repository, { kind: 'exclusive', timing, retryFor: 20 }), LockedError);
    assert.ok(!lock.signal.aborted);
  });

  it('is asked for again after pauses that vary, so that two who met do not meet each time', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((drawn) => variedPause(5_000, drawn)),
      [2_500, 5_000, 7_500],
    );
  });

  it('that is only begun is held after the wait', async () => {
    const { repository, storage } = await createTestRepository();
    const { lock, held } = await beginLock(repository, { kind: 'shared', timing: { ...timing, settle: 50 } });
    assert.deepEqual(await lockNames(storage), [lock.id]);
    await held;
    assert.ok(!lock.signal.aborted);
    await lock.release();
  });

  it('that is only begun fails when somebody else turns up, and whoever works under it hears of it', async () => {
    const { repository, storage } = await createTestRepository();
    const { lock, held } = await beginLock(repository, {
      kind: 'shared',
      timing: { ...timing, settle: 200 },
    });
    const other = await put(repository, { exclusive: true });
    await assert.rejects(held, LockedError);
    assert.ok(lock.signal.reason instanceof LockedError);
    assert.deepEqual(await lockNames(storage), [other]);
  });

  it('is not begun when somebody came while its file was on its way', async () => {
    const { repository, storage } = await createTestRepository();
    const slow: LockRepository = {
      storage,
      readUnpacked: (kind, name) => repository.readUnpacked(kind, name),
      async writeUnpacked(kind, json) {
        await put(repository, { exclusive: true });
        await delay(150);
        return await repository.writeUnpacked(kind, json);
      },
    };
    let isRead = false;
    const meanwhile = async () => {
      isRead = true;
    };
    const options = { kind: 'shared', timing: { ...timing, settle: 200 }, meanwhile } as const;
    await assert.rejects(acquireLock(slow, options), LockedError);
    assert.ok(!isRead, 'what he changes');
    assert.equal((await lockNames(storage)).length, 1);
  });

  it('is no longer waited for when the caller gives up', async () => {
    const { repository } = await createTestRepository();
    await using _held = await acquireLock(repository, { kind: 'exclusive', timing });
    const controller = new AbortController();
    const waiting = acquireLock(repository, {
      kind: 'shared',
      retryFor: 60_000,
      signal: controller.signal,
      onWait: () => controller.abort(),
    });
    await assert.rejects(waiting, { name: 'AbortError' });
  });

  it('is refreshed by a new file before the old one goes', async () => {
    const { repository, storage } = await createTestRepository();
    const lock = await acquireLock(repository, { kind: 'shared', timing: { ...timing, refreshEvery: 5 } });
    const first = lock.id;
    await until(async () => lock.id !== first && !(await lockNames(storage)).includes(first));
    await lock.release();
    assert.ok(!lock.signal.aborted);
    assert.deepEqual(await lockNames(storage), []);
  });

  it('leaves no file behind when an old one could not be removed at first', async () => {
    const { repository, storage } = await createTestRepository();
    const remove = storage.remove.bind(storage);
    let refused = 0;
    storage.remove = async (file) => {
      if (refused++ < 2) throw new Error('the network is away');
      await remove(file);
    };
    const lock = await acquireLock(repository, { kind: 'shared', timing: { ...timing, refreshEvery: 5 } });
    await until(() => refused >= 2);
    await lock.release();
    assert.ok(!lock.signal.aborted);
    assert.deepEqual(await lockNames(storage), []);
  });

  it('is given up soon after an interruption when the storage does not answer, and not before', async () => {
    for (const hanging of ['remove', 'writer'] as const) {
      const { repository, storage } = await createTestRepository();
      const stop = new AbortController();
      const lock = await acquireLock(repository, {
        kind: 'shared',
        signal: stop.signal,
        timing: { ...timing, refreshEvery: hanging === 'writer' ? 5 : 60_000, parting: 300 },
      });
      let asked = 0;
      storage[hanging] = async (_: unknown, options?: { readonly signal?: AbortSignal | undefined }) => {
        asked++;
        assert.ok(options?.signal !== undefined && !options.signal.aborted);
        await once(options.signal, 'abort');
        throw options.signal.reason;
      };
      if (hanging === 'writer') await until(() => asked > 0);
      const interrupted = new Error('somebody pressed Ctrl-C');
      stop.abort(interrupted);
      await assert.rejects(lock.release(), interrupted);
      assert.ok(asked > 0);
    }
  });

  it('is lost when the clock says that it was not refreshed in time, as after a standby', async () => {
    const { repository, storage } = await createTestRepository();
    let now = Date.now();
    await using lock = await acquireLock(repository, { kind: 'shared', timing, now: () => now });
    now += 23 * 60_000;
    await aborted(lock.signal);
    assert.ok(lock.signal.reason instanceof LockLostError);
    await lock.release();
    assert.deepEqual(await lockNames(storage), []);
  });

  it('is lost in time although its refresh hangs', async () => {
    const { repository, storage } = await createTestRepository();
    let now = Date.now();
    let answer: (() => void) | undefined;
    let hangs = false;
    const hanging = {
      storage,
      readUnpacked: repository.readUnpacked.bind(repository),
      writeUnpacked: async (kind: 'lock', json: Uint8Array) => {
        if (hangs) {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        }
        return repository.writeUnpacked(kind, json);
      },
    };
    await using lock = await acquireLock(hanging, { kind: 'shared', timing, now: () => now });
    hangs = true;
    now += 6 * 60_000;
    await until(() => answer !== undefined);
    now += 17 * 60_000;
    await aborted(lock.signal);
    answer?.();
  });

  it('is lost when somebody removed it', async () => {
    const { repository, storage } = await createTestRepository();
    await using lock = await acquireLock(repository, {
      kind: 'shared',
      timing: { ...timing, refreshEvery: 50 },
    });
    // The first may be one that was about to be replaced.
    while (!lock.signal.aborted) {
      await storage.remove({ kind: 'lock', name: lock.id }).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(String(lock.signal.reason), /somebody removed it/);
  });

  it('of the past or of a dead process still blocks until it is unlocked', async () => {
    const { repository, storage } = await createTestRepository();
    await put(repository, { time: '2020-01-01T00:00:00Z', exclusive: true, hostname: 'elsewhere' });
    await assert.rejects(acquireLock(repository, { kind: 'shared', timing }), LockedError);
    assert.deepEqual(await removeLocks(repository, { all: false }), { removed: 1 });
    await using _lock = await acquireLock(repository, { kind: 'exclusive', timing });
    assert.equal((await lockNames(storage)).length, 1);
  });
});

describe('unlock', { timeout: 120_000 }, () => {
  it('of a process that is gone gives way to whoever waits and says after which silence, not before', async () => {
    const { repository, storage } = await createTestRepository();
    const ago = (minutes: number) => ownLock('exclusive', Date.now() - minutes * 60_000).time;
    const gone = { exclusive: true, pid: 2 ** 22 + 1 };
    const waiting = { kind: 'shared', timing, retryFor: 30, abandonedAfter: 660_000 } as const;
    const fresh = await put(repository, { ...gone, time: ago(1) });
    await assert.rejects(acquireLock(repository, waiting), LockedError);
    await storage.remove({ kind: 'lock', name: fresh });
    await put(repository, { ...gone, time: ago(12) });
    await assert.rejects(acquireLock(repository, { ...waiting, abandonedAfter: undefined }), LockedError);
    await using lock = await acquireLock(repository, { ...waiting, retryFor: 60_000 });
    assert.deepEqual(await lockNames(storage), [lock.id]);
  });

  it('removes locks older than half an hour and those of dead processes of this host, no others', async () => {
    const { repository, storage } = await createTestRepository();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const dead = child.pid ?? 0;
    const keep = [
      await put(repository, {}),
      await put(repository, { hostname: 'elsewhere', pid: dead }),
      await put(repository, {
        hostname: 'elsewhere',
        time: new Date(Date.now() - 29 * 60_000).toISOString(),
      }),
    ];
    await put(repository, { pid: dead });
    await put(repository, { hostname: 'elsewhere', time: new Date(Date.now() - 31 * 60_000).toISOString() });
    assert.deepEqual(await removeLocks(repository, { all: false }), { removed: 2 });
    assert.deepEqual((await lockNames(storage)).sort(), keep.sort());
    assert.deepEqual(await removeLocks(repository, { all: true }), { removed: 3 });
    assert.deepEqual(await lockNames(storage), []);
  });

  it('leaves what it cannot read, unless all are to go', async () => {
    const { repository, storage } = await createTestRepository();
    await writeFile(storage, 'lock', Buffer.from('not a lock at all, but long enough to be one'));
    await put(repository, { time: '2020-01-01T00:00:00Z' });
    assert.equal((await listLocks(repository)).length, 1);
    assert.deepEqual(await removeLocks(repository, { all: false }), { removed: 1 });
    assert.deepEqual(await removeLocks(repository, { all: true }), { removed: 1 });
  });
});

describe('a lock file that cannot be read', { timeout: 120_000 }, () => {
  it('is ignored when it is empty', async () => {
    const { repository, storage } = await createTestRepository();
    const writer = await storage.writer('lock');
    await writer.commit('0'.repeat(64));
    await using _lock = await acquireLock(repository, { kind: 'exclusive', timing });
  });

  it('is tried four times, then it is an error that names the file and the way out', async () => {
    const { repository, storage } = await createTestRepository();
    const name = await writeFile(storage, 'lock', Buffer.from('x'.repeat(100)));
    let reads = 0;
    const counting = {
      storage,
      writeUnpacked: repository.writeUnpacked.bind(repository),
      readUnpacked: (kind: 'lock', wanted: string) => {
        reads++;
        return repository.readUnpacked(kind, wanted);
      },
    };
    await assert.rejects(acquireLock(counting, { kind: 'shared', timing }), (error: unknown) => {
      assert.ok(error instanceof DamagedFileError);
      assert.equal(error.file.name, name);
      assert.match(error.advice ?? '', /unlock --remove-all/);
      return true;
    });
    assert.equal(reads, 4);
  });

  it('is no error when it can be read after all', async () => {
    const { repository, storage } = await createTestRepository();
    await put(repository, {});
    let reads = 0;
    const flaky = {
      storage,
      writeUnpacked: repository.writeUnpacked.bind(repository),
      readUnpacked: async (kind: 'lock', name: string) => {
        if (reads++ === 0) throw new DamagedFileError({ kind, name }, 'half written');
        return repository.readUnpacked(kind, name);
      },
    };
    await using _lock = await acquireLock(flaky, { kind: 'shared', timing });
  });
});
