import type { Hono } from 'hono';
import { appPath } from '../console-paths.ts';
import type { Desk } from './desk.ts';

/** `/members` is a screen of the console in the browser; old marks lead there. */
export function addMembersRoute(app: Hono, desk: Desk): void {
  app.get('/members', (context) => desk.goOn(context, `${appPath}/members`));
}
