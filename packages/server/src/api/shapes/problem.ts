import { z } from '@hono/zod-openapi';

/** RFC 9457. */
export const problemShape = z
  .strictObject({
    type: z.string().openapi({ description: 'Where the reference explains the code' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().openapi({ description: 'Stable', example: 'server.not-found' }),
    advice: z.string().optional().openapi({ description: 'What can be done about it' }),
    errors: z
      .array(
        z.strictObject({
          field: z.string(),
          detail: z.string(),
          line: z.int().optional().openapi({ description: 'In a file that was sent, as is the column' }),
          column: z.int().optional(),
        }),
      )
      .optional()
      .openapi({ description: 'By field: `body.name`, `query.limit`' }),
  })
  .openapi('Problem');
