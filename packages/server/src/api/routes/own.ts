import { z } from '@hono/zod-openapi';
import { permissions, roles } from '../../access/index.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../requests/page.ts';
import { given } from '../shapes/given.ts';
import { dayText, instantText, word } from '../shapes/texts.ts';
import { auditEntryShape } from '../shapes/trust.ts';
import type { ApiRooms } from './rooms.ts';

/** Who one is here, and what everybody did. */
export function addOwn(operations: Operations, { access, accounts, audit }: ApiRooms): void {
  operations.add(
    {
      id: 'getCaller',
      method: 'get',
      path: '/caller',
      tag: 'Caller',
      summary: 'Who calls, and what they may do',
      permission: undefined,
      answer: {
        status: 200,
        description: 'The caller',
        shape: z
          .strictObject({
            userId: z.string(),
            name: z.string(),
            email: z.string(),
            organisation: z.string().optional(),
            role: z.enum(roles).optional().openapi({ description: 'Absent: no member any more' }),
            until: instantText.optional().openapi({ description: 'When the membership ends' }),
            permissions: z.array(z.enum(permissions)),
          })
          .openapi('Caller'),
      },
    },
    async ({ caller: { user } }) => {
      const { role, until } = (await access.membership(user)) ?? {};
      const body = {
        userId: user.id,
        ...(await accounts.profile(user)),
        ...given({ role, until }),
        permissions: await access.having(user),
      };
      return { status: 200, body };
    },
  );
  operations.add(
    {
      id: 'listAuditEntries',
      method: 'get',
      path: '/audit-entries',
      tag: 'Audit log',
      summary: 'The audit log, the newest entry first',
      permission: 'audit.read',
      query: z.strictObject({
        ...pageQuery,
        search: word(200).optional().openapi({
          description: 'Looked for in what was done, who did it, to what and from where',
        }),
        person: word(200).optional().openapi({ description: 'In the name of who did it' }),
        kind: word(200)
          .optional()
          .openapi({ description: 'What was done begins with it', example: 'member.removed' }),
        object: word(200).optional().openapi({ description: 'In what it was done to', example: 'service:' }),
        from: dayText.optional().openapi({ description: 'The first day, UTC' }),
        to: dayText.optional().openapi({ description: 'The last day, UTC' }),
      }),
      answer: { status: 200, description: 'A page of entries', shape: pageShape(auditEntryShape) },
    },
    async ({ query: { cursor, limit, ...filter } }) => {
      const beforeId = readIdCursor('audit', cursor);
      const found = await audit.entries({ ...filter, limit: limit + 1, beforeId });
      return { status: 200, body: cutPage('audit', found, limit, ({ id }) => id) };
    },
  );
}
