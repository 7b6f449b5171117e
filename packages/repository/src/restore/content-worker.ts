/** A thread of the content pool: does one job after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MasterKey } from '../format/crypto.ts';
import { type ContentJob, runJob } from './content-job.ts';

const { keys } = workerData as { keys: MasterKey };

parentPort?.on('message', (job: ContentJob) => {
  // An error that is no result (there should be none) ends the thread, and the pool reports it.
  parentPort?.postMessage(runJob(keys, job));
});
