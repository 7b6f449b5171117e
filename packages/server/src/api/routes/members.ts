import { z } from '@hono/zod-openapi';
import type { Invitation } from '../../accounts/index.ts';
import { NotFoundError, ownAddress } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../page.ts';
import { given } from '../shapes/given.ts';
import {
  invitationShape,
  madeInvitationShape,
  memberShape,
  newInvitationShape,
  roleChangeShape,
} from '../shapes/member.ts';
import { idParam } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Members';
const inPerson = 'Needs a fresh proof of who asks, which no key can give.';

/** Who belongs to the organisation, and who was invited to. */
export function addMembers(operations: Operations, rooms: ApiRooms & { readonly url: string }): void {
  const { members, invitations, catalog, url } = rooms;

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
      const items = page.items.map(({ services, ...member }) => ({ ...member, serviceIds: services }));
      return { status: 200, body: { ...page, items } };
    },
  );
  operations.add(
    {
      id: 'changeMember',
      method: 'patch',
      path: '/members/{id}',
      tag,
      summary: 'Give a member another role, without an end',
      description: `${inPerson} The last owner stays one.`,
      permission: 'members.change',
      params: idParam,
      body: roleChangeShape,
      answer: { status: 204, description: 'The member has the role' },
    },
    async ({ caller, params: { id }, body: { role } }) => {
      await members.changeRole(caller, id, role, caller.origin);
      return { status: 204 };
    },
  );
  operations.add(
    {
      id: 'removeMember',
      method: 'delete',
      path: '/members/{id}',
      tag,
      summary: 'Remove a member, with the account, its sessions and its keys',
      description: `${inPerson} What the member did stays in the audit log. The last owner stays.`,
      permission: 'members.change',
      params: idParam,
      answer: { status: 204, description: 'The member is no more' },
    },
    async ({ caller, params: { id } }) => {
      await members.remove(caller, id, caller.origin);
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
      const assigned = await Promise.all(services.map((service) => catalog.service(service)));
      const asked = { email, role, until, showLink, services: assigned.map(({ id }) => id) };
      const { token, invitation } = await invitations.make(caller, asked, caller.origin);
      const link = token === undefined ? undefined : `${ownAddress(context, url)}/invitation/${token}`;
      return { status: 201, body: { ...presentInvitation(invitation), ...given({ link }) } };
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

const presentInvitation = ({ services, mail, ...invitation }: Invitation) => ({
  ...invitation,
  serviceIds: services,
  ...given({
    mail: mail === undefined ? undefined : { state: mail.state, ...given({ failure: mail.failure }) },
  }),
});
