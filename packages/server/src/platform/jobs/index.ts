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
export { SqliteJobQueue } from './sqlite-job-queue.ts';
