import type { Hono } from 'hono';
import { setUpPage } from '../page/set-up-page.ts';
import { type Desk, formOf, visitOf } from './desk.ts';

/** `/setup/TOKEN`: the first owner. */
export function addSetUpRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { accounts } = desk.rooms;
  app.get('/setup/:token', async (context) => {
    if (!(await accounts.setUpLink.isValid(context.req.param('token')))) return await desk.nothing(context);
    return await desk.show(context, setUpPage({ stylesheet }));
  });
  app.post('/setup/:token', async (context) => {
    const token = context.req.param('token');
    if (!(await accounts.setUpLink.isValid(token))) return await desk.nothing(context);
    const form = await formOf(context);
    const given = {
      name: form.text('name'),
      email: form.text('email'),
      organisation: form.text('organisation'),
      password: form.text('password'),
    };
    const outcome = await accounts.setUp(token, given, visitOf(context));
    if (outcome.kind === 'used') return await desk.nothing(context);
    if (outcome.kind === 'done') return desk.goOn(context, desk.home, outcome.cookies);
    const { field, objection } = outcome;
    return await desk.show(context, setUpPage({ stylesheet, given, field, objection }), 422);
  });
}
