import { z } from '@hono/zod-openapi';
import { jobShape } from './work.ts';

const count = z.int().min(0);
const { id, state, createdAt, startedAt, finishedAt, progress, failure } = jobShape.shape;
const fields = { id, state, createdAt, startedAt, finishedAt, progress, failure };

const wish = {
  maxUnusedPercent: z.int().min(0).max(99).optional().openapi({
    description:
      'How much of the repository may be unused bytes in packs that are also used; 5 if not said. Less is more traffic',
  }),
  maxRepackBytes: z
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'No more of the packs is read and written again' }),
};

export const newPrunePlanShape = z.strictObject(wish).openapi('NewPrunePlan');

export const prunePlanShape = z
  .strictObject({
    ...fields,
    ...wish,
    changesAnything: z.boolean().optional(),
    packsRemoved: count.optional().openapi({ description: 'Nothing in them is needed' }),
    packsRewritten: count.optional().openapi({
      description: 'What is needed of them is written into new packs, then they are removed',
    }),
    packsKept: count.optional(),
    bytesFreed: count.optional(),
    bytesRewritten: count.optional(),
    bytesBefore: count.optional().openapi({ description: 'Of all packs' }),
    bytesAfter: count.optional(),
    bytesUnusedAfter: count.optional().openapi({ description: 'Not worth the traffic' }),
  })
  .openapi('PrunePlan', {
    description: 'Its id is that of its job; what it says is there when that has succeeded. Bytes as stored',
  });

export const pruneShape = z
  .strictObject({ ...fields, packsRemoved: count.optional(), bytesFreed: count.optional() })
  .openapi('Prune', { description: 'Its id is that of its job' });
