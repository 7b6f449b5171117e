import type { Hono } from 'hono';
import { askedPage, forgottenPage } from '../page/forgotten-page.ts';
import { refusalWords } from '../sign-in/refusal-words.ts';
import { type Desk, formOf, visitOf } from './desk.ts';

/** `/forgotten`: who forgot the password asks for a link by mail. Without mail there is no such page. */
export function addForgottenRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { resets } = desk.rooms;
  app.get('/forgotten', async (context) => {
    if (!resets.byMail) return await desk.nothing(context);
    return await desk.show(context, forgottenPage({ stylesheet }));
  });
  app.post('/forgotten', async (context) => {
    if (!resets.byMail) return await desk.nothing(context);
    const email = (await formOf(context)).text('email');
    if (await resets.ask(email, visitOf(context))) return await desk.show(context, askedPage({ stylesheet }));
    context.header('retry-after', '3600');
    const objection = refusalWords('limited', 'password');
    return await desk.show(context, forgottenPage({ stylesheet, email, objection }), 429);
  });
}
