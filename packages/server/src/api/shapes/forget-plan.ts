import { z } from '@hono/zod-openapi';
import { instantText, word } from './texts.ts';

const count = z.int().min(0);
const most = z.int().min(0).max(100_000);

const keepShape = z
  .strictObject({
    keepLast: most.optional(),
    keepHourly: most.optional(),
    keepDaily: most.optional(),
    keepWeekly: most.optional(),
    keepMonthly: most.optional(),
    keepYearly: most.optional(),
  })
  .refine((keep) => Object.values(keep).some((count = 0) => count > 0), 'no rule is above 0')
  .openapi('KeepRules', { description: "As restic's `forget` has them; at least one is above 0" });

const wished = {
  snapshots: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .max(1000)
    .optional()
    .openapi({ description: 'These' }),
  source: word(200).optional().openapi({ description: 'Id or name: what `keep` does not keep of it' }),
  keep: keepShape.optional(),
};
interface Wish {
  readonly snapshots?: unknown;
  readonly source?: unknown;
  readonly keep?: unknown;
}
const isOneWay = ({ snapshots, source, keep }: Wish): boolean =>
  snapshots === undefined
    ? source !== undefined && keep !== undefined
    : source === undefined && keep === undefined;
const oneWay = 'name snapshots, or a source and what is kept of it';

export const newForgetPlanShape = z.strictObject(wished).refine(isOneWay, oneWay).openapi('NewForgetPlan');

export const forgetStartShape = z
  .strictObject({
    ...wished,
    plan: word(100).openapi({ description: 'The `id` of the plan that these came to' }),
    confirmRemove: count.optional().openapi({
      description: 'How many snapshots go: must be said of a plan that has concerns',
    }),
  })
  .refine(isOneWay, oneWay)
  .openapi('ForgetStart');

const snapshotShape = z.strictObject({
  id: z.string(),
  sourceId: z.string().optional().openapi({ description: 'Absent: of none of the platform' }),
  takenAt: instantText,
});

export const forgetPlanShape = z
  .strictObject({
    id: z.string().openapi({ description: 'What `forgetSnapshots` is given' }),
    removeCount: count,
    remove: z.array(snapshotShape).openapi({ description: 'What goes; the first thousand' }),
    keepCount: count,
    keep: z
      .array(z.strictObject({ ...snapshotShape.shape, reasons: z.array(z.string()) }))
      .openapi({ description: 'What rules keep, and why; the first thousand' }),
    concerns: z
      .array(z.strictObject({ code: z.string().openapi({ example: 'last-verified' }), message: z.string() }))
      .openapi({ description: 'What looks like a mistake or an attack' }),
  })
  .openapi('ForgetPlan');
