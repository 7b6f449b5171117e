import type { Context, Hono } from 'hono';
import { accountPage } from '../page/account-page.ts';
import type { Session } from '../sessions/session.ts';
import { type Desk, formOf, visitOf } from './desk.ts';
import { retryAfter, tooMany } from './sign-in-route.ts';

/** `/account`: sessions and password of who is signed in. */
export function addAccountRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { accounts } = desk.rooms;
  /** What the page shows besides. */
  const seen = async (context: Context, session: Session) => ({
    session,
    passkeys: await accounts.passkeys.list(session.user.id),
    mayHavePasskeys: desk.party(context) !== undefined,
    sessions: await accounts.sessions(session),
    secondFactor: await accounts.secondFactor.state(session.user.id),
  });
  app.get(
    '/account',
    desk.signedIn(async (context, { session, navigation }) => {
      return await desk.show(
        context,
        accountPage({ stylesheet, navigation, ...(await seen(context, session)) }),
      );
    }),
  );
  app.post(
    '/account/password',
    desk.signedIn(async (context, { session, navigation }) => {
      const form = await formOf(context);
      const given = { current: form.text('current'), fresh: form.text('fresh') };
      const outcome = await accounts.changePassword(session, given, visitOf(context));
      if (outcome.kind === 'done') return desk.goOn(context, '/account', outcome.cookies);
      const limited = outcome.kind === 'limited';
      if (limited) context.header('retry-after', retryAfter);
      const refusal = limited ? tooMany : 'This is not the present password.';
      const page = accountPage({
        stylesheet,
        navigation,
        ...(await seen(context, session)),
        objection: outcome.kind === 'objection' ? outcome.objection : refusal,
        field: outcome.kind === 'objection' ? 'fresh' : 'current',
      });
      return await desk.show(context, page, limited ? 429 : 422);
    }),
  );
  app.post(
    '/account/sessions/end-others',
    desk.signedIn(async (context, { session }) => {
      await accounts.end(session, 'others', visitOf(context));
      return desk.goOn(context, '/account');
    }),
  );
  app.post(
    '/account/sessions/:id/end',
    desk.signedIn(async (context, { session }) => {
      await accounts.end(session, { id: context.req.param('id') ?? '' }, visitOf(context));
      return desk.goOn(context, '/account');
    }),
  );
}
