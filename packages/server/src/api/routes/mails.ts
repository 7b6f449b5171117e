import { z } from '@hono/zod-openapi';
import { Attempts, ofTrialMails } from '../../accounts/index.ts';
import { MailError, tryMail } from '../../mail/index.ts';
import { describeFailure } from '../../platform/index.ts';
import { ApiError } from '../answers/problem.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readCursor } from '../requests/page.ts';
import { given } from '../shapes/given.ts';
import { mailShape, mailStates, mailTrialResultShape, mailTrialShape } from '../shapes/mail.ts';
import type { ApiRooms } from './rooms.ts';

/** Whether mails arrive: one that cannot be delivered is a person who waits for it. */
export function addMails(operations: Operations, rooms: ApiRooms): void {
  const { outbox, database, audit, clock, config } = rooms;
  const attempts = new Attempts(clock);
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
  operations.add(
    {
      id: 'tryMail',
      method: 'post',
      path: '/mails/trials',
      tag: 'Mail',
      summary: 'Send a mail to an address now, and hear what the mail server says',
      description: `Past the queue, once. That the server does not take it is an answer as well. At most ${ofTrialMails.most} an hour.`,
      permission: 'settings.change',
      body: mailTrialShape,
      answer: { status: 200, description: 'What the server said', shape: mailTrialResultShape },
    },
    async ({ caller, body: { to }, requireStill }) => {
      await database.change(async (transaction) => {
        await requireStill(transaction);
        if (
          (await attempts.count(transaction, `trial mails ${caller.user.id}`, ofTrialMails)) >
          ofTrialMails.most
        )
          throw tooManyTrials();
        await audit.append(transaction, {
          ...{ action: 'mail.tried', origin: caller.origin, subject: 'mail' },
          after: { to },
        });
      });
      const answers: string[] = [];
      try {
        await tryMail(config.mail, to, clock.now(), (line) => answers.push(line));
        return { status: 200, body: { to, taken: true, answers } };
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        return { status: 200, body: { to, taken: false, answers, failure: describeFailure(error) } };
      }
    },
  );
}

/** Each may go to somebody who has not asked for it. */
const tooManyTrials = (): ApiError =>
  new ApiError('api.attempts', `only ${ofTrialMails.most} trial mails are sent an hour`, {
    advice: 'Wait an hour, or send one on the machine: octobox mail test.',
    headers: { 'retry-after': String(ofTrialMails.withinSeconds) },
  });
