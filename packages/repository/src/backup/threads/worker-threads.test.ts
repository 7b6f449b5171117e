import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { generateMasterKey } from '../../format/sealing/crypto.ts';
import { BlobTable } from '../../store/index/blob-table.ts';
import { writeFile } from '../../store/stored-file.ts';
import { noise, TEST_POLYNOMIAL } from '../../testing/index.ts';
import { Workshop } from '../../testing/workshop.ts';
import { WorkerPool } from './worker-pool.ts';
import { EarlyThreads } from './worker-threads.ts';

describe('threads that are started before a repository is open', () => {
  it('do the work of the backup, and none is left', async () => {
    using early = new EarlyThreads();
    early.start(1);
    const pool = new WorkerPool({
      size: 2,
      setup: {
        keys: generateMasterKey(),
        table: BlobTable.create().share(),
        polynomial: TEST_POLYNOMIAL,
        version: 2,
        compression: 'auto',
      },
      onSealed: async () => undefined,
      early,
    });
    try {
      const jobs = ['a', 'b', 'c', 'd'].map((seed) =>
        pool.run({ kind: 'blob', type: 'data', bytes: Uint8Array.from(noise(seed, 100_000)) }),
      );
      const stored = (await Promise.all(jobs)).map(({ fresh }) => fresh.count);
      assert.deepEqual(stored, [1, 1, 1, 1]);
      assert.equal(early.take(), undefined);
    } finally {
      await pool.close();
    }
  });

  it('end when nobody took them', async () => {
    const early = new EarlyThreads();
    early.start(2);
    const [first, second] = [early.take(), early.take()];
    assert.ok(first !== undefined && second !== undefined && early.take() === undefined);
    await Promise.all([first.thread.terminate(), second.thread.terminate()]);

    early.start(1);
    early[Symbol.dispose]();
    assert.equal(early.take(), undefined);
    early.start(1);
    assert.equal(early.take(), undefined);
  });

  it('are not counted on when they died', async () => {
    using early = new EarlyThreads();
    early.start(2);
    const taken = early.take();
    assert.ok(taken !== undefined);
    const ended = once(taken.thread, 'exit');
    await taken.thread.terminate();
    await ended;
    const other = early.take();
    assert.ok(other !== undefined);
    await other.thread.terminate();
  });

  it('start for a repository without snapshots, and for no other', async () => {
    await using workshop = Workshop.empty();
    const storage = new LocalStorage(workshop.path('repo'));
    await storage.create();
    using first = new EarlyThreads();
    await first.startForFirst(storage);
    const taken = first.take();
    assert.ok(taken !== undefined);
    await taken.thread.terminate();

    await writeFile(storage, 'snapshot', Buffer.from('x'));
    using later = new EarlyThreads();
    await later.startForFirst(storage);
    assert.equal(later.take(), undefined);
  });
});
