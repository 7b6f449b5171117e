import { z } from '@hono/zod-openapi';
import type { ApiKeys } from '../../accounts/index.ts';
import type { Operations } from '../operations.ts';
import { personOf } from '../requests/caller.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { given } from '../shapes/given.ts';
import { idParam } from '../shapes/texts.ts';
import { apiKeyShape, keyOfferShape, madeApiKeyShape, newApiKeyShape } from './shapes.ts';

const own = { tag: 'Own account', permission: undefined } as const;
const path = '/account/api-keys';

/** The own API keys. No key reaches them: whoever found one could make another that outlives it. */
export function addApiKeys(operations: Operations, { keys }: { readonly keys: ApiKeys }): void {
  operations.add(
    {
      ...own,
      id: 'listApiKeys',
      method: 'get',
      path,
      summary: 'The own keys that work, the newest first',
      inPerson: 'signed-in',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of keys', shape: pageShape(apiKeyShape) },
    },
    async ({ caller, query }) => {
      const all = await keys.list(personOf(caller).session);
      // They come as they are to be shown: the place of each is its key.
      const places = new Map(all.map(({ id }, index) => [id, String(index).padStart(6, '0')]));
      const page = pageOfAll('api-keys', all, query, ({ id }) => places.get(id) ?? '');
      const items = page.items.map(({ lastUsedAt, ...one }) => ({ ...one, ...given({ lastUsedAt }) }));
      return { status: 200, body: { ...page, items } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'getApiKeyOffer',
      method: 'get',
      path: '/account/api-key-offer',
      summary: 'What a key of the own account may be for, and until when',
      inPerson: 'signed-in',
      answer: { status: 200, description: 'Scopes and the furthest day', shape: keyOfferShape },
    },
    async ({ caller }) => {
      const scopes = await keys.offered(personOf(caller).session, operations.permissions);
      return { status: 200, body: { scopes, latestDay: keys.latestDay() } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'makeApiKey',
      method: 'post',
      path,
      summary: 'Make a key, by which a program acts for you within its scopes until a day',
      description: 'An idempotency key would keep the key, and is not taken.',
      inPerson: 'proof',
      body: newApiKeyShape,
      answer: { status: 201, description: 'The key', shape: madeApiKeyShape },
    },
    async ({ caller, body }) => {
      const { session, visit } = personOf(caller);
      return { status: 201, body: await keys.make(session, body, operations.permissions, visit) };
    },
  );
  operations.add(
    {
      ...own,
      id: 'endApiKey',
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'End a key: it opens nothing any more',
      inPerson: 'signed-in',
      params: idParam,
      answer: { status: 204, description: 'It is over' },
    },
    async ({ caller, params: { id } }) => {
      const { session, visit } = personOf(caller);
      await keys.end(session, id, visit);
      return { status: 204 };
    },
  );
}
