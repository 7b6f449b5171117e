import { z } from '@hono/zod-openapi';
import { instantText, word } from './texts.ts';

const whole = z.int().min(0);

const lostSnapshotShape = z.strictObject({
  id: z.string(),
  sourceId: z.string().optional().openapi({ description: 'Absent: the platform did not take it' }),
  recoveryPointAt: instantText.optional(),
});

export const mirrorPlanShape = z
  .strictObject({
    repository: z.string(),
    waits: z.enum(['nothing', 'loss', 'gone']).openapi({
      description:
        '`loss`: much went missing at the primary repository at once, and stays off site until it is accepted; `gone`: the copy that was there is not, as when a disk is not mounted, and nothing is sent until somebody says that it begins anew',
    }),
    plan: z.string().optional().openapi({ description: 'What `carryOutMirrorPlan` is given' }),
    seenAt: instantText.optional().openapi({ description: 'By the run that found it' }),
    loss: z
      .strictObject({
        reason: z
          .string()
          .openapi({ example: '5 of 6 snapshots went missing at the source since the last run' }),
        objects: whole,
        bytes: whole.openapi({ description: 'What they take off site' }),
        snapshotCount: whole,
        snapshots: z.array(lostSnapshotShape).openapi({ description: 'The first hundred' }),
        removedAfterSeconds: whole.optional().openapi({
          description:
            'Once it is accepted, what has been missing for so long is removed off site, too; absent: it stays for ever',
        }),
      })
      .optional(),
    gone: z
      .strictObject({
        message: z.string(),
        bytes: whole.optional().openapi({
          description: 'What is sent when it begins anew: the primary repository as it was measured last',
        }),
        measuredAt: instantText.optional(),
      })
      .optional(),
  })
  .openapi('MirrorPlan', { description: 'What waits for a person at an off-site repository' });

export const mirrorPlanStartShape = z
  .strictObject({ plan: word(200).openapi({ description: 'Of the plan that you looked at' }) })
  .openapi('MirrorPlanStart');
