import { ManualClock } from '../../testing/manual-clock.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { silentLog } from '../log.ts';
import { jobQueueContract } from './job-queue-contract.ts';
import { makeJobQueue } from './make-job-queue.ts';

onEachDatabase((databases) => {
  jobQueueContract(databases.kind === 'sqlite' ? 'the embedded queue' : 'pg-boss', async () => {
    const temporary = await databases.open();
    const clock = new ManualClock('2026-11-23T12:00:00Z');
    return {
      clock,
      another: (own = clock, { leaseMs } = { leaseMs: 30_000 }) =>
        makeJobQueue({ database: temporary.database, clock: own, log: silentLog, leaseMs }),
      change: (work) => temporary.database.change(work),
      // Changes of a process are made one after the other.
      written: () => temporary.database.change(async () => undefined),
      async stall() {
        const { promise, resolve } = Promise.withResolvers<void>();
        const began = Promise.withResolvers<void>();
        void temporary.database.change(async () => {
          began.resolve();
          await promise;
        });
        await began.promise;
        return resolve;
      },
      [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
    };
  });
});
