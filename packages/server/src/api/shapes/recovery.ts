import { z } from '@hono/zod-openapi';
import { failureShape, instantText } from './texts.ts';

const whole = z.int().min(0);
const duration = z.number().min(0);

export const recoveryStates = ['running', 'passed', 'failed', 'cancelled', 'interrupted'] as const;

const measured = {
  id: z.int(),
  sourceId: z.string(),
  jobId: z.int(),
  state: z.enum(recoveryStates),
  reason: z.string(),
  snapshotId: z.string().optional(),
  recoveryPointAt: instantText.optional(),
  startedAt: instantText,
  finishedAt: instantText.optional(),
  restoreSeconds: duration.optional(),
  verifySeconds: duration.optional(),
  recoverySeconds: duration.optional().openapi({
    description: 'Restored and verified: what a customer would have waited, or waited',
  }),
  lossSeconds: z
    .number()
    .optional()
    .openapi({ description: 'Age of the snapshot when it began: so much work would have been lost, or was' }),
  bytes: whole.optional(),
  files: whole.optional(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      outcome: z.enum(['passed', 'failed']),
      summary: z.string(),
      differences: z.array(z.string()),
    }),
  ),
  failure: failureShape.optional(),
  warnings: z.array(z.string()),
};

export const drillShape = z
  .strictObject({
    ...measured,
    rpoSeconds: z.number().openapi({ description: 'The objective at that time' }),
    rtoSeconds: z.number(),
  })
  .openapi('Drill', { description: 'A rehearsed restore into a scratch place, measured' });

export const restoreShape = z
  .strictObject({
    ...measured,
    estimateSeconds: duration.optional().openapi({ description: 'What drills let expect before it began' }),
    incidentId: z.int().optional().openapi({ description: 'The incident that it was to end' }),
  })
  .openapi('Restore', { description: 'A restore in place of the live source, measured' });
