import type { Context, Hono } from 'hono';
import { needsProof } from '../../access/index.ts';
import { InvalidError } from '../../platform/index.ts';
import { keysPage, newKeyPage, type RefusedKey } from '../page/keys-page.ts';
import { type Desk, formOf, type Guest, visitOf } from './desk.ts';
import { sentence } from './sentence.ts';

/** `/keys`: the own API keys of who is signed in. */
export function addKeysRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { access, keys, keyUses } = desk.rooms;
  const offered = async ({ session }: Guest) => {
    const uses = await keyUses();
    const having = await access.having(session.user);
    return having.filter((permission) => uses.includes(permission) && !needsProof(permission));
  };

  const show = async (context: Context, guest: Guest, refused?: RefusedKey) => {
    const { session, navigation } = guest;
    const page = keysPage({
      stylesheet,
      navigation,
      keys: await keys.list(session),
      scopes: await offered(guest),
      latest: keys.latestDay(),
      refused,
    });
    return await desk.show(context, page, refused === undefined ? 200 : 422);
  };

  app.get(
    '/keys',
    desk.signedIn((context, guest) => show(context, guest)),
  );
  app.post(
    '/keys',
    desk.proved(async (context, guest) => {
      const { session, navigation } = guest;
      const form = await formOf(context);
      const given = { name: form.text('name'), scopes: form.all('scope'), until: form.text('until') };
      try {
        const uses: readonly string[] = await keyUses();
        if (!given.scopes.every((scope) => uses.includes(scope)))
          throw new InvalidError('scopes', 'choose only permissions that the API asks for');
        const { secret } = await keys.make(session, given, visitOf(context));
        const { name } = given;
        return await desk.show(context, newKeyPage({ stylesheet, navigation, name, secret }));
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error;
        return await show(context, guest, { given, field: error.field, objection: sentence(error) });
      }
    }),
  );
  app.post(
    '/keys/:id/end',
    desk.signedIn(async (context, { session }) => {
      await keys.end(session, context.req.param('id') ?? '', visitOf(context));
      return desk.goOn(context, '/keys');
    }),
  );
}
