import type { Context, Hono } from 'hono';
import { InvalidError } from '../../platform/index.ts';
import { keysPage, newKeyPage, type RefusedKey } from '../page/keys-page.ts';
import { type Desk, formOf, type Guest, visitOf } from './desk.ts';
import { sentence } from './sentence.ts';

/** `/keys`: the own API keys of who is signed in. */
export function addKeysRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { keys, keyUses } = desk.rooms;

  const show = async (context: Context, guest: Guest, refused?: RefusedKey) => {
    const { session, navigation } = guest;
    const page = keysPage({
      stylesheet,
      navigation,
      keys: await keys.list(session),
      scopes: await keys.offered(session, await keyUses()),
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
        const { secret } = await keys.make(session, given, await keyUses(), visitOf(context));
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
