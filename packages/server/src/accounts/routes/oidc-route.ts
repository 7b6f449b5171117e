import type { Context, Hono } from 'hono';
import { describeFailure, type Log, ownAddress } from '../../platform/index.ts';
import { appTarget } from './app-route.ts';
import { type Desk, visitOf } from './desk.ts';
import { codePath } from './sign-in-route.ts';

const home = '/sign-in/oidc';

/** `/sign-in/oidc`: to the identity provider and back. */
export function addOidcRoute(app: Hono, desk: Desk, options: { url: string; log: Log }): void {
  const { url, log } = options;
  const { accounts } = desk.rooms;
  const { oidc } = accounts;
  if (oidc === undefined) return;
  const callback = `${home}/callback`;

  const away = async (context: Context, error: unknown): Promise<Response> => {
    log.error({ error: describeFailure(error) }, 'the identity provider cannot be used');
    const text =
      'The identity provider does not answer as it should. Whoever runs this Octobox finds more in its log.';
    return await desk.message(context, 503, 'Signing in there is not possible now', text);
  };
  app.get(home, async (context) => {
    try {
      const { location, cookie } = await oidc.begin(
        `${ownAddress(context, url)}${callback}`,
        appTarget(context.req.query('to') ?? ''),
      );
      context.header('set-cookie', cookie, { append: true });
      return context.redirect(location, 303);
    } catch (error) {
      return await away(context, error);
    }
  });
  app.get(callback, async (context) => {
    const { search } = new URL(context.req.url);
    const current = new URL(`${ownAddress(context, url)}${callback}${search}`);
    try {
      const to = appTarget(oidc.returnTo(visitOf(context)));
      const outcome = await accounts.signInWithOidc(current, visitOf(context));
      if (outcome.kind === 'signed-in')
        return desk.goOn(context, to ?? desk.home, [...outcome.cookies, oidc.endedCookie]);
      if (outcome.kind === 'code-needed')
        return desk.goOn(context, codePath(to), [...outcome.cookies, oidc.endedCookie]);
      if (outcome.kind === 'limited') {
        context.header('retry-after', '900');
        const wait = 'Wait a quarter of an hour, then try again.';
        return await desk.message(context, 429, 'Too many attempts', wait);
      }
    } catch (error) {
      return await away(context, error);
    }
    context.header('set-cookie', oidc.endedCookie, { append: true });
    const text =
      'There is no member here with an e-mail address that the provider vouches for, or it took too long. Begin again, or ask an owner of the organisation to invite you.';
    return await desk.message(context, 401, 'You are not signed in', text);
  });
}
