import { z } from '@hono/zod-openapi';
import type { Places } from '../../access/index.ts';
import type { Entry } from '../../credentials/index.ts';
import { NotFoundError, ServerError } from '../../platform/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import type { Caller } from '../requests/caller.ts';
import { cutPage, pageQuery, pageShape, readCursor } from '../requests/page.ts';
import { etagOfThing, requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { idParam, word } from '../shapes/texts.ts';
import { entryChangesShape, entryShape, newEntryShape } from '../shapes/vault.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Vault';

/** Credentials that members keep. No answer here has a secret in it. */
export function addVault(operations: Operations, { access, entries }: ApiRooms): void {
  const found = async (id: string, places: Places): Promise<Entry> => {
    const entry = await entries.get(id);
    if (!reaches(places, entry.serviceId)) throw new NotFoundError(`entry "${id}" in the vault`);
    return entry;
  };

  operations.add(
    {
      id: 'listVaultEntries',
      method: 'get',
      path: '/vault/entries',
      tag,
      summary: 'What members keep in the vault, by name; never a secret',
      permission: 'vault.read',
      query: z.strictObject({
        ...pageQuery,
        owner: word(200).optional().openapi({ description: 'Of this member alone; `me`: of the caller' }),
        search: word(200).optional().openapi({ description: 'In the name, the login and the customer' }),
      }),
      answer: { status: 200, description: 'A page of entries', shape: pageShape(entryShape) },
    },
    async ({ caller, places, query: { limit, cursor, owner, search } }) => {
      const after = readCursor('vault-entries', cursor);
      const list = await entries.list({
        limit: limit + 1,
        ...(after === undefined ? {} : { after: afterOf(after) }),
        ...(owner === undefined ? {} : { ownerId: owner === 'me' ? caller.user.id : owner }),
        ...(search === undefined ? {} : { search }),
        ...(places === 'all' ? {} : { serviceIds: [...places] }),
      });
      return { status: 200, body: cutPage('vault-entries', list, limit, ({ id, name }) => `${id} ${name}`) };
    },
  );
  operations.add(
    {
      id: 'addVaultEntry',
      method: 'post',
      path: '/vault/entries',
      tag,
      summary: 'Keep a credential in the vault; it belongs to the caller',
      permission: 'vault.keep',
      body: newEntryShape,
      creates: true,
      answer: { status: 201, description: 'The entry, without its secret', shape: entryShape },
    },
    async ({ caller, body, remember, requireStill }) => {
      const entry = await entries.add(
        { ...given(body), ownerId: caller.user.id },
        caller.origin,
        async (transaction, added) => {
          await requireStill(transaction);
          await remember(transaction, created(added));
        },
      );
      return created(entry);
    },
  );
  operations.add(
    {
      id: 'getVaultEntry',
      method: 'get',
      path: '/vault/entries/{id}',
      tag,
      summary: 'One entry, without its secret',
      permission: 'vault.read',
      params: idParam,
      answer: { status: 200, description: 'The entry, and its ETag', shape: entryShape },
    },
    async ({ params, places }) => ({ status: 200, body: await found(params.id, places) }),
  );
  operations.add(
    {
      id: 'changeVaultEntry',
      method: 'patch',
      path: '/vault/entries/{id}',
      tag,
      summary: 'Give an entry a new secret, or describe it anew: an act of its owner',
      permission: 'vault.keep',
      params: idParam,
      body: entryChangesShape,
      changesThing: true,
      answer: { status: 200, description: 'The entry as it is now', shape: entryShape },
    },
    async ({ context, caller, params: { id }, body, requireStill }) => {
      const entry = await entries.change(id, given(body), caller.origin, async (transaction, before) => {
        await requireStill(transaction);
        requireUnchanged(context, before);
        requireOwner(before, caller);
      });
      return { status: 200, headers: { etag: etagOfThing(entry) }, body: entry };
    },
  );
  operations.add(
    {
      id: 'removeVaultEntry',
      method: 'delete',
      path: '/vault/entries/{id}',
      tag,
      summary: 'Remove an entry and its secret: an act of its owner, or of an owner of the organisation',
      description: `${inPerson} What was recorded of it stays.`,
      permission: 'vault.remove',
      params: idParam,
      changesThing: true,
      answer: { status: 204, description: 'It is removed' },
    },
    async ({ context, caller, params: { id } }) => {
      await entries.remove(id, caller.origin, async (transaction, before) => {
        await access.require(caller, 'vault.remove', { reader: transaction });
        requireUnchanged(context, before);
        if (await access.may(caller.user, 'vault.change', { reader: transaction })) return;
        requireOwner(before, caller);
      });
      return { status: 204 };
    },
  );
}

const inPerson = 'Needs a fresh proof of who asks, which no key can give.';

function requireOwner({ owner }: Entry, { user }: Caller): void {
  if (owner.id === user.id) return;
  throw new ServerError('server.forbidden', 'only its owner may do this', {
    advice: 'Ask its owner.',
  });
}

const created = (entry: Entry) =>
  ({
    status: 201,
    headers: { etag: etagOfThing(entry), location: `/api/v1/vault/entries/${entry.id}` },
    body: entry,
  }) as const;

function afterOf(cursor: string): { id: string; name: string } {
  const at = cursor.indexOf(' ');
  return { id: cursor.slice(0, at), name: cursor.slice(at + 1) };
}
