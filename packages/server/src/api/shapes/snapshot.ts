import { z } from '@hono/zod-openapi';
import { instantText } from './texts.ts';

const whole = z.int().min(0);

const fields = {
  id: z.string(),
  sourceId: z.string(),
  runId: z.int().openapi({ description: 'The run that took it' }),
  startedAt: instantText,
  recoveryPointAt: instantText.optional().openapi({ description: 'What is after it is not in the snapshot' }),
  bytesRead: whole.optional().openapi({ description: 'Its size' }),
  files: whole.optional(),
  suspect: z.boolean().openapi({
    description:
      'Taken while the source was known to lack something, unlike those before it, or repaired since: nothing rests on it',
  }),
  tookPlaceOf: z
    .array(
      z.strictObject({
        id: z.string(),
        how: z.enum(['relabelled', 'rewritten', 'repaired']),
        at: instantText,
      }),
    )
    .optional()
    .openapi({
      description:
        'Ids that it had before, the newest first: a snapshot that gets other tags, or is made anew without some files, gets another id. `relabelled`: its contents are the same; `rewritten`, `repaired`: they are what was left',
    }),
};

export const takenSnapshotShape = z
  .strictObject(fields)
  .openapi('TakenSnapshot', { description: 'What a run that succeeded left in the repository' });

export const snapshotShape = z
  .strictObject({
    ...fields,
    tags: z.array(z.string()).optional().openapi({
      description: 'As the repository has them; absent when they could not be read',
    }),
    stored: z.enum(['yes', 'no', 'unknown']).openapi({
      description:
        'Whether the repository has it at this moment; `unknown`: it did not answer within 10 seconds, or could not be asked',
    }),
  })
  .openapi('Snapshot');
