import type { Hono } from 'hono';
import { invitationPage } from '../page/invitation-page.ts';
import { type Desk, formOf, visitOf } from './desk.ts';

/** `/invitation/TOKEN`: who was invited says a name and chooses a password. */
export function addInvitationRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { invitations } = desk.rooms;
  app.get('/invitation/:token', async (context) => {
    const invitation = await invitations.find(context.req.param('token'));
    if (invitation === undefined) return await desk.nothing(context);
    return await desk.show(context, invitationPage({ stylesheet, ...invitation }));
  });
  app.post('/invitation/:token', async (context) => {
    const token = context.req.param('token');
    const invitation = await invitations.find(token);
    if (invitation === undefined) return await desk.nothing(context);
    const form = await formOf(context);
    const given = { name: form.text('name'), password: form.text('password') };
    const outcome = await invitations.accept(token, given, visitOf(context));
    if (outcome.kind === 'used') return await desk.nothing(context);
    if (outcome.kind === 'done') return desk.goOn(context, desk.home, outcome.cookies);
    const { field, objection } = outcome;
    const page = invitationPage({ stylesheet, ...invitation, name: given.name, field, objection });
    return await desk.show(context, page, 422);
  });
}
