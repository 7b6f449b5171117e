import { z } from '@hono/zod-openapi';

const count = z.int().min(0);
const action = z.enum(['create', 'change', 'remove', 'leave']).openapi({
  description: '`leave`: it is not in the file, and stays because `prune` was not asked',
});

export const configurationShape = z
  .strictObject({ text: z.string().openapi({ description: 'YAML with the section `services`' }) })
  .openapi('Configuration');

const fileFields = {
  text: z
    .string()
    .max(250_000)
    .openapi({ description: 'YAML with `services` alone, as `getConfiguration` gives it' }),
  values: z.record(z.string().min(1).max(4_096), z.string().max(4_096)).optional().openapi({
    description:
      'What the references of the file stand for: `NAME` for `${NAME}`, `file:/path` for itself. Nothing of the machine of the platform is read instead. Where a password is asked they are secret; put into another field they are shown as the rest of it is.',
  }),
  prune: z.boolean().optional().openapi({ description: 'Remove what is not in the file' }),
};

export const configurationFileShape = z.strictObject(fileFields).openapi('ConfigurationFile');

export const configurationStartShape = z
  .strictObject({
    ...fileFields,
    plan: z.string().min(1).max(100).openapi({ description: 'Of the plan that you looked at' }),
  })
  .openapi('ConfigurationStart');

export const configurationPlanShape = z
  .strictObject({
    plan: z.string().openapi({ description: 'What `carryOutConfiguration` is given' }),
    steps: z.array(
      z.strictObject({
        action,
        kind: z.enum(['service', 'source']),
        name: z.string(),
        service: z.string().optional().openapi({ description: 'Of a source: the slug of its service' }),
        fields: z
          .array(
            z.strictObject({
              field: z.string(),
              before: z.string().nullable(),
              after: z.string().nullable(),
            }),
          )
          .openapi({ description: 'Of a password: whether there is one, and whether it is another' }),
      }),
    ),
    unchanged: z.strictObject({ services: count, sources: count }),
  })
  .openapi('ConfigurationPlan');

export const configurationDoneShape = z
  .strictObject({
    created: count,
    changed: count,
    removed: count,
    left: count,
    warnings: z.array(z.string()).openapi({ description: 'What is to be known of the sources' }),
  })
  .openapi('ConfigurationDone');
