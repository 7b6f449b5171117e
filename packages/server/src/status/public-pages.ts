import { Hono, type MiddlewareHandler } from 'hono';
import {
  type Clock,
  conditional,
  describeFailure,
  favicon,
  type Log,
  NotFoundError,
  ServerError,
  securityHeaders,
} from '../platform/index.ts';
import { incidentPage } from './page/incident-page.ts';
import { messagePage } from './page/message-page.ts';
import { statusPage } from './page/status-page.ts';
import { readStylesheet } from './page/stylesheet.ts';
import type { StatusReport } from './report.ts';
import type { StatusBoard } from './status-board.ts';

/** A page may be this old; a flood of readers costs one rendering in that time. */
const freshMs = 2_000;
const htmlType = 'text/html; charset=utf-8';
const cacheControl = 'public, max-age=5, stale-while-revalidate=30';

const paths = {
  home: '/',
  json: '/status.json',
  incident: '/incidents/:id{[0-9]{1,12}}',
  health: '/healthz',
  icon: favicon.path,
} as const;

/** Nothing here reads a body. RFC 9110, section 15.5.6: what is there but takes no such method says which it takes. */
const readOnly: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') return await next();
  return context.text('this can only be read\n', 405, { allow: 'GET, HEAD' });
};

interface Rendered {
  readonly until: number;
  readonly report: StatusReport;
  readonly json: string;
  readonly page: string;
}

/** What everybody may read: the status page, incidents, the same as JSON, and whether the process lives. */
export async function publicPages(options: {
  board: StatusBoard;
  title: string;
  /** Where people reach them; undefined: the address listened on. */
  url?: string | undefined;
  log: Log;
  clock: Clock;
}): Promise<Hono> {
  const { board, title, log, clock } = options;
  const stylesheet = await readStylesheet();
  const app = new Hono();
  let rendered: Rendered | undefined;
  let rendering: Promise<Rendered> | undefined;

  const render = async (): Promise<Rendered> => {
    const report = await board.report();
    const page = String(await statusPage(report, stylesheet.path));
    rendered = { until: performance.now() + freshMs, report, json: `${JSON.stringify(report)}\n`, page };
    return rendered;
  };
  const current = async (): Promise<Rendered> => {
    if (rendered !== undefined && rendered.until > performance.now()) return rendered;
    rendering ??= render().finally(() => {
      rendering = undefined;
    });
    return await rendering;
  };

  app.use(securityHeaders(options.url));
  const { home, json, incident: incidentPath, health, icon } = paths;
  for (const path of [home, json, incidentPath, health, icon, stylesheet.path]) {
    app.use(path, readOnly);
  }

  app.get(home, async (context) =>
    conditional(context, { body: (await current()).page, type: htmlType, cacheControl }),
  );
  app.get(json, async (context) =>
    conditional(context, {
      body: (await current()).json,
      type: 'application/json; charset=utf-8',
      cacheControl,
    }),
  );
  app.get(incidentPath, async (context) => {
    const incident = await board.incident(Number(context.req.param('id')));
    const page = await incidentPage(incident, { title, stylesheet: stylesheet.path, now: clock.now() });
    return conditional(context, { body: String(page), type: htmlType, cacheControl });
  });
  app.get(health, async (context) => {
    const { watching } = (await current()).report;
    context.header('cache-control', 'no-store');
    return context.json({ alive: true, watching: watching.alive }, watching.alive ? 200 : 503);
  });
  app.get(stylesheet.path, (context) =>
    conditional(context, {
      body: stylesheet.body,
      type: 'text/css; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    }),
  );
  app.get(icon, favicon.answer);

  const notFound = async (): Promise<string> =>
    String(
      await messagePage({
        heading: 'There is nothing here',
        text: 'The address may be old, or mistyped.',
        title,
        stylesheet: stylesheet.path,
      }),
    );
  app.notFound(async (context) => context.html(await notFound(), 404));
  app.onError(async (error, context) => {
    if (error instanceof NotFoundError) return context.html(await notFound(), 404);
    log.error({ error: describeFailure(error), path: context.req.path }, 'a page could not be made');
    const busy = error instanceof ServerError && error.code.startsWith('server.database-');
    const page = await messagePage({
      heading: 'This page cannot be shown right now',
      text: 'The trouble is on our side and has been noted. Please try again in a minute.',
      title,
      stylesheet: stylesheet.path,
    });
    return context.html(String(page), busy ? 503 : 500);
  });
  return app;
}
