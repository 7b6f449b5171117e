import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Invitation, MadeInvitation, Member } from '../../accounts/index.ts';
import { readHoldings } from '../../credentials/index.ts';
import { instant, NotFoundError, ownAddress, type Reader } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import type { Caller } from '../requests/caller.ts';
import { pageOfAll, pageQuery, pageShape } from '../requests/page.ts';
import { requireUnchanged } from '../requests/precondition.ts';
import { given } from '../shapes/given.ts';
import {
  invitationShape,
  madeInvitationShape,
  memberShape,
  newInvitationShape,
  removalShape,
  renewalShape,
  roleChangeShape,
} from '../shapes/member.ts';
import { idParam } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Members';
const inPerson = 'Needs a fresh proof of who asks, which no key can give.';

/** Who belongs to the organisation, and who was invited to. */
export function addMembers(operations: Operations, rooms: ApiRooms & { readonly url: string }): void {
  const { members, invitations, catalog, clock, database, url } = rooms;
  const idsOf = async (services: readonly string[]): Promise<string[]> =>
    (await Promise.all(services.map((service) => catalog.service(service)))).map(({ id }) => id);
  /** The answer to who invites. */
  const presentMade = (context: Context, { token, invitation }: MadeInvitation) => {
    const link = token === undefined ? undefined : `${ownAddress(context, url)}/invitation/${token}`;
    return { ...presentInvitation(invitation), ...given({ link }) };
  };
  const removalOf = async (caller: Caller, id: string, reader: Reader = database.read) => ({
    ...(await members.removal(caller, id, reader)),
    vault: await readHoldings(reader, id, instant(clock.now())),
  });

  operations.add(
    {
      id: 'listMembers',
      method: 'get',
      path: '/members',
      tag,
      summary: 'The members of the organisation, by name',
      permission: 'members.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of members', shape: pageShape(memberShape) },
    },
    async ({ caller, query }) => {
      const page = pageOfAll('members', await members.list(caller), query, ({ name, id }) => `${name} ${id}`);
      return { status: 200, body: { ...page, items: page.items.map(presentMember) } };
    },
  );
  operations.add(
    {
      id: 'getMember',
      method: 'get',
      path: '/members/{id}',
      tag,
      summary: 'One member',
      permission: 'members.read',
      params: idParam,
      answer: { status: 200, description: 'The member, and its ETag', shape: memberShape },
    },
    async ({ caller, params: { id } }) => ({
      status: 200,
      body: presentMember(await members.one(caller, id)),
    }),
  );
  operations.add(
    {
      id: 'changeMember',
      method: 'patch',
      path: '/members/{id}',
      tag,
      summary: 'Give a member another role, or an outside administrator other services and another end',
      description: `${inPerson} The last owner stays one.`,
      permission: 'members.change',
      params: idParam,
      body: roleChangeShape,
      changesThing: true,
      answer: { status: 204, description: 'The member has the role' },
    },
    async ({ context, caller, params: { id }, body: { role, until = '', services = [] } }) => {
      const assignment = { role, until, services: await idsOf(services) };
      await members.change(caller, id, assignment, caller.origin, async (transaction) =>
        requireUnchanged(context, presentMember(await members.one(caller, id, transaction))),
      );
      return { status: 204 };
    },
  );
  operations.add(
    {
      id: 'endAssignment',
      method: 'post',
      path: '/members/{id}/end-assignment',
      tag,
      summary: 'Let an outside administrator in no more, from now on',
      description: `${inPerson} The account stays, and a change of the member lets it in again.`,
      permission: 'members.change',
      params: idParam,
      answer: { status: 204, description: 'The assignment is over' },
    },
    async ({ caller, params: { id } }) => {
      await members.endAssignment(caller, id, caller.origin);
      return { status: 204 };
    },
  );
  operations.add(
    {
      id: 'getMemberRemoval',
      method: 'get',
      path: '/members/{id}/removal',
      tag,
      summary: 'What removing a member would end, and what would stay',
      permission: 'members.read',
      params: idParam,
      answer: { status: 200, description: 'The plan, whose ETag removing asks for', shape: removalShape },
    },
    async ({ caller, params: { id } }) => ({ status: 200, body: await removalOf(caller, id) }),
  );
  operations.add(
    {
      id: 'removeMember',
      method: 'delete',
      path: '/members/{id}',
      tag,
      summary: 'Remove a member, with the account, its sessions and its keys',
      description: `${inPerson} The ETag is that of the plan, /members/{id}/removal. What the member did stays in the audit log. The last owner stays.`,
      permission: 'members.change',
      params: idParam,
      changesThing: true,
      answer: { status: 204, description: 'The member is no more' },
    },
    async ({ context, caller, params: { id } }) => {
      await members.remove(caller, id, caller.origin, async (transaction) =>
        requireUnchanged(context, await removalOf(caller, id, transaction)),
      );
      return { status: 204 };
    },
  );
  operations.add(
    {
      id: 'inviteMember',
      method: 'post',
      path: '/invitations',
      tag,
      summary: 'Invite somebody: a link that makes its bearer a member, once, within a week',
      description: `${inPerson} The link is mailed where mail is configured, else it is in the answer. An invitation to the same address before is void then, so that asking twice leaves one; an idempotency key would keep the link, and is not taken.`,
      permission: 'members.change',
      body: newInvitationShape,
      answer: { status: 201, description: 'The invitation', shape: madeInvitationShape },
    },
    async ({ context, caller, body: { email, role, until = '', services = [], showLink } }) => {
      const asked = { email, role, until, showLink, services: await idsOf(services) };
      const made = await invitations.make(caller, asked, caller.origin);
      return { status: 201, body: presentMade(context, made) };
    },
  );
  operations.add(
    {
      id: 'listInvitations',
      method: 'get',
      path: '/invitations',
      tag,
      summary: 'Invitations that are open, by address',
      permission: 'members.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of invitations', shape: pageShape(invitationShape) },
    },
    async ({ caller, query }) => {
      const open = await invitations.list(caller);
      const page = pageOfAll('invitations', open, query, ({ email, id }) => `${email} ${id}`);
      return { status: 200, body: { ...page, items: page.items.map(presentInvitation) } };
    },
  );
  operations.add(
    {
      id: 'renewInvitation',
      method: 'post',
      path: '/invitations/{id}/renew',
      tag,
      summary: 'Send an invitation again: a new link, good for a week; the one before is good no more',
      description: `${inPerson} As inviting, it takes no idempotency key.`,
      permission: 'members.change',
      params: idParam,
      body: renewalShape,
      answer: { status: 201, description: 'The invitation that takes its place', shape: madeInvitationShape },
    },
    async ({ context, caller, params: { id }, body: { showLink = false } }) => {
      const made = await invitations.renew(caller, id, showLink, caller.origin);
      return { status: 201, body: presentMade(context, made) };
    },
  );
  operations.add(
    {
      id: 'withdrawInvitation',
      method: 'delete',
      path: '/invitations/{id}',
      tag,
      summary: 'Withdraw an invitation: its link is good no more',
      permission: 'invitations.withdraw',
      params: idParam,
      answer: { status: 204, description: 'It is withdrawn' },
    },
    async ({ caller, params: { id } }) => {
      if (!(await invitations.withdraw(caller, id, caller.origin)))
        throw new NotFoundError(`invitation "${id}"`);
      return { status: 204 };
    },
  );
}

const presentMember = ({ services, ...member }: Member) => ({ ...member, serviceIds: services });

const presentInvitation = ({ services, mail, ...invitation }: Invitation) => ({
  ...invitation,
  serviceIds: services,
  ...given({
    mail: mail === undefined ? undefined : { state: mail.state, ...given({ failure: mail.failure }) },
  }),
});
