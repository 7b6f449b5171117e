import type { Context, Hono } from 'hono';
import { InvalidError, ownAddress } from '../../platform/index.ts';
import { invitedPage } from '../page/invited-page.ts';
import { membersPage, type RefusedInvitation } from '../page/members-page.ts';
import { originOf } from '../session.ts';
import { type Desk, formOf, type Guest, visitOf } from './desk.ts';
import { sentence } from './sentence.ts';

/** `/members`: who belongs to the organisation, with which role; inviting, changing, removing. */
export function addMembersRoute(app: Hono, desk: Desk, url: string): void {
  const { stylesheet } = desk;
  const { access, members, invitations, resets, services } = desk.rooms;

  const show = async (
    context: Context,
    { session, navigation }: Guest,
    not: { readonly objection?: string; readonly refused?: RefusedInvitation } = {},
  ) => {
    const page = membersPage({
      members: await members.list(session),
      invitations: await invitations.list(session),
      stylesheet,
      navigation,
      ...not,
      self: session.user.id,
      mayChange: await access.may(session.user, 'members.change'),
      services: await services(),
      byMail: resets.byMail,
    });
    return await desk.show(context, page, Object.keys(not).length === 0 ? 200 : 422);
  };
  /** Does it, and shows the members again, with an objection if there is one. */
  const change = (work: (context: Context, guest: Guest) => Promise<void>) =>
    desk.permitted('members.change', async (context, guest) => {
      try {
        await work(context, guest);
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error;
        return await show(context, guest, { objection: sentence(error) });
      }
      return desk.goOn(context, '/members');
    });

  app.get(
    '/members',
    desk.permitted('members.read', (context, guest) => show(context, guest)),
  );
  app.post(
    '/members/invite',
    desk.permitted('members.change', async (context, guest) => {
      const form = await formOf(context);
      const given = {
        email: form.text('email'),
        role: form.text('role'),
        until: form.text('until'),
        services: form.all('service'),
        showLink: form.text('show-link') !== '',
      };
      try {
        const origin = originOf(visitOf(context), guest.session);
        const { token } = await invitations.make(guest.session, given, origin);
        if (token === undefined) return desk.goOn(context, '/members');
        const link = `${ownAddress(context, url)}/invitation/${token}`;
        const { navigation } = guest;
        return await desk.show(context, invitedPage({ stylesheet, navigation, link, email: given.email }));
      } catch (error) {
        if (!(error instanceof InvalidError)) throw error;
        const refused = { given, field: error.field, objection: sentence(error) };
        return await show(context, guest, { refused });
      }
    }),
  );
  app.post(
    '/members/:id/role',
    change(async (context, { session }) => {
      const role = (await formOf(context)).text('role');
      await members.changeRole(
        session,
        context.req.param('id') ?? '',
        role,
        originOf(visitOf(context), session),
      );
    }),
  );
  app.post(
    '/members/:id/remove',
    change((context, { session }) =>
      members.remove(session, context.req.param('id') ?? '', originOf(visitOf(context), session)),
    ),
  );
  app.post(
    '/invitations/:id/withdraw',
    desk.permitted('invitations.withdraw', async (context, { session }) => {
      const origin = originOf(visitOf(context), session);
      await invitations.withdraw(session, context.req.param('id') ?? '', origin);
      return desk.goOn(context, '/members');
    }),
  );
}
