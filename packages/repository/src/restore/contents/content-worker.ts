/** A thread of the content pool: does one job after another, and reads for the next one meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { InletFile, InletMemory } from '@octobox/storage/inlet';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { bytesOf, type ContentJob, runJob } from './content-job.ts';

const { keys } = workerData as { keys: MasterKey };
const memory = new InletMemory();
/** The memory holds one longer read, or two at a time. */
const longestAhead = 1024 * 1024;
let last: Promise<void> = Promise.resolve();

/** Undefined for what cannot be read: what is wrong with it is told by the storage. */
async function read(job: ContentJob): Promise<Uint8Array | undefined> {
  if (job.kind !== 'write' || 'bytes' in job.from) return bytesOf(job);
  try {
    using file = new InletFile(job.from.inlet, memory);
    return await file.read(job.from.offset, job.from.length);
  } catch {
    return undefined;
  }
}

const isLong = (job: ContentJob): boolean =>
  job.kind === 'write' && 'length' in job.from && job.from.length > longestAhead;

parentPort?.on('message', (job: ContentJob) => {
  const ahead = isLong(job) ? undefined : read(job);
  // An error that is no result (there should be none) ends the thread, and the pool reports it.
  last = last.then(async () => {
    const bytes = await (ahead ?? read(job));
    parentPort?.postMessage(runJob(keys, job, bytes));
  });
});
