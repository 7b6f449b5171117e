import { z } from '@hono/zod-openapi';
import { permissions, roles } from '../../access/index.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../page.ts';
import { given } from '../shapes/given.ts';
import { instantText, word } from '../shapes/texts.ts';
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
      }),
      answer: { status: 200, description: 'A page of entries', shape: pageShape(auditEntryShape) },
    },
    async ({ query }) => {
      const beforeId = readIdCursor('audit', query.cursor);
      const found = await audit.entries({
        limit: query.limit + 1,
        ...(beforeId === undefined ? {} : { beforeId }),
        ...(query.search === undefined ? {} : { search: query.search }),
      });
      return { status: 200, body: cutPage('audit', found, query.limit, ({ id }) => id) };
    },
  );
}
