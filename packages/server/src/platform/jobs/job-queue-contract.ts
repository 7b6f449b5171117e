/** What every JobQueue must do; run by the test of each implementation. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { ManualClock } from '../../testing/manual-clock.ts';
import type { Writer } from '../database/index.ts';
import { ServerError, type ServerErrorCode } from '../errors.ts';
import { JobCancelledError, JobInterruptedError } from './errors.ts';
import type { Job, JobContext, JobQueue } from './job-queue.ts';

export interface QueueUnderTest extends AsyncDisposable {
  readonly clock: ManualClock;
  /** Another queue on the same jobs, as another process would have; on a clock of its own if given. Default: leases of 30 s. */
  another(clock?: ManualClock, settings?: { readonly leaseMs: number }): JobQueue;
  change<T>(work: (transaction: Writer) => Promise<T>): Promise<T>;
  /** Resolves when every change that was begun so far has been written. */
  written(): Promise<void>;
  /** Lets the database answer no change until the returned function is called. */
  stall(): Promise<() => void>;
}

const leaseMs = 30_000;

/**
 * Lets queues that wait for the clock look again until `reached`. The clock goes on when what it made them write is
 * written: no lease runs out because a test has more hours in a second than a database has round trips.
 */
async function until(
  { clock, written }: QueueUnderTest,
  reached: () => boolean | Promise<boolean>,
  stepMs = 0,
): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    if (await reached()) return;
    clock.advance(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
    await written();
  }
  assert.fail('it did not happen');
}

/** For `until`: whether that has come to its end. */
function settled(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  return () => isSettled;
}

/** A handler that tells when it was entered and stays until it is let go. */
function gate() {
  let entered = 0;
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  return {
    entered: () => entered,
    leave,
    async run(_payload: unknown, context: JobContext) {
      entered++;
      await Promise.race([left, once(context.signal, 'abort')]);
      context.signal.throwIfAborted();
      return 'done';
    },
  };
}

export function jobQueueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  const simple = { kind: 'simple', concurrency: 2, maxAttempts: 3 };

  describe(`${name} as a job queue`, () => {
    it('runs a job and keeps what it returned, its progress and its log', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define<{ n: number }>({
        ...simple,
        async run({ n }, context) {
          context.progress({ step: 'adding', done: n, total: 2 });
          context.log('one line, password=hunter2');
          return { sum: n + 1 };
        },
      });
      const { job, added } = await queue.enqueue({ kind: 'simple', payload: { n: 1 } });
      assert.equal(added, true);
      const seen: unknown[] = [];
      const ended = await queue.finish(job.id, (progress) => seen.push(progress));
      assert.equal(ended.state, 'succeeded');
      assert.deepEqual(ended.result, { sum: 2 });
      assert.deepEqual(seen[0], { step: 'adding', done: 1, total: 2 });
      assert.deepEqual(
        (await queue.log(job.id)).map(({ line }) => line),
        ['one line, password=***'],
      );
    });

    it('holds one job of a unique key, and takes the next when it has ended', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({ ...simple, run: async () => null });
      const request = { kind: 'simple', payload: null, uniqueKey: 'backup:1' };
      const first = await queue.enqueue(request);
      const second = await queue.enqueue(request);
      assert.equal(second.added, false);
      assert.equal(second.job.id, first.job.id);
      await queue.finish(first.job.id);
      assert.equal((await queue.enqueue(request)).added, true);
    });

    it('runs one job of a lane at a time', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      queue.define({ ...simple, run: held.run });
      queue.start();
      const one = await queue.enqueue({ kind: 'simple', payload: 1, lane: 'source' });
      const two = await queue.enqueue({ kind: 'simple', payload: 2, lane: 'source' });
      await until(under, () => held.entered() === 1, 1_000);
      assert.equal((await queue.get(two.job.id))?.state, 'queued');
      held.leave();
      await queue.finish(one.job.id);
      await until(under, async () => (await queue.get(two.job.id))?.state === 'succeeded', 1_000);
      await queue.stop(0);
    });

    it('runs one job of a lane at a time also when they are of two kinds', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      queue.define({ ...simple, run: held.run });
      queue.define({ ...simple, kind: 'other', run: async () => 'after it' });
      queue.start();
      const one = await queue.enqueue({ kind: 'simple', payload: 1, lane: 'source' });
      await until(under, () => held.entered() === 1, 1_000);
      const two = await queue.enqueue({ kind: 'other', payload: 2, lane: 'source', priority: 9 });
      const beside = await queue.enqueue({ kind: 'other', payload: 3, lane: 'another source' });
      await until(under, async () => (await queue.get(beside.job.id))?.state === 'succeeded', 1_000);
      assert.equal((await queue.get(two.job.id))?.state, 'queued');
      held.leave();
      await queue.finish(one.job.id);
      await until(under, async () => (await queue.get(two.job.id))?.state === 'succeeded', 1_000);
      await queue.stop(0);
    });

    it('finishes the job that is asked for, and none of those before it', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({ ...simple, run: async (payload) => payload });
      const urgent = await queue.enqueue({ kind: 'simple', payload: 'urgent', priority: 7 });
      const { job } = await queue.enqueue({ kind: 'simple', payload: 'asked for', priority: -7 });
      assert.equal((await queue.finish(job.id)).result, 'asked for');
      assert.equal((await queue.get(urgent.job.id))?.state, 'queued');
    });

    it('adds a job with the change in which it is asked for, or not at all', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({ ...simple, run: async () => null });
      const request = { kind: 'simple', payload: null, uniqueKey: 'one' };
      const undone = under.change(async (transaction) => {
        await queue.enqueue(request, transaction);
        throw new Error('undone');
      });
      await assert.rejects(undone, /undone/);
      assert.deepEqual(await queue.list(), []);
      const { job, added } = await under.change((transaction) => queue.enqueue(request, transaction));
      assert.equal(added, true);
      assert.equal((await queue.finish(job.id)).state, 'succeeded');
      await queue.stop(0);
    });

    it('takes the most urgent of the jobs that wait, and of equals the oldest', async () => {
      await using under = await open();
      const queue = under.another();
      const order: unknown[] = [];
      queue.define({ ...simple, concurrency: 1, run: async (payload) => void order.push(payload) });
      const ids: number[] = [];
      for (const [payload, priority] of [
        ['a', 0],
        ['b', 5],
        ['c', 5],
        ['d', -1],
        ['e', 10],
      ] as const) {
        const request = { kind: 'simple', payload, priority, lane: 'source' };
        ids.push((await queue.enqueue(request)).job.id);
        under.clock.advance(1);
      }
      queue.start();
      for (const id of ids) {
        await until(under, async () => (await queue.get(id))?.state === 'succeeded', 1_000);
      }
      assert.deepEqual(order, ['e', 'b', 'c', 'a', 'd']);
      await queue.stop(0);
    });

    it('tries a failed job again, later each time, and gives up', async () => {
      await using under = await open();
      const queue = under.another();
      let attempts = 0;
      queue.define({
        ...simple,
        run: async () => {
          attempts++;
          throw Object.assign(new Error('no luck'), { code: 'luck', advice: 'Wait.' });
        },
      });
      queue.start();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await until(under, async () => (await queue.get(job.id))?.state === 'queued' && attempts === 1);
      const waiting = await queue.get(job.id);
      assert.ok(Date.parse(waiting?.runAt ?? '') >= under.clock.now().getTime() + 5_000);
      await until(under, async () => (await queue.get(job.id))?.state === 'failed', 1_000);
      const ended = await queue.get(job.id);
      assert.equal(attempts, 3);
      assert.deepEqual(ended?.failure, { code: 'luck', message: 'no luck', advice: 'Wait.' });
      await queue.stop(0);
    });

    it('does not try again at one time what failed at one time', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({ ...simple, concurrency: 8, run: () => Promise.reject(new Error('down')) });
      queue.start();
      const ids = await Promise.all(
        Array.from({ length: 8 }, async () => (await queue.enqueue({ kind: 'simple', payload: 0 })).job.id),
      );
      const jobs = () => Promise.all(ids.map((id) => queue.get(id)));
      const tried = async () => (await jobs()).every((job) => job?.attempts === 1 && job.state === 'queued');
      await until(under, tried);
      const times = new Set((await jobs()).map((job) => job?.runAt));
      assert.ok(times.size > 4, [...times].join());
      await queue.stop(0);
    });

    it('does not try again what cannot be mended by trying', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({ ...simple, retryable: () => false, run: () => Promise.reject(new Error('never')) });
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      assert.equal((await queue.finish(job.id)).state, 'failed');
    });

    it('cancels a running job through its signal, and a queued one at once', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      let reason: unknown;
      queue.define({
        ...simple,
        concurrency: 1,
        run: async (payload, context) => {
          context.signal.addEventListener('abort', () => {
            reason = context.signal.reason;
          });
          return held.run(payload, context);
        },
      });
      queue.start();
      const running = await queue.enqueue({ kind: 'simple', payload: 1 });
      await until(under, () => held.entered() === 1, 1_000);
      const queued = await queue.enqueue({ kind: 'simple', payload: 2 });
      const refuse = async (): Promise<void> => {
        throw new Error('not allowed any more');
      };
      await assert.rejects(queue.cancel(queued.job.id, refuse), /not allowed/);
      await assert.rejects(queue.cancel(running.job.id, refuse), /not allowed/);
      assert.equal((await queue.get(queued.job.id))?.state, 'queued');
      assert.equal(await queue.cancel(queued.job.id), true);
      assert.equal(await queue.cancel(running.job.id), true);
      assert.equal((await queue.finish(running.job.id)).state, 'cancelled');
      assert.equal((await queue.get(queued.job.id))?.state, 'cancelled');
      assert.ok(reason instanceof JobCancelledError);
      assert.equal(await queue.cancel(running.job.id), false);
      await queue.stop(0);
    });

    it('cancels a job that another process runs', async () => {
      await using under = await open();
      const [worker, other] = [under.another(), under.another()];
      const held = gate();
      worker.define({ ...simple, run: held.run });
      other.define({ ...simple, run: held.run });
      worker.start();
      const { job } = await worker.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 1_000);
      assert.equal(await other.cancel(job.id), true);
      await until(under, async () => (await other.get(job.id))?.state === 'cancelled', 500);
      await worker.stop(0);
    });

    it('gives a job whose worker vanished to another, once its lease is over', async () => {
      await using under = await open();
      const held = gate();
      const interrupted: Job[] = [];
      // Its clock stands still, so it never renews its lease: as dead as a killed process.
      const dying = under.another(new ManualClock(under.clock.now().toISOString()));
      const heir = under.another();
      dying.define({ ...simple, run: held.run });
      const { job } = await dying.enqueue({ kind: 'simple', payload: null });
      const forgotten = dying.finish(job.id);
      await until(under, () => held.entered() === 1);
      heir.define({
        ...simple,
        run: async () => 'inherited',
        interrupted: async (_payload, vanished) => {
          interrupted.push(vanished);
          return undefined;
        },
      });
      heir.start();
      await until(under, async () => (await heir.get(job.id))?.state === 'succeeded', 1_000);
      assert.deepEqual(
        interrupted.map(({ id }) => id),
        [job.id],
      );
      // Whoever comes back from the dead changes nothing any more.
      held.leave();
      assert.equal((await forgotten).result, 'inherited');
      assert.equal((await heir.get(job.id))?.attempts, 2);
      await heir.stop(0);
    });

    it('gives up a job whose workers all vanish, and only after several of them', async () => {
      await using under = await open();
      const held = gate();
      const last = under.another();
      last.define({ ...simple, maxAttempts: 1, run: async () => 'inherited' });
      const { job } = await last.enqueue({ kind: 'simple', payload: null });
      const dead: JobQueue[] = [];
      for (let n = 1; n <= 5; n++) {
        // Its clock goes until it has the job, and then stands still.
        const ownClock = new ManualClock(under.clock.now().toISOString());
        const dying = under.another(ownClock);
        dying.define({ ...simple, maxAttempts: 1, run: held.run });
        dying.start();
        await until(
          under,
          () => {
            if (held.entered() < n) ownClock.advance(1_000);
            return held.entered() === n;
          },
          1_000,
        );
        dead.push(dying);
      }
      last.start();
      await until(under, async () => (await last.get(job.id))?.state === 'failed', 1_000);
      const { attempts, failure } = (await last.get(job.id)) ?? {};
      assert.deepEqual([attempts, failure?.code], [5, 'server.job-interrupted']);
      held.leave();
      for (const queue of [...dead, last]) await queue.stop(0);
    });

    it('closes nothing of its heir when it comes back from the dead', async () => {
      await using under = await open();
      const [held, inherited] = [gate(), gate()];
      const ownClock = new ManualClock(under.clock.now().toISOString());
      const dying = under.another(ownClock);
      const heir = under.another();
      let closed = 0;
      dying.define({
        ...simple,
        run: held.run,
        interrupted: async () => {
          closed++;
          return undefined;
        },
      });
      heir.define({ ...simple, run: inherited.run });
      const { job } = await dying.enqueue({ kind: 'simple', payload: null });
      const forgotten = settled(dying.finish(job.id));
      await until(under, () => held.entered() === 1);
      heir.start();
      await until(under, () => inherited.entered() === 1, 1_000);
      // Its next sign of life tells it that the job is another's, and its attempt ends.
      await until(under, async () => {
        ownClock.advance(500);
        return ownClock.now().getTime() - Date.parse(job.createdAt) > 20_000;
      });
      inherited.leave();
      await until(under, async () => (await heir.get(job.id))?.state === 'succeeded', 1_000);
      await until(under, async () => {
        ownClock.advance(500);
        return forgotten();
      });
      assert.equal(closed, 0);
      assert.equal((await heir.get(job.id))?.attempts, 2);
      await heir.stop(0);
    });

    it('closes nothing of a job that was taken back and begun anew since it was seen to be lost', async () => {
      await using under = await open();
      const held = gate();
      const dying = under.another(new ManualClock(under.clock.now().toISOString()));
      const [slow, quick] = [under.another(), under.another()];
      dying.define({ ...simple, run: held.run });
      const jobs = [];
      for (const payload of ['first', 'second']) {
        jobs.push((await dying.enqueue({ kind: 'simple', payload })).job);
      }
      dying.start();
      await until(under, () => held.entered() === 2);
      const [first, second] = jobs as [Job, Job];
      // Both see both, and one of them has to do with the first until the other is through with the second.
      const { promise: through, resolve: goOn } = Promise.withResolvers<void>();
      const closed: [string, number][] = [];
      const heir = { ...simple, maxAttempts: 9 };
      slow.define({
        ...heir,
        run: held.run,
        interrupted: async (_payload, { id }) => {
          closed.push(['slow', id]);
          return () => through;
        },
      });
      quick.define<string>({
        ...heir,
        run: async (payload) => {
          if (payload === 'second') throw new Error('again');
        },
        interrupted: async (_payload, { id }) => {
          closed.push(['quick', id]);
          return undefined;
        },
      });
      const looking = settled(slow.finish(first.id));
      await until(under, () => closed.length === 1, 1_000);
      quick.start();
      const failed = async () => (await quick.get(second.id))?.failure?.message === 'again';
      await until(under, failed, 1_000);
      const runAt = Date.parse((await quick.get(second.id))?.runAt ?? '');
      goOn();
      const beside = await quick.enqueue({ kind: 'simple', payload: 'beside' });
      await until(under, async () => (await quick.get(beside.job.id))?.state === 'succeeded', 1);
      assert.ok(under.clock.now().getTime() < runAt, 'it has not been run before its time');
      assert.equal((await quick.get(second.id))?.attempts, 2);
      assert.deepEqual(
        closed.filter(([who]) => who === 'slow'),
        [['slow', first.id]],
      );
      held.leave();
      await until(under, looking, 1_000);
      await quick.stop(0);
    });

    it('pauses after the first failure as after any first one, however often it let go before', async () => {
      await using under = await open();
      let job: Job | undefined;
      for (let i = 0; i < 5; i++) {
        const queue = under.another();
        const held = gate();
        queue.define({ ...simple, run: held.run });
        job ??= (await queue.enqueue({ kind: 'simple', payload: null })).job;
        queue.start();
        await until(under, () => held.entered() === 1, 1_000);
        const stopping = settled(queue.stop(1_000));
        await until(under, stopping, 1_000);
      }
      const { id } = job as Job;
      const last = under.another();
      last.define({ ...simple, run: () => Promise.reject(new Error('once')) });
      last.start();
      await until(under, async () => (await last.get(id))?.attempts === 1, 100);
      await until(under, async () => (await last.get(id))?.state === 'queued');
      const pause = Date.parse((await last.get(id))?.runAt ?? '') - under.clock.now().getTime();
      assert.ok(pause <= 10_000, `${pause} ms`);
      await last.stop(0);
    });

    it('counts no attempt that ended because the database was away or held by somebody for too long', async () => {
      await using under = await open();
      const queue = under.another();
      const met: ServerErrorCode[] = ['server.database-unreachable', 'server.database-busy'];
      queue.define({
        ...simple,
        run: async () => {
          const code = met.shift();
          if (code !== undefined) throw new ServerError(code, 'for now');
        },
      });
      queue.start();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await until(under, async () => (await queue.get(job.id))?.state === 'succeeded', 1_000);
      assert.equal((await queue.get(job.id))?.attempts, 1);
      await queue.stop(0);
    });

    it('does not repeat what must not be repeated when its worker vanishes', async () => {
      await using under = await open();
      const held = gate();
      const dying = under.another(new ManualClock(under.clock.now().toISOString()));
      const heir = under.another();
      for (const queue of [dying, heir]) queue.define({ ...simple, repeatable: false, run: held.run });
      const { job } = await dying.enqueue({ kind: 'simple', payload: null });
      const forgotten = dying.finish(job.id);
      await until(under, () => held.entered() === 1);
      heir.start();
      await until(under, async () => (await heir.get(job.id))?.state === 'failed', 1_000);
      held.leave();
      await forgotten;
      assert.equal(held.entered(), 1);
      assert.match((await heir.get(job.id))?.failure?.advice ?? '', /not run again by itself/);
      await heir.stop(0);
    });

    it('says of what is cut off by a shutdown, and must not be repeated, that it is not run again', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      queue.define({ ...simple, repeatable: false, run: held.run });
      queue.start();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 1_000);
      const stopping = queue.stop(5_000);
      await until(under, async () => (await queue.get(job.id))?.state === 'failed', 1_000);
      await stopping;
      const { code, advice } = (await queue.get(job.id))?.failure ?? {};
      assert.equal(code, 'server.job-interrupted');
      assert.match(advice ?? '', /not run again by itself/);
    });

    it('keeps the lease of a job that takes long', async () => {
      await using under = await open();
      const [worker, other] = [under.another(), under.another()];
      const held = gate();
      worker.define({ ...simple, run: held.run });
      other.define({ ...simple, run: held.run });
      worker.start();
      other.start();
      const { job } = await worker.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 500);
      const deadline = under.clock.now().getTime() + 4 * leaseMs;
      await until(under, () => under.clock.now().getTime() > deadline, 500);
      assert.equal(held.entered(), 1);
      assert.equal((await other.get(job.id))?.attempts, 1);
      held.leave();
      await until(under, async () => (await worker.get(job.id))?.state === 'succeeded', 500);
      await worker.stop(0);
      await other.stop(0);
    });

    it('keeps a job that takes two days', async () => {
      await using under = await open();
      const lease = { leaseMs: 3_600_000 };
      const [worker, other] = [under.another(under.clock, lease), under.another(under.clock, lease)];
      const held = gate();
      for (const queue of [worker, other]) queue.define({ ...simple, run: held.run });
      worker.start();
      other.start();
      const { job } = await worker.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 500);
      const end = under.clock.now().getTime() + 48 * 3_600_000;
      await until(under, () => under.clock.now().getTime() > end, 600_000);
      assert.equal(held.entered(), 1);
      held.leave();
      await until(under, async () => (await other.get(job.id))?.state === 'succeeded', 500);
      assert.equal((await other.get(job.id))?.attempts, 1);
      await worker.stop(0);
      await other.stop(0);
    });

    it('lets go of a job before its lease ends when the lease cannot be renewed', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      let reason: unknown;
      queue.define({
        ...simple,
        run: async (payload, context) => {
          context.signal.addEventListener('abort', () => {
            reason = context.signal.reason;
          });
          return held.run(payload, context);
        },
      });
      queue.start();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 500);
      const goOn = await under.stall();
      const lease = under.clock.now().getTime() + leaseMs;
      for (let i = 0; i < 200 && reason === undefined; i++) {
        under.clock.advance(500);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.ok(reason instanceof JobInterruptedError);
      assert.ok(under.clock.now().getTime() < lease);
      goOn();
      await until(under, async () => (await queue.get(job.id))?.attempts === 1 && held.entered() === 2, 500);
      held.leave();
      await until(under, async () => (await queue.get(job.id))?.state === 'succeeded', 500);
      await queue.stop(0);
    });

    it('gives back on shutdown what does not end in time, without counting an attempt', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      queue.define({ ...simple, run: held.run });
      queue.start();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await until(under, () => held.entered() === 1, 1_000);
      const stopping = queue.stop(5_000);
      await until(under, async () => (await queue.get(job.id))?.state === 'queued', 1_000);
      await stopping;
      const back = await queue.get(job.id);
      assert.equal(back?.attempts, 0);
      assert.equal(back?.failure?.code, 'server.job-interrupted');
    });

    it('bounds the log and keeps its beginning and its end', async () => {
      await using under = await open();
      const queue = under.another();
      queue.define({
        ...simple,
        run: async (_payload, context) => {
          for (let i = 0; i < 5_000; i++) context.log(`line ${i}`);
        },
      });
      const { job } = await queue.enqueue({ kind: 'simple', payload: null });
      await queue.finish(job.id);
      const lines = (await queue.log(job.id)).map(({ line }) => line);
      assert.ok(lines.length <= 501);
      assert.equal(lines[0], 'line 0');
      assert.equal(lines.at(-1), 'line 4999');
    });

    it('does not run a job before its time', async () => {
      await using under = await open();
      const queue = under.another();
      const held = gate();
      queue.define({ ...simple, run: held.run });
      held.leave();
      const runAt = new Date(under.clock.now().getTime() + 60_000).toISOString();
      const { job } = await queue.enqueue({ kind: 'simple', payload: null, runAt });
      queue.start();
      await until(under, async () => (await queue.get(job.id))?.state === 'succeeded', 1_000);
      assert.ok(under.clock.now().getTime() >= Date.parse(runAt));
      await queue.stop(0);
    });
  });
}
