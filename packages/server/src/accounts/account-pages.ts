import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  conditional,
  describeFailure,
  favicon,
  formHeaders,
  type Log,
  ownHost,
  ownOrigin,
  ServerError,
} from '../platform/index.ts';
import { VaultError } from '../vault/index.ts';
import { appPath } from './console-paths.ts';
import { readPasskeyScript } from './page/passkey-form.ts';
import { readStylesheet } from './page/stylesheet.ts';
import { addAccountRoute } from './routes/account-route.ts';
import { type AppBundle, addAppRoute } from './routes/app-route.ts';
import { addAuditRoute } from './routes/audit-route.ts';
import { type ConsoleRooms, Desk } from './routes/desk.ts';
import { addForgottenRoute } from './routes/forgotten-route.ts';
import { addInvitationRoute } from './routes/invitation-route.ts';
import { addKeysRoute } from './routes/keys-route.ts';
import { addMembersRoute } from './routes/members-route.ts';
import { addOidcRoute } from './routes/oidc-route.ts';
import { addPasskeysRoute } from './routes/passkeys-route.ts';
import { addResetRoute } from './routes/reset-route.ts';
import { addSecondFactorRoute } from './routes/second-factor-route.ts';
import { addSetUpRoute } from './routes/set-up-route.ts';
import { addSignInRoute } from './routes/sign-in-route.ts';

const largestBody = 16 * 1024;

/**
 * The console: until there is an owner the way to become it, then signing in, the own account, members, audit, and the
 * console that runs in the browser.
 */
export async function accountPages(
  options: ConsoleRooms & {
    url: string;
    log: Log;
    /** Answers everything below `/api/`, and sees to it by itself who asks. */
    api: { fetch(request: Request, env: unknown): Response | Promise<Response> };
    /** Undefined: it was not built, and all else works without it. */
    bundle?: AppBundle | undefined;
  },
): Promise<Hono> {
  const { url, log, api, bundle, ...rooms } = options;
  const { path: stylesheet, body: style } = await readStylesheet();
  const script = await readPasskeyScript();
  const home = bundle === undefined ? '/account' : appPath;
  const desk = new Desk(rooms, { stylesheet, script: script.path, home, url });
  const app = new Hono();

  app.use(formHeaders(url));
  app.use(ownHost(url));
  app.all('/api/*', async (context) => {
    if (!(await rooms.accounts.hasOwner())) return await desk.nothing(context);
    return await api.fetch(context.req.raw, context.env);
  });
  app.use(ownOrigin(url));
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (context) =>
        desk.message(context, 413, 'This is too much', 'No form of this console is that long.'),
    }),
  );
  app.get(stylesheet, (context) =>
    conditional(context, { body: style, type: 'text/css; charset=utf-8', cacheControl: 'no-store' }),
  );
  app.get(favicon.path, favicon.answer);
  addSetUpRoute(app, desk);
  app.use(async (context, next) => {
    if (await rooms.accounts.hasOwner()) return await next();
    return await desk.nothing(context);
  });
  app.get('/', (context) => desk.goOn(context, desk.home));
  addAppRoute(app, desk, bundle);
  addSignInRoute(app, desk);
  addAccountRoute(app, desk);
  addSecondFactorRoute(app, desk);
  addPasskeysRoute(app, desk, script);
  addOidcRoute(app, desk, { url, log });
  addKeysRoute(app, desk);
  addMembersRoute(app, desk);
  addInvitationRoute(app, desk);
  addResetRoute(app, desk);
  addForgottenRoute(app, desk);
  addAuditRoute(app, desk);

  app.notFound((context) => desk.nothing(context));
  app.onError(async (error, context) => {
    const code = error instanceof ServerError ? error.code : undefined;
    if (error instanceof ServerError && (code === 'server.forbidden' || code === 'server.time-over'))
      return await desk.forbidden(context, error);
    if (code === 'server.not-found') return await desk.nothing(context);
    if (code === 'server.proof-needed') {
      const text = 'Go back and send it again: you are asked then who you are.';
      return await desk.message(context, 401, 'Nothing was done', text);
    }
    if (code === 'server.sign-in-busy') {
      context.header('retry-after', '5');
      return await desk.message(context, 503, 'Very many people sign in', 'Try again in a few seconds.');
    }
    if (error instanceof VaultError) {
      log.error({ error: describeFailure(error) }, 'a secret of an account cannot be opened');
      const text = 'Whoever runs this Octobox finds out what to do with `octobox vault status`.';
      return await desk.message(context, 503, 'A key is missing on the server', text);
    }
    // The path of a link is a secret.
    log.error({ error: describeFailure(error), route: context.req.routePath }, 'a page could not be made');
    const text = 'The trouble is on our side and has been noted. Please try again in a minute.';
    const status = code?.startsWith('server.database-') ? 503 : 500;
    return await desk.message(context, status, 'This page cannot be shown right now', text);
  });
  return app;
}
