import { z } from '@hono/zod-openapi';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readCursor } from '../requests/page.ts';
import { given } from '../shapes/given.ts';
import { mailShape, mailStates } from '../shapes/mail.ts';
import type { ApiRooms } from './rooms.ts';

/** Whether mails arrive: one that cannot be delivered is a person who waits for it. */
export function addMails(operations: Operations, { outbox }: ApiRooms): void {
  operations.add(
    {
      id: 'listMails',
      method: 'get',
      path: '/mails',
      tag: 'Mail',
      summary: 'Mails on their way, sent and given up, the newest first',
      description: 'What was sent or given up is kept for 30 days, without what it said.',
      permission: 'settings.read',
      query: z.strictObject({ ...pageQuery, state: z.enum(mailStates).optional() }),
      answer: { status: 200, description: 'A page of mails', shape: pageShape(mailShape) },
    },
    async ({ query }) => {
      const mails = await outbox.list({
        limit: query.limit + 1,
        ...given({ state: query.state, after: readCursor('mails', query.cursor) }),
      });
      const { items, nextCursor } = cutPage(
        'mails',
        mails,
        query.limit,
        ({ createdAt, id }) => `${createdAt} ${id}`,
      );
      return {
        status: 200,
        body: {
          nextCursor,
          items: items.map(({ about, settledAt, answer, failure, ...mail }) => ({
            ...mail,
            ...given({ about, settledAt, answer, failure }),
          })),
        },
      };
    },
  );
}
