import { z } from '@hono/zod-openapi';
import { jobShape } from './work.ts';

const count = z.int().min(0);
const { id, state, createdAt, startedAt, finishedAt, progress, failure } = jobShape.shape;

const data = z
  .string()
  .regex(/^(none|all|(100|[1-9]?[0-9])%)$/)
  .refine((share) => share !== '0%', 'nothing is read')
  .openapi({
    description:
      'How much of the packs is read as a whole and compared with what was written: `none`, `all`, or a share such as `5%`, chosen anew each time. Folders are read in any case',
    example: '5%',
  });

export const newCheckShape = z.strictObject({ data: data.default('none') }).openapi('NewRepositoryCheck');

const fields = {
  ...{ id, state, createdAt, startedAt, finishedAt, progress, failure, data },
  errors: count.optional().openapi({ description: 'Damage that was found; 0: all that was read is whole' }),
  hints: count.optional().openapi({ description: 'What costs space or time only' }),
  snapshots: count.optional(),
  packs: count.optional(),
  packsRead: count.optional(),
  bytesRead: count.optional(),
};

export const checkShape = z
  .strictObject(fields)
  .openapi('RepositoryCheck', { description: 'Its id is that of its job' });

export const wholeCheckShape = z
  .strictObject({
    ...fields,
    findings: z
      .array(
        z.strictObject({
          severity: z.enum(['error', 'hint']),
          code: z.string().openapi({ example: 'pack-missing' }),
          message: z.string(),
        }),
      )
      .openapi({ description: 'The first hundred, errors before hints' }),
  })
  .openapi('WholeRepositoryCheck');
