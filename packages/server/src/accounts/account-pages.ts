import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  conditional,
  describeFailure,
  formHeaders,
  type Log,
  ownHost,
  ownOrigin,
  ServerError,
} from '../platform/index.ts';
import type { Accounts } from './accounts.ts';
import { accountPage } from './page/account-page.ts';
import { messagePage } from './page/message-page.ts';
import { setUpPage } from './page/set-up-page.ts';
import { signInPage } from './page/sign-in-page.ts';
import { readStylesheet } from './page/stylesheet.ts';
import type { Session, Visit } from './session.ts';

const largestBody = 16 * 1024;
const busy = 'Too many attempts. Wait a quarter of an hour, then try again.';

/** The console: until there is an owner the way to become it, then signing in, and the own account. */
export async function accountPages(options: { accounts: Accounts; url: string; log: Log }): Promise<Hono> {
  const { accounts, url, log } = options;
  const { path: stylesheet, body: style } = await readStylesheet();
  const app = new Hono();

  const message = async (context: Context, status: 404 | 413 | 500 | 503, heading: string, text: string) =>
    context.html(String(await messagePage({ stylesheet, heading, text })), status);
  const nothing = (context: Context) =>
    message(context, 404, 'There is nothing here', 'The address may be old, or mistyped.');
  const tooLarge = (context: Context) =>
    message(context, 413, 'This is too much', 'No form of this console is that long.');
  const withCookies = (context: Context, cookies: readonly string[]): void => {
    for (const cookie of cookies) context.header('set-cookie', cookie, { append: true });
  };
  /** The page of somebody who is signed in; everybody else is asked to. */
  const signedIn =
    (handle: (context: Context, session: Session) => Promise<Response>) =>
    async (context: Context): Promise<Response> => {
      const session = await accounts.session(visitOf(context));
      return session === undefined ? context.redirect('/sign-in', 303) : await handle(context, session);
    };

  app.use(formHeaders);
  app.use(ownHost(url));
  app.use(ownOrigin);
  app.use(bodyLimit({ maxSize: largestBody, onError: tooLarge }));

  app.get(stylesheet, (context) =>
    conditional(context, { body: style, type: 'text/css; charset=utf-8', cacheControl: 'no-store' }),
  );
  app.get('/setup/:token', async (context) => {
    if (!(await accounts.setUpLink.isValid(context.req.param('token')))) return await nothing(context);
    return context.html(String(await setUpPage({ stylesheet })));
  });
  app.post('/setup/:token', async (context) => {
    const token = context.req.param('token');
    if (!(await accounts.setUpLink.isValid(token))) return await nothing(context);
    const read = await formOf(context);
    const [name, email, organisation, password] = [
      read('name'),
      read('email'),
      read('organisation'),
      read('password'),
    ];
    const given = { name, email, organisation, password };
    const outcome = await accounts.setUp(token, given, visitOf(context));
    if (outcome.kind === 'used') return await nothing(context);
    if (outcome.kind === 'objection') {
      const { field, objection } = outcome;
      return context.html(String(await setUpPage({ stylesheet, given, field, objection })), 422);
    }
    withCookies(context, outcome.cookies);
    return context.redirect('/account', 303);
  });

  app.use(async (context, next) => {
    if (await accounts.hasOwner()) return await next();
    return await nothing(context);
  });
  app.get('/', (context) => context.redirect('/account', 303));
  app.get('/sign-in', async (context) => {
    if ((await accounts.session(visitOf(context))) !== undefined) return context.redirect('/account', 303);
    return context.html(String(await signInPage({ stylesheet })));
  });
  app.post('/sign-in', async (context) => {
    const read = await formOf(context);
    const email = read('email');
    const outcome = await accounts.signIn({ email, password: read('password') }, visitOf(context));
    if (outcome.kind === 'signed-in') {
      withCookies(context, outcome.cookies);
      return context.redirect('/account', 303);
    }
    const limited = outcome.kind === 'limited';
    if (limited) context.header('retry-after', '900');
    const objection = limited ? busy : 'E-mail address and password do not belong together.';
    return context.html(String(await signInPage({ stylesheet, email, objection })), limited ? 429 : 401);
  });
  app.post(
    '/sign-out',
    signedIn(async (context, session) => {
      await accounts.end(session, { id: session.id }, visitOf(context));
      withCookies(context, [accounts.endedCookie]);
      return context.redirect('/sign-in', 303);
    }),
  );
  app.get(
    '/account',
    signedIn(async (context, session) => {
      const sessions = await accounts.sessions(session);
      return context.html(String(await accountPage({ stylesheet, session, sessions })));
    }),
  );
  app.post(
    '/account/password',
    signedIn(async (context, session) => {
      const read = await formOf(context);
      const given = { current: read('current'), fresh: read('fresh') };
      const outcome = await accounts.changePassword(session, given, visitOf(context));
      if (outcome.kind === 'done') {
        withCookies(context, outcome.cookies);
        return context.redirect('/account', 303);
      }
      const limited = outcome.kind === 'limited';
      const objection =
        outcome.kind === 'objection'
          ? outcome.objection
          : limited
            ? busy
            : 'This is not the present password.';
      const field = outcome.kind === 'objection' ? 'fresh' : 'current';
      const sessions = await accounts.sessions(session);
      return context.html(
        String(await accountPage({ stylesheet, session, sessions, objection, field })),
        limited ? 429 : 422,
      );
    }),
  );
  app.post(
    '/account/sessions/end-others',
    signedIn(async (context, session) => {
      await accounts.end(session, 'others', visitOf(context));
      return context.redirect('/account', 303);
    }),
  );
  app.post(
    '/account/sessions/:id/end',
    signedIn(async (context, session) => {
      await accounts.end(session, { id: context.req.param('id') ?? '' }, visitOf(context));
      return context.redirect('/account', 303);
    }),
  );

  app.notFound(nothing);
  app.onError(async (error, context) => {
    if (error instanceof ServerError && error.code === 'server.sign-in-busy') {
      context.header('retry-after', '5');
      return await message(context, 503, 'Very many people sign in', 'Try again in a few seconds.');
    }
    // The path of a set-up link is a secret.
    log.error({ error: describeFailure(error), route: context.req.routePath }, 'a page could not be made');
    const text = 'The trouble is on our side and has been noted. Please try again in a minute.';
    return await message(context, 500, 'This page cannot be shown right now', text);
  });
  return app;
}

const visitOf = (context: Context): Visit => ({
  cookie: context.req.header('cookie'),
  address: getConnInfo(context).remote.address,
  userAgent: context.req.header('user-agent'),
});

/** Reads fields of a form; one that is missing, or a file, is an empty text. */
async function formOf(context: Context): Promise<(name: string) => string> {
  const type = context.req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return () => '';
  const fields = new URLSearchParams(await context.req.text());
  return (name) => fields.get(name) ?? '';
}
