import { ManualClock } from '../../manual-clock.ts';
import { temporaryDatabase } from '../../temporary-database.ts';
import { silentLog } from '../log.ts';
import { jobQueueContract } from './job-queue-contract.ts';
import { SqliteJobQueue } from './sqlite-job-queue.ts';

jobQueueContract('the embedded queue', async () => {
  const temporary = await temporaryDatabase();
  const clock = new ManualClock('2026-11-23T12:00:00Z');
  return {
    clock,
    another: (own = clock) =>
      new SqliteJobQueue({ database: temporary.database, clock: own, log: silentLog, leaseMs: 30_000 }),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
});
