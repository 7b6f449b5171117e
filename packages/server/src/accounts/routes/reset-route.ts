import type { Hono } from 'hono';
import { resetPage } from '../page/reset-page.ts';
import { type Desk, formOf, visitOf } from './desk.ts';

/** `/reset/TOKEN`: a new password for who forgot the old one. */
export function addResetRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { resets } = desk.rooms;
  app.get('/reset/:token', async (context) => {
    const user = await resets.user(context.req.param('token'));
    if (user === undefined) return await desk.nothing(context);
    return await desk.show(context, resetPage({ stylesheet, user }));
  });
  app.post('/reset/:token', async (context) => {
    const token = context.req.param('token');
    const user = await resets.user(token);
    if (user === undefined) return await desk.nothing(context);
    const password = (await formOf(context)).text('password');
    const outcome = await resets.use(token, password, visitOf(context));
    if (outcome.kind === 'used') return await desk.nothing(context);
    if (outcome.kind === 'done') return desk.goOn(context, '/sign-in');
    const { objection } = outcome;
    return await desk.show(context, resetPage({ stylesheet, user, objection }), 422);
  });
}
