import type { Context, Hono } from 'hono';
import { codeKind, refusalWords } from '../page/code-fields.ts';
import { proofFieldNames } from '../page/proof-page.ts';
import { type Desk, formOf, visitOf } from './desk.ts';
import { retryAfter } from './sign-in-route.ts';

/**
 * `/account/proof`: for the console in the browser, whether the session showed a moment ago who it is of and by what it
 * does, and the proof itself. What needs it is refused without it in any case.
 */
export function addProofRoute(app: Hono, desk: Desk): void {
  const path = '/account/proof';
  const { proofs } = desk.rooms.accounts;
  const state = async (context: Context) => {
    context.header('cache-control', 'no-store');
    const session = await desk.rooms.accounts.session(visitOf(context));
    return session && { session, kind: await proofs.kind(session) };
  };
  const signIn = (context: Context) => context.json({ objection: 'Sign in first.' }, 401);

  app.get(path, async (context) => {
    const found = await state(context);
    if (found === undefined) return signIn(context);
    return context.json({ kind: found.kind, fresh: proofs.isFresh(found.session) });
  });
  app.post(path, async (context) => {
    const found = await state(context);
    if (found === undefined) return signIn(context);
    const { session, kind } = found;
    const given = (await formOf(context)).either(proofFieldNames) ?? '';
    const outcome = await proofs.give(session, given, visitOf(context));
    if (outcome === 'right') return context.body(null, 204);
    const objection = refusalWords(outcome, kind === 'code' ? codeKind(given) : kind);
    if (outcome !== 'limited') return context.json({ objection }, 422);
    context.header('retry-after', retryAfter);
    return context.json({ objection }, 429);
  });
}
