import { z } from '@hono/zod-openapi';
import { NotFoundError } from '../../platform/index.ts';
import type { Operations } from '../operations.ts';
import { pageOfAll, pageQuery, pageShape } from '../page.ts';
import { invitationShape, memberShape } from '../shapes/member.ts';
import { idParam } from '../shapes/texts.ts';
import type { ApiRooms } from './rooms.ts';

const tag = 'Members';
const inConsole =
  'To invite, to change a role and to remove somebody need a fresh proof of who asks, which no key can give: these are done in the console.';

/** Who belongs to the organisation, and who was invited to. */
export function addMembers(operations: Operations, { members, invitations }: ApiRooms): void {
  operations.add(
    {
      id: 'listMembers',
      method: 'get',
      path: '/members',
      tag,
      summary: 'The members of the organisation, by name',
      description: inConsole,
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
      id: 'listInvitations',
      method: 'get',
      path: '/invitations',
      tag,
      summary: 'Invitations that are open, by address',
      description: inConsole,
      permission: 'members.read',
      query: z.strictObject(pageQuery),
      answer: { status: 200, description: 'A page of invitations', shape: pageShape(invitationShape) },
    },
    async ({ caller, query }) => {
      const open = await invitations.list(caller);
      const page = pageOfAll('invitations', open, query, ({ email, id }) => `${email} ${id}`);
      const items = page.items.map(({ services, ...invitation }) => ({
        ...invitation,
        serviceIds: services,
      }));
      return { status: 200, body: { ...page, items } };
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
