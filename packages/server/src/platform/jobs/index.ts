export { JobCancelledError, JobInterruptedError } from './errors.ts';
export type {
  Job,
  JobContext,
  JobDefinition,
  JobLogLine,
  JobProgress,
  JobQueue,
  JobRequest,
} from './job-queue.ts';
export type { JobState } from './schema.ts';
export { TableJobQueue } from './table-job-queue.ts';
