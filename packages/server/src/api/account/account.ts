import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  type Accounts,
  browserWords,
  longestPassword,
  recoveryCodeCount,
  shortestAlone,
  shortestWithAnother,
} from '../../accounts/index.ts';
import { InvalidError, NotFoundError, type Reader } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { personOf } from '../requests/caller.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { idParam } from '../shapes/texts.ts';
import { partyOf } from './party.ts';
import { accountShape, nameShape, passwordChangeShape, sessionShape } from './shapes.ts';
import { tooManyAttempts } from './too-many-attempts.ts';

const tag = 'Own account';
const own = { tag, permission: undefined } as const;

/** The own name and password, and where one is signed in. */
export function addAccount(
  operations: Operations,
  { accounts, url }: { readonly accounts: Accounts; readonly url: string },
): void {
  const accountOf = async (context: Context, user: { readonly id: string }, reader?: Reader) => {
    const factor = await accounts.secondFactor.state(user.id, reader);
    return {
      id: user.id,
      ...(await accounts.profile(user, reader)),
      shortestPassword: factor === undefined ? shortestAlone : shortestWithAnother,
      ...given({
        secondFactor:
          factor === undefined
            ? undefined
            : {
                enabledAt: factor.enabledAt,
                recoveryCodesLeft: factor.codesLeft,
                recoveryCodesMade: recoveryCodeCount,
              },
      }),
      mayHavePasskeys: partyOf(context, url) !== undefined,
    };
  };
  operations.add(
    {
      ...own,
      id: 'getAccount',
      method: 'get',
      path: '/account',
      summary: 'The own account',
      inPerson: 'signed-in',
      answer: { status: 200, description: 'The account, and its ETag', shape: accountShape },
    },
    async ({ context, caller }) => ({
      status: 200,
      body: await accountOf(context, personOf(caller).session.user),
    }),
  );
  operations.add(
    {
      ...own,
      id: 'changeAccount',
      method: 'patch',
      path: '/account',
      summary: 'Take another name',
      inPerson: 'signed-in',
      body: nameShape,
      changesThing: true,
      answer: { status: 204, description: 'It is the name' },
    },
    async ({ context, caller, body: { name } }) => {
      const { session, visit } = personOf(caller);
      await accounts.changeName(session, name, visit, async (transaction) =>
        requireUnchanged(context, await accountOf(context, session.user, transaction)),
      );
      return { status: 204 };
    },
  );
  operations.add(
    {
      ...own,
      id: 'changePassword',
      method: 'post',
      path: '/account/password',
      summary: 'Choose another password; all sessions end, and a new one begins for who asks',
      description: `At most ${longestPassword} characters. API keys go on working.`,
      inPerson: 'signed-in',
      body: passwordChangeShape,
      answer: {
        status: 204,
        description: 'It is the password; the cookie of the new session is in the answer',
      },
    },
    async ({ caller, body }) => {
      const { session, visit } = personOf(caller);
      const outcome = await accounts.changePassword(session, body, visit);
      if (outcome.kind === 'objection') throw new InvalidError('fresh', outcome.objection);
      if (outcome.kind === 'limited') throw tooManyAttempts();
      if (outcome.kind !== 'done') throw new InvalidError('current', 'this is not the present password');
      return { status: 204, cookies: outcome.cookies };
    },
  );
  operations.add(
    {
      ...own,
      id: 'listSessions',
      method: 'get',
      path: '/account/sessions',
      summary: 'Where one is signed in, the newest first',
      inPerson: 'signed-in',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of sessions', shape: pageShape(sessionShape) },
    },
    async ({ caller, query }) => {
      const { session } = personOf(caller);
      const all = await accounts.sessions(session);
      const page = pageOfAll('sessions', all, query, ({ begunAt, id }) => `${newestFirst(begunAt)} ${id}`);
      const items = page.items.map(({ userAgent, address, ...one }) => ({
        ...one,
        isThis: one.id === session.id,
        browser: browserWords(userAgent),
        ...given({ address }),
      }));
      return { status: 200, body: { ...page, items } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'endSession',
      method: 'delete',
      path: '/account/sessions/{id}',
      summary: 'Sign out there',
      inPerson: 'signed-in',
      params: idParam,
      answer: { status: 204, description: 'The session is over' },
    },
    async ({ caller, params: { id } }) => {
      const { session, visit } = personOf(caller);
      if ((await accounts.end(session, { id }, visit)) === 0) throw new NotFoundError('such session');
      return { status: 204, cookies: id === session.id ? [accounts.endedCookie] : [] };
    },
  );
  operations.add(
    {
      ...own,
      id: 'endOtherSessions',
      method: 'post',
      path: '/account/sessions/end-others',
      summary: 'Sign out everywhere but here',
      inPerson: 'signed-in',
      answer: { status: 204, description: 'There is no other session' },
    },
    async ({ caller }) => {
      const { session, visit } = personOf(caller);
      await accounts.end(session, 'others', visit);
      return { status: 204 };
    },
  );
}

/** A key that sorts later times before earlier ones. */
const newestFirst = (at: string): string => String(1e15 - Date.parse(at)).padStart(16, '0');
