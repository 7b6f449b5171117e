import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileExistsError, StorageError } from '../errors.ts';
import { MemoryStorage } from '../memory.ts';
import type { RetryNotice } from '../open-options.ts';
import type { Storage } from '../storage.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { type Fault, type FaultPlan, FaultyStorage, randomFaults } from '../testing/faulty-storage.ts';
import { RetryingStorage } from './retry.ts';

const quick = { firstDelayMs: 1, longestDelayMs: 4 };
const faulty = (plan: FaultPlan) => {
  const memory = new MemoryStorage();
  const broken = new FaultyStorage(memory, plan);
  return { memory, broken };
};
/** Breaks the first operation of one kind, once. */
const once = (point: string, fault: Fault): FaultPlan => {
  let left = 1;
  return (at) => (at === point && left-- > 0 ? fault : undefined);
};

/**
 * A removal that failed before it was done, of a file that never was, cannot be told from one whose answer was
 * lost: it counts as done. The contract wants an error there, so that one fault is left out. Of the writes whose
 * answer is lost, every other one leaves half of its file.
 */
const everyThird = (seed: number): FaultPlan => {
  const plan = randomFaults(seed, 0.33);
  return (point, count) => {
    const fault = plan(point, count);
    if (point === 'write' && fault === 'after' && count % 2 === 0) return 'torn';
    return point === 'remove' && fault === 'before' ? undefined : fault;
  };
};

for (const seed of [1, 2, 3]) {
  describeStorage(
    `a storage of which every third operation fails (seed ${seed}), tried again,`,
    async () => ({
      storage: new RetryingStorage(faulty(everyThird(seed)).broken, quick),
      cleanup: async () => {},
    }),
  );
}

describe('trying again', () => {
  it('takes a file as written when only the answer was lost', async () => {
    const { memory, broken } = faulty(once('write', 'after'));
    const file = { kind: 'data', name: randomName() } as const;
    await put(new RetryingStorage(broken, quick), file, Buffer.from('content'));
    assert.equal(broken.faults, 1);
    assert.deepEqual(await names(memory, 'data'), [file.name]);
  });

  it('does not take the file of somebody else for its own', async () => {
    const { memory, broken } = faulty(once('write', 'before'));
    const file = { kind: 'key', name: randomName() } as const;
    await put(memory, file, Buffer.from('of somebody else'));
    await assert.rejects(put(new RetryingStorage(broken, quick), file, Buffer.from('mine')), FileExistsError);
    assert.equal(Buffer.from(await memory.read(file)).toString(), 'of somebody else');
  });

  it('replaces what an upload left that broke off', async () => {
    const { memory, broken } = faulty(once('write', 'torn'));
    const file = { kind: 'data', name: randomName() } as const;
    await put(new RetryingStorage(broken, quick), file, Buffer.from('content'));
    assert.equal(broken.faults, 1);
    assert.equal(Buffer.from(await memory.read(file)).toString(), 'content');
  });

  it('replaces no config, whatever lies there: it has no hash for a name', async () => {
    const { memory, broken } = faulty(once('write', 'before'));
    const file = { kind: 'config', name: '' } as const;
    await put(memory, file, Buffer.from('of somebody else'));
    const mine = Buffer.from('mine, and longer than what is there');
    await assert.rejects(put(new RetryingStorage(broken, quick), file, mine), FileExistsError);
    assert.equal(Buffer.from(await memory.read(file)).toString(), 'of somebody else');
  });

  it('says what to do about a torn file that may not be removed', async () => {
    const { memory, broken } = faulty(once('write', 'torn'));
    const file = { kind: 'data', name: randomName() } as const;
    const appending: Storage = Object.assign(Object.create(broken) as Storage, {
      ...{ stat: broken.stat.bind(broken), writer: broken.writer.bind(broken) },
      remove: async () => {
        throw new StorageError('storage.denied', 'append-only');
      },
    });
    await assert.rejects(
      put(new RetryingStorage(appending, quick), file, Buffer.from('content')),
      (error) => {
        assert.ok(error instanceof FileExistsError);
        assert.match(error.advice ?? '', /on the server itself/);
        return true;
      },
    );
    assert.deepEqual(await names(memory, 'data'), [file.name]);
  });

  it('takes a file as removed when only the answer was lost', async () => {
    const { memory, broken } = faulty(once('remove', 'after'));
    const file = { kind: 'lock', name: randomName() } as const;
    await put(memory, file, Buffer.from('x'));
    await new RetryingStorage(broken, quick).remove(file);
    assert.deepEqual(await names(memory, 'lock'), []);
  });

  it('tells every file of a listing that broke off exactly once', async () => {
    const { memory, broken } = faulty(once('list', 'after'));
    const wanted = Array.from({ length: 9 }, randomName).sort();
    for (const name of wanted) await put(memory, { kind: 'index', name }, Buffer.from(name));
    assert.deepEqual(await names(new RetryingStorage(broken, quick), 'index'), wanted);
  });

  it('ends when its time is over, with the last error, how often it tried, and what to do', async () => {
    const { broken } = faulty(() => 'before');
    const notices: RetryNotice[] = [];
    const storage = new RetryingStorage(broken, {
      firstDelayMs: 1,
      longestDelayMs: 60_000,
      totalMs: 1000,
      onRetry: (notice) => notices.push(notice),
    });
    await assert.rejects(names(storage, 'data'), (error) => {
      assert.ok(error instanceof StorageError);
      assert.equal(error.code, 'storage.interrupted');
      assert.match(error.message, /cut on purpose \(tried \d+ times\)/);
      return true;
    });
    assert.ok(notices.length >= 3);
    assert.ok(notices.reduce((sum, { delayMs }) => sum + delayMs, 0) <= 1000, 'no pause beyond the end');
    assert.deepEqual(
      notices.slice(0, 3).map(({ attempt }) => attempt),
      [1, 2, 3],
    );
  });

  it('waits longer each time, never the same for all', async () => {
    const { broken } = faulty(() => 'before');
    const delays: number[] = [];
    const bounds = [4, 8, 16, 16];
    const controller = new AbortController();
    const storage = new RetryingStorage(broken, {
      firstDelayMs: 4,
      longestDelayMs: 16,
      onRetry: ({ delayMs }) => {
        if (delays.push(delayMs) === bounds.length) controller.abort(new Error('enough'));
      },
    });
    await assert.rejects(storage.stat({ kind: 'config', name: '' }, { signal: controller.signal }), /enough/);
    for (const [at, bound] of bounds.entries()) {
      const delay = delays[at] ?? Number.NaN;
      assert.ok(delay >= bound / 2 && delay <= bound, `${delay} for ${bound}`);
    }
  });

  it('does not try again what will not pass', async () => {
    const memory = new MemoryStorage();
    let asked = 0;
    const full: Storage = Object.assign(Object.create(memory) as Storage, {
      stat: async () => {
        asked += 1;
        throw new StorageError('storage.full', 'full');
      },
    });
    await assert.rejects(new RetryingStorage(full, quick).stat({ kind: 'config', name: '' }), {
      code: 'storage.full',
    });
    assert.equal(asked, 1);
  });

  it('tells at once that a place was never reached, and waits for one that was', async () => {
    const memory = new MemoryStorage();
    await put(memory, { kind: 'config', name: '' }, Buffer.from('x'));
    let down = true;
    let asked = 0;
    const gone: Storage = Object.assign(Object.create(memory) as Storage, {
      stat: async () => {
        asked += 1;
        if (!down) return memory.stat({ kind: 'config', name: '' });
        throw new StorageError('storage.unreachable', 'nothing answers', { temporary: true });
      },
    });
    const storage = new RetryingStorage(gone, {
      ...quick,
      onRetry: () => {
        down = false;
      },
    });
    await assert.rejects(storage.stat({ kind: 'config', name: '' }), { code: 'storage.unreachable' });
    assert.equal(asked, 1);
    down = false;
    await storage.stat({ kind: 'config', name: '' });
    down = true;
    assert.equal((await storage.stat({ kind: 'config', name: '' })).size, 1);
    assert.equal(asked, 4);
  });

  it('stops waiting when it is told to', async () => {
    const { broken } = faulty(() => 'before');
    const controller = new AbortController();
    const storage = new RetryingStorage(broken, {
      firstDelayMs: 60_000,
      onRetry: () => controller.abort(new Error('enough')),
    });
    await assert.rejects(storage.stat({ kind: 'config', name: '' }, { signal: controller.signal }), /enough/);
  });
});
