import { z } from '@hono/zod-openapi';
import { instantText, word } from './texts.ts';

const whole = z.int().min(0);

export const newRestorePlanShape = z
  .strictObject({
    source: word(200).openapi({ description: 'Id or name' }),
    snapshot: word(200).optional().openapi({
      description: 'One of this source; else the newest backup that was taken while the source was whole',
    }),
  })
  .openapi('NewRestorePlan');

export const restorePlanShape = z
  .strictObject({
    id: z.string().openapi({ description: 'What `startRestore` is given' }),
    expiresAt: instantText,
    sourceId: z.string(),
    sourceName: z.string(),
    serviceId: z.string(),
    replaces: z
      .string()
      .openapi({ description: 'What is there now and will be gone: the location of the live source' }),
    snapshotId: z.string(),
    stored: z.enum(['yes', 'unknown']).openapi({
      description: 'Whether the repository has the snapshot; `unknown`: it could not be asked in 10 seconds',
    }),
    recoveryPointAt: instantText.openapi({ description: 'What was done since will be lost' }),
    lossSeconds: z.number().min(0).openapi({ description: 'How long ago that is' }),
    newerBackups: whole.openapi({ description: 'Good backups that would lose less' }),
    suspect: z.boolean().openapi({ description: 'Taken while the source was known to lack something' }),
    bytes: whole.optional(),
    files: whole.optional(),
    estimateSeconds: z
      .number()
      .min(0)
      .optional()
      .openapi({ description: 'From the last drill that passed; absent when there was none' }),
    estimateBasis: z.string().optional(),
  })
  .openapi('RestorePlan', { description: 'What a restore is going to do; for its maker, for an hour' });

export const restoreStartShape = z
  .strictObject({ plan: word(200).openapi({ description: 'Id of a plan that you made' }) })
  .openapi('RestoreStart');
