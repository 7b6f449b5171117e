import { z } from '@hono/zod-openapi';
import { failureShape, instantText } from './texts.ts';

const whole = z.int().min(0);
const duration = z.number().min(0);

export const runStates = ['running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;

const storageUseShape = z
  .strictObject({
    requests: z
      .partialRecord(z.enum(['create', 'stat', 'read', 'write', 'list', 'remove', 'retain']), whole)
      .openapi({ description: 'By kind; each attempt counts' }),
    bytesUp: whole.openapi({ description: 'Content alone' }),
    bytesDown: whole,
    errors: whole.openapi({ description: 'Requests that failed; a look for what is not there is one' }),
    retries: whole,
    requestSeconds: duration.openapi({ description: 'Of all requests together, many of which run at once' }),
    pauseSeconds: duration.openapi({ description: 'Before retries' }),
  })
  .openapi('StorageUse', {
    description: 'What was asked of the place of the repository; absent of a disk, which is not measured',
  });

export const runShape = z
  .strictObject({
    id: z.int(),
    sourceId: z.string(),
    jobId: z.int(),
    state: z.enum(runStates),
    reason: z.string(),
    startedAt: instantText,
    finishedAt: instantText.optional(),
    durationSeconds: duration.optional(),
    snapshotId: z.string().optional(),
    recoveryPointAt: instantText.optional().openapi({ description: 'What is after it is not in the backup' }),
    bytesRead: whole.optional(),
    bytesStored: z.number().optional().openapi({ description: 'What the repository grew by' }),
    files: whole.optional(),
    filesChanged: whole.optional(),
    storage: storageUseShape.optional(),
    warnings: z.array(z.string()),
    failure: failureShape.optional(),
    suspect: z.boolean().openapi({
      description:
        'Taken while the source was known to lack something, unlike those before it, or repaired since: nothing rests on it',
    }),
  })
  .openapi('Run', { description: 'One attempt at a backup of one source' });

export const jobShape = z
  .strictObject({
    id: z.int(),
    kind: z.string().openapi({ example: 'backup' }),
    sourceId: z.string().optional(),
    repository: z.string().optional().openapi({ description: 'Of a mirror: the off-site repository' }),
    state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
    attempts: whole.openapi({ description: 'That were begun' }),
    maxAttempts: whole.openapi({
      description: 'After so many a failure is the end. A job whose worker vanished is begun again beyond it',
    }),
    runAt: instantText.openapi({ description: 'Not before' }),
    createdAt: instantText,
    startedAt: instantText.optional(),
    finishedAt: instantText.optional(),
    progress: z
      .strictObject({
        step: z.string(),
        done: z.number().optional(),
        total: z.number().optional(),
        unit: z.string().optional(),
        files: whole.optional().openapi({ description: 'That are done, where `done` counts bytes' }),
        filesTotal: whole.optional(),
      })
      .optional(),
    failure: failureShape.optional().openapi({ description: 'What ended it' }),
    lastFailure: failureShape.optional().openapi({
      description: 'What ended the attempt before, of a job that is tried again',
    }),
  })
  .openapi('Job');
