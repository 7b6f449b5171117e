import type { Context, Hono } from 'hono';
import { conditional } from '../../platform/index.ts';
import { newPasskeyPage } from '../page/new-passkey-page.ts';
import { type PasskeyScript, passkeyField } from '../page/passkey-form.ts';
import { appTarget } from './app-route.ts';
import { type Desk, formOf, type Guest, visitOf } from './desk.ts';

const home = '/account/passkeys';

/** `/account/passkeys`: making one and removing it; and signing in with one. */
export function addPasskeysRoute(app: Hono, desk: Desk, script: PasskeyScript): void {
  const { stylesheet } = desk;
  const { accounts } = desk.rooms;
  const { passkeys, proofs } = accounts;

  app.get(script.path, (context) =>
    conditional(context, {
      body: script.body,
      type: 'text/javascript; charset=utf-8',
      cacheControl: 'no-store',
    }),
  );

  const show = async (context: Context, { session, navigation }: Guest, objection?: string) => {
    const party = desk.party(context);
    // For who has shown a moment ago who he is: what is added here signs in.
    if (party === undefined || !proofs.isFresh(session)) return desk.goOn(context, '/account');
    const part = { script: script.path, options: await passkeys.creationOptions(session, party) };
    desk.allowScript(context);
    const page = newPasskeyPage({ stylesheet, navigation, part, objection });
    return await desk.show(context, page, objection === undefined ? 200 : 422);
  };
  app.post(
    `${home}/begin`,
    desk.proved(async (context) => desk.goOn(context, `${home}/new`)),
  );
  app.get(
    `${home}/new`,
    desk.signedIn((context, guest) => show(context, guest)),
  );
  app.post(
    home,
    desk.proved(async (context, guest) => {
      const party = desk.party(context);
      if (party === undefined) return desk.goOn(context, '/account');
      const form = await formOf(context);
      const given = { name: form.text('name'), answer: form.text(passkeyField) };
      const outcome = await passkeys.add(guest.session, given, party, visitOf(context));
      if (outcome === 'added') return desk.goOn(context, '/account');
      const objection =
        outcome === 'too-many'
          ? 'You have as many passkeys as one may have. Remove one first.'
          : 'This passkey cannot be taken: it is known already, was not unlocked, or took too long.';
      return await show(context, guest, objection);
    }),
  );
  app.post(
    `${home}/:id/remove`,
    desk.proved(async (context, { session }) => {
      await passkeys.remove(session, context.req.param('id') ?? '', visitOf(context));
      return desk.goOn(context, '/account');
    }),
  );
  app.post('/sign-in/passkey', async (context) => {
    const form = await formOf(context);
    const party = desk.party(context);
    const outcome =
      party === undefined
        ? { kind: 'refused' as const }
        : await accounts.signInWithPasskey(form.text(passkeyField), party, visitOf(context));
    const to = appTarget(form.text('to'));
    if (outcome.kind === 'signed-in') return desk.goOn(context, to ?? desk.home, outcome.cookies);
    const limited = outcome.kind === 'limited';
    if (limited) context.header('retry-after', '900');
    const heading = limited ? 'Too many attempts' : 'This passkey does not sign in';
    const text = limited
      ? 'Wait a quarter of an hour, then try again.'
      : 'It is not known here any more, was not unlocked, or took too long. Go back and try again, or sign in with your password.';
    return await desk.message(context, limited ? 429 : 401, heading, text);
  });
}
