export { JobCancelledError, JobInterruptedError } from './errors.ts';
export type {
  Afterwards,
  Job,
  JobContext,
  JobDefinition,
  JobLogLine,
  JobProgress,
  JobQueue,
  JobRequest,
} from './job-queue.ts';
export { makeJobQueue } from './make-job-queue.ts';
export type { JobState } from './schema.ts';
