import { z } from '@hono/zod-openapi';
import { repositoryFields } from './status.ts';
import { failureShape, instantText } from './texts.ts';

const count = z.int().min(0);

export const mirrorStates = [
  'running',
  'succeeded',
  'incomplete',
  'failed',
  'cancelled',
  'interrupted',
] as const;

export const mirrorShape = z
  .strictObject({
    id: z.int(),
    repository: z.string().openapi({ description: 'Its name in the configuration' }),
    jobId: z.int(),
    state: z.enum(mirrorStates).openapi({
      description: '`incomplete`: something of the primary repository is damaged and was not copied',
    }),
    reason: z.string(),
    startedAt: instantText,
    finishedAt: instantText.optional(),
    objectsCopied: count.optional(),
    bytesCopied: count.optional(),
    problems: count.optional().openapi({ description: 'Files that could not be copied' }),
    removed: count.optional(),
    held: count.optional().openapi({ description: 'Objects that stay until their loss is accepted' }),
    heldReason: z.string().optional(),
    failure: failureShape.optional(),
  })
  .openapi('Mirror', { description: 'One attempt to bring an off-site repository up to date' });

export const repositoryShape = z
  .strictObject({
    ...repositoryFields,
    lastMirror: mirrorShape
      .optional()
      .openapi({ description: 'Of an off-site one: the last that has ended' }),
  })
  .openapi('Repository', {
    description: "Where the backups lie: the platform's own, and its copies elsewhere",
  });
