import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/index.ts';
import type { Log } from '../log.ts';
import { Leases } from './embedded/leases.ts';
import type { JobQueue } from './job-queue.ts';
import { BossClaims } from './pg-boss/boss-claims.ts';
import { RecordedJobQueue } from './recorded-job-queue.ts';

/** The queue on that database: SQLite's is embedded, PostgreSQL's is pg-boss. */
export function makeJobQueue(options: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a job is left to a process that gives no sign of life; on PostgreSQL ten seconds at least. */
  readonly leaseMs: number;
}): JobQueue {
  const common = { ...options, owner: `${process.pid}-${randomUUID()}` };
  const claims = options.database.kind === 'sqlite' ? new Leases(common) : new BossClaims(common);
  return new RecordedJobQueue({ ...common, claims });
}
