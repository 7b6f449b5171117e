import type { Hono } from 'hono';
import { codeFieldNames, codePage } from '../page/code-page.ts';
import { signInPage } from '../page/sign-in-page.ts';
import { codeKind, refusalWords } from '../sign-in/refusal-words.ts';
import { appTarget } from './app-route.ts';
import { type Desk, formOf, visitOf } from './desk.ts';

export const tooMany = 'Too many attempts. Wait a quarter of an hour, then try again.';
export const retryAfter = '900';

/** Where the code is asked for. */
export const codePath = (to: string | undefined): string =>
  to === undefined ? '/sign-in/code' : `/sign-in/code?${new URLSearchParams({ to })}`;

/** `/sign-in`, its second step `/sign-in/code`, and `/sign-out`. */
export function addSignInRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { accounts, resets } = desk.rooms;
  const resetByMail = resets.byMail;
  const provider = accounts.oidc?.settings.name;
  app.get('/sign-in', async (context) => {
    const to = appTarget(context.req.query('to') ?? '');
    if ((await accounts.session(visitOf(context))) !== undefined) return desk.goOn(context, to ?? desk.home);
    return await desk.show(
      context,
      signInPage({
        ...{ stylesheet, resetByMail, provider, to, isOver: context.req.query('over') !== undefined },
        passkey: await desk.passkeyPart(context),
      }),
    );
  });
  app.post('/sign-in', async (context) => {
    const form = await formOf(context);
    const email = form.text('email');
    const to = appTarget(form.text('to'));
    const outcome = await accounts.signIn({ email, password: form.text('password') }, visitOf(context));
    if (outcome.kind === 'signed-in') return desk.goOn(context, to ?? desk.home, outcome.cookies);
    if (outcome.kind === 'code-needed') return desk.goOn(context, codePath(to), outcome.cookies);
    const limited = outcome.kind === 'limited';
    if (limited) context.header('retry-after', retryAfter);
    const objection = limited ? tooMany : 'E-mail address and password do not belong together.';
    return await desk.show(
      context,
      signInPage({
        ...{ stylesheet, resetByMail, provider, email, to, objection },
        passkey: await desk.passkeyPart(context),
      }),
      limited ? 429 : 401,
    );
  });
  app.get('/sign-in/code', async (context) => {
    if (!(await accounts.owesCode(visitOf(context)))) return desk.goOn(context, '/sign-in');
    const to = appTarget(context.req.query('to') ?? '');
    return await desk.show(context, codePage({ stylesheet, to }));
  });
  app.post('/sign-in/code', async (context) => {
    const form = await formOf(context);
    const typed = form.either(codeFieldNames) ?? '';
    const to = appTarget(form.text('to'));
    const outcome = await accounts.signInWithCode(typed, visitOf(context));
    if (outcome.kind === 'signed-in') return desk.goOn(context, to ?? desk.home, outcome.cookies);
    if (outcome.kind === 'over') return desk.goOn(context, '/sign-in');
    const limited = outcome.kind === 'limited';
    if (limited) context.header('retry-after', '3600');
    const given = codeKind(typed);
    const objection = refusalWords(outcome.kind, given);
    return await desk.show(context, codePage({ stylesheet, to, objection, given }), limited ? 429 : 401);
  });
  app.post(
    '/sign-out',
    desk.signedIn(async (context, { session }) => {
      await accounts.end(session, { id: session.id }, visitOf(context));
      return desk.goOn(context, '/sign-in', [accounts.endedCookie]);
    }),
  );
}
