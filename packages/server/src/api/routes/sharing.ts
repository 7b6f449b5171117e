import { z } from '@hono/zod-openapi';
import type { Places } from '../../access/index.ts';
import { type Grant, type Opening, openingsAnHour } from '../../credentials/index.ts';
import { NotFoundError } from '../../platform/index.ts';
import { reaches } from '../operation.ts';
import type { Operations } from '../operations.ts';
import { cutPage, pageQuery, pageShape, readIdCursor } from '../requests/page.ts';
import { etagOfThing, requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import {
  grantShape,
  newGrantShape,
  newOwnerShape,
  openedShape,
  openingShape,
  vaultEvidenceShape,
} from '../shapes/sharing.ts';
import { idParam, numberParam, word } from '../shapes/texts.ts';
import { entryShape } from '../shapes/vault.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Vault';
const inPerson = 'Needs a fresh proof of who asks, which no key can give.';
const entry = word(200).optional().openapi({ description: 'Of this entry alone' });

/** Who may open what others keep in the vault, and who did. */
export function addSharing(
  operations: Operations,
  { entries, grants, openings, transfers, book, machineUses }: ApiRooms,
): void {
  /** @throws NotFoundError when the caller is not to know of it */
  const reachable = async (id: string, places: Places): Promise<void> => {
    const { serviceId } = await entries.get(id);
    if (!reaches(places, serviceId)) throw new NotFoundError(`entry "${id}" in the vault`);
  };
  const serviceIds = (places: Places) => (places === 'all' ? {} : { serviceIds: [...places] });

  operations.add(
    {
      id: 'listVaultGrants',
      method: 'get',
      path: '/vault/grants',
      tag,
      summary: 'Who may open what others keep, and who might; the newest first',
      permission: 'vault.read',
      query: z.strictObject({
        ...pageQuery,
        entry,
        person: word(200).optional().openapi({ description: 'To this member alone; `me`: to the caller' }),
      }),
      answer: { status: 200, description: 'A page of grants', shape: pageShape(grantShape) },
    },
    async ({ caller, places, query: { limit, cursor, entry, person } }) => {
      const beforeNumber = readIdCursor('vault-grants', cursor);
      const list = await grants.list({
        limit: limit + 1,
        ...(beforeNumber === undefined ? {} : { beforeNumber }),
        ...(entry === undefined ? {} : { entryId: entry }),
        ...(person === undefined ? {} : { personId: person === 'me' ? caller.user.id : person }),
        ...serviceIds(places),
      });
      return { status: 200, body: cutPage('vault-grants', list.map(presentGrant), limit, ({ id }) => id) };
    },
  );
  operations.add(
    {
      id: 'giveVaultGrant',
      method: 'post',
      path: '/vault/entries/{id}/grants',
      tag,
      summary: 'Let a member open an entry: an act of its owner',
      description: `${inPerson} It ends by itself: at its time, after so many openings, and when the member or the entry goes.`,
      permission: 'vault.share',
      params: idParam,
      body: newGrantShape,
      creates: true,
      answer: { status: 201, description: 'The grant', shape: grantShape },
    },
    async ({ caller, places, params: { id }, body, remember }) => {
      await reachable(id, places);
      const reply = (grant: Grant) => ({ status: 201, body: presentGrant(grant) }) as const;
      const grant = await grants.give(caller, id, given(body), caller.origin, (transaction, fresh) =>
        remember(transaction, reply(fresh)),
      );
      return reply(grant);
    },
  );
  operations.add(
    {
      id: 'withdrawVaultGrant',
      method: 'delete',
      path: '/vault/grants/{id}',
      tag,
      summary:
        'Withdraw a grant: by the owner of the entry, the member it was given to, or an owner of the organisation',
      description: 'One that is over stays as it is. It stays in the list, as withdrawn.',
      permission: 'vault.withdraw',
      params: numberParam,
      answer: { status: 204, description: 'Nobody opens the entry by it any more' },
    },
    async ({ caller, places, params: { id } }) => {
      if (
        places !== 'all' &&
        (await grants.list({ limit: 1, number: id, ...serviceIds(places) })).length === 0
      )
        throw new NotFoundError(`grant ${id}`);
      await grants.withdraw(caller, id, caller.origin);
      return { status: 204 };
    },
  );
  operations.add(
    {
      id: 'transferVaultEntry',
      method: 'post',
      path: '/vault/entries/{id}/transfer',
      tag,
      summary:
        'Give an entry another owner: an act of its owner, or of an owner of the organisation when that member has left',
      description: `${inPerson} The secret is sealed anew for the new owner and shown to nobody; grants of the owner before end; whom it concerns is told by mail.`,
      permission: 'vault.share',
      params: idParam,
      body: newOwnerShape,
      changesThing: true,
      answer: { status: 200, description: 'The entry as it is now', shape: entryShape },
    },
    async ({ context, caller, places, params: { id }, body }) => {
      await reachable(id, places);
      const entry = await transfers.transfer(caller, id, given(body), caller.origin, (before) =>
        requireUnchanged(context, before),
      );
      return { status: 200, headers: { etag: etagOfThing(entry) }, body: entry };
    },
  );
  operations.add(
    {
      id: 'openVaultEntry',
      method: 'post',
      path: '/vault/entries/{id}/openings',
      tag,
      summary: 'Open an entry: the one answer that has a secret in it',
      description: `${inPerson} For its owner, and for whom the owner shared it with. It is recorded before it is answered, and the owner sees it. At most ${openingsAnHour} an hour. A node without the vault's key answers with server.vault-key-missing.`,
      permission: 'vault.open',
      params: idParam,
      answer: { status: 200, description: 'The secret', shape: openedShape },
    },
    async ({ caller, places, params: { id } }) => {
      await reachable(id, places);
      const { secret, opening } = await openings.open(caller, id, caller.origin);
      const body = { secret, opening: presentOpening(opening) };
      return { status: 200, headers: { 'cache-control': 'no-store' }, body };
    },
  );
  operations.add(
    {
      id: 'listVaultOpenings',
      method: 'get',
      path: '/vault/openings',
      tag,
      summary: 'Who opened what, the newest first',
      permission: 'vault.read',
      query: z.strictObject({
        ...pageQuery,
        entry,
        owner: word(200)
          .optional()
          .openapi({ description: 'Of the entries of this member; `me`: of the caller' }),
      }),
      answer: { status: 200, description: 'A page of openings', shape: pageShape(openingShape) },
    },
    async ({ caller, places, query: { limit, cursor, entry, owner } }) => {
      const beforeNumber = readIdCursor('vault-openings', cursor);
      const list = await openings.list({
        limit: limit + 1,
        ...(beforeNumber === undefined ? {} : { beforeNumber }),
        ...(entry === undefined ? {} : { entryId: entry }),
        ...(owner === undefined ? {} : { ownerId: owner === 'me' ? caller.user.id : owner }),
        ...serviceIds(places),
      });
      return {
        status: 200,
        body: cutPage('vault-openings', list.map(presentOpening), limit, ({ id }) => id),
      };
    },
  );
  operations.add(
    {
      id: 'getVaultEvidence',
      method: 'get',
      path: '/vault/evidence',
      tag,
      summary: 'The book of openings, read anew from its first entry to its last, and counted',
      description: 'What the promise `opened-by-leave` rests on.',
      permission: 'vault.read',
      answer: { status: 200, description: 'The counts', shape: vaultEvidenceShape },
    },
    async ({ places }) => {
      // It is of everybody's entries, and not of those of some services.
      if (places !== 'all') throw new NotFoundError('evidence for some services alone');
      return { status: 200, body: await presentBook({ book, machineUses }) };
    },
  );
}

const presentBook = async ({ book, machineUses }: Pick<ApiRooms, 'book' | 'machineUses'>) => {
  const [counts, uses] = await Promise.all([book.check(), machineUses.list(usesOfDays)]);
  return { ...counts, machineUses: uses };
};

const usesOfDays = 30;

const presentGrant = ({ number, ...grant }: Grant) => ({ id: number, ...grant });

const presentOpening = ({ number, grant, ...opening }: Opening) => ({
  id: number,
  ...opening,
  ...(grant === undefined ? {} : { grantId: grant }),
});
