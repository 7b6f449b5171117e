import { z } from '@hono/zod-openapi';
import type { Accounts, Passkey } from '../../accounts/index.ts';
import { InvalidError, NotFoundError } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { personOf } from '../requests/caller.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import { idParam } from '../shapes/texts.ts';
import { requireParty } from './party.ts';
import { newPasskeyShape, passkeyNameShape, passkeyQuestionShape, passkeyShape } from './shapes.ts';

const own = { tag: 'Own account', permission: undefined } as const;
const path = '/account/passkeys';

/** The own passkeys. */
export function addPasskeys(
  operations: Operations,
  { accounts, url }: { readonly accounts: Accounts; readonly url: string },
): void {
  operations.add(
    {
      ...own,
      id: 'listPasskeys',
      method: 'get',
      path,
      summary: 'The own passkeys, the oldest first',
      inPerson: 'signed-in',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of passkeys', shape: pageShape(passkeyShape) },
    },
    async ({ caller, query }) => {
      const all = await accounts.passkeys.list(personOf(caller).session.user.id);
      const page = pageOfAll('passkeys', all, query, ({ createdAt, id }) => `${createdAt} ${id}`);
      return { status: 200, body: { ...page, items: page.items.map(presented) } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'getPasskey',
      method: 'get',
      path: `${path}/{id}`,
      summary: 'One of the own passkeys',
      inPerson: 'signed-in',
      params: idParam,
      answer: { status: 200, description: 'The passkey, and its ETag', shape: passkeyShape },
    },
    async ({ caller, params: { id } }) => ({
      status: 200,
      body: presented(await accounts.passkeys.get(personOf(caller).session.user.id, id)),
    }),
  );
  operations.add(
    {
      ...own,
      id: 'beginPasskey',
      method: 'post',
      path: `${path}/options`,
      summary: 'Ask for what a browser makes a passkey from',
      inPerson: 'proof',
      answer: { status: 200, description: 'The question to the browser', shape: passkeyQuestionShape },
    },
    async ({ context, caller }) => {
      const { session } = personOf(caller);
      const options = await accounts.passkeys.creationOptions(session, requireParty(context, url));
      return { status: 200, body: { options: JSON.parse(options) } };
    },
  );
  operations.add(
    {
      ...own,
      id: 'addPasskey',
      method: 'post',
      path,
      summary: 'Keep the passkey that the browser made; it signs in alone from now on',
      inPerson: 'proof',
      body: newPasskeyShape,
      answer: { status: 204, description: 'It is kept' },
    },
    async ({ context, caller, body: { name, answer } }) => {
      const { session, visit } = personOf(caller);
      const asked = { name, answer: JSON.stringify(answer) };
      const outcome = await accounts.passkeys.add(session, asked, requireParty(context, url), visit);
      if (outcome === 'too-many')
        throw new InvalidError('answer', 'you have as many passkeys as one may have: remove one first');
      if (outcome === 'refused')
        throw new InvalidError(
          'answer',
          'this passkey cannot be taken: it is known already, was not unlocked, or took too long',
        );
      return { status: 204 };
    },
  );
  operations.add(
    {
      ...own,
      id: 'renamePasskey',
      method: 'patch',
      path: `${path}/{id}`,
      summary: 'Give a passkey another name',
      inPerson: 'signed-in',
      params: idParam,
      body: passkeyNameShape,
      changesThing: true,
      answer: { status: 204, description: 'It has the name' },
    },
    async ({ context, caller, params: { id }, body: { name } }) => {
      const { session, visit } = personOf(caller);
      await accounts.passkeys.rename(session, id, name, visit, (passkey) =>
        requireUnchanged(context, presented(passkey)),
      );
      return { status: 204 };
    },
  );
  operations.add(
    {
      ...own,
      id: 'removePasskey',
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Remove a passkey: it signs nobody in any more',
      inPerson: 'proof',
      params: idParam,
      answer: { status: 204, description: 'It is removed' },
    },
    async ({ caller, params: { id } }) => {
      const { session, visit } = personOf(caller);
      if (!(await accounts.passkeys.remove(session, id, visit))) throw new NotFoundError('such passkey');
      return { status: 204 };
    },
  );
}

const presented = ({ lastUsedAt, ...passkey }: Passkey) => ({ ...passkey, ...given({ lastUsedAt }) });
