import type { Context, Hono } from 'hono';
import { enrolmentPage } from '../page/enrolment-page.ts';
import { recoveryCodesPage } from '../page/recovery-codes-page.ts';
import { secondFactorPage } from '../page/second-factor-page.ts';
import { codeKind, refusalWords } from '../sign-in/refusal-words.ts';
import { type Desk, formOf, type Guest, visitOf } from './desk.ts';
import { retryAfter, tooMany } from './sign-in-route.ts';

const home = '/account/second-factor';

/** `/account/second-factor`: setting up an app, recovery codes, turning it off. */
export function addSecondFactorRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { accounts } = desk.rooms;
  const { secondFactor, proofs } = accounts;

  const show = async (
    context: Context,
    { session, navigation }: Guest,
    not: { objection?: string; field?: 'code' | 'current'; limited?: boolean } = {},
  ) => {
    const state = await secondFactor.state(session.user.id);
    if (state === undefined) return desk.goOn(context, '/account');
    const { limited = false, ...objected } = not;
    if (limited) context.header('retry-after', retryAfter);
    const needsCode = !proofs.isFresh(session);
    const { email } = session.user;
    const page = secondFactorPage({ stylesheet, navigation, email, state, needsCode, ...objected });
    return await desk.show(context, page, limited ? 429 : not.objection === undefined ? 200 : 422);
  };

  app.get(home, desk.signedIn(show));
  app.post(
    `${home}/begin`,
    desk.proved(async (context, { session }) => {
      await secondFactor.begin(session);
      return desk.goOn(context, `${home}/new`);
    }),
  );
  app.get(
    `${home}/new`,
    desk.signedIn(async (context, { session, navigation }) => {
      // It shows a secret, and is no page for whoever sits down at a forgotten browser.
      const enrolment = proofs.isFresh(session) ? await secondFactor.enrolment(session) : undefined;
      if (enrolment === undefined) return desk.goOn(context, '/account');
      return await desk.show(context, await enrolmentPage({ stylesheet, navigation, enrolment }));
    }),
  );
  app.post(
    `${home}/new`,
    desk.proved(async (context, { session, navigation }) => {
      const typed = (await formOf(context)).text('code');
      const outcome = await secondFactor.confirm(session, typed, visitOf(context));
      if (outcome.kind === 'done') {
        const { codes } = outcome;
        return await desk.show(context, recoveryCodesPage({ stylesheet, navigation, codes }));
      }
      const enrolment = await secondFactor.enrolment(session);
      if (enrolment === undefined) return desk.goOn(context, '/account');
      const objection = refusalWords('wrong', 'code');
      const page = await enrolmentPage({ stylesheet, navigation, enrolment, objection });
      return await desk.show(context, page, 422);
    }),
  );
  app.post(
    `${home}/codes`,
    desk.proved(async (context, { session, navigation }) => {
      const codes = await secondFactor.renewCodes(session, visitOf(context));
      if (codes === undefined) return desk.goOn(context, '/account');
      return await desk.show(context, recoveryCodesPage({ stylesheet, navigation, codes }));
    }),
  );
  app.post(
    `${home}/end`,
    desk.signedIn(async (context, guest) => {
      const form = await formOf(context);
      const visit = visitOf(context);
      let { session } = guest;
      if (!proofs.isFresh(session)) {
        const typed = form.text('code');
        const proved = await proofs.give(session, typed, visit);
        if (proved !== 'right') {
          const objection = refusalWords(proved, codeKind(typed));
          return await show(context, guest, { objection, field: 'code', limited: proved === 'limited' });
        }
        session = await proofs.seenAgain(session);
      }
      const outcome = await accounts.endSecondFactor(session, form.text('current'), visit);
      if (outcome.kind === 'done') return desk.goOn(context, '/account');
      const limited = outcome.kind === 'limited';
      const refusal = limited ? tooMany : 'This is not the present password.';
      const objection =
        outcome.kind === 'objection'
          ? `${outcome.objection} Change the password first: it is to be enough alone.`
          : refusal;
      return await show(context, { ...guest, session }, { objection, field: 'current', limited });
    }),
  );
}
