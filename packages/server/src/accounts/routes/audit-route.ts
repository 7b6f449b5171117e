import type { Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { type AuditFilter, csvHead, csvLine, readAuditFilter } from '../../audit/index.ts';
import { InvalidError } from '../../platform/index.ts';
import { auditPage } from '../page/audit-page.ts';
import type { Desk } from './desk.ts';

const perPage = 50;

/** `/audit`: the audit log to read and to search, and as CSV and as JSON, whole or what a filter leaves. */
export function addAuditRoute(app: Hono, desk: Desk): void {
  const { stylesheet } = desk;
  const { audit } = desk.rooms;
  app.get(
    '/audit',
    desk.permitted('audit.read', async (context, { navigation }) => {
      const before = Number(context.req.query('before'));
      const search = (context.req.query('search') ?? '').slice(0, 200);
      const found = await audit.entries({
        limit: perPage + 1,
        ...(Number.isSafeInteger(before) && before > 0 ? { beforeId: before } : {}),
        ...(search === '' ? {} : { search }),
      });
      const more = found.length > perPage;
      const entries = found.slice(0, perPage);
      return await desk.show(context, auditPage({ stylesheet, navigation, entries, search, more }));
    }),
  );
  app.get(
    '/audit.csv',
    exported(desk, (context, filter) => {
      context.header('content-type', 'text/csv; charset=utf-8');
      context.header('content-disposition', 'attachment; filename="audit.csv"');
      return stream(context, async (out) => {
        await out.write(csvHead);
        for await (const entry of audit.all(filter)) await out.write(csvLine(entry));
      });
    }),
  );
  app.get(
    '/audit.json',
    exported(desk, (context, filter) => {
      context.header('content-type', 'application/json; charset=utf-8');
      context.header('content-disposition', 'attachment; filename="audit.json"');
      return stream(context, async (out) => {
        let separator = '[\n';
        for await (const entry of audit.all(filter)) {
          await out.write(`${separator}${JSON.stringify(entry)}`);
          separator = ',\n';
        }
        await out.write(separator === ',\n' ? '\n]\n' : '[]\n');
      });
    }),
  );
}

/** As the API's list of entries has it, so that what is taken along is what was looked at. */
function exported(
  desk: Desk,
  write: (context: Context, filter: AuditFilter) => Response | Promise<Response>,
): (context: Context) => Promise<Response> {
  return desk.permitted('audit.read', async (context) => {
    let filter: AuditFilter;
    try {
      filter = readAuditFilter(context.req.query());
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      return await desk.message(
        context,
        422,
        'Nothing was exported',
        `The filter cannot be read: ${error.message}.`,
      );
    }
    return await write(context, filter);
  });
}
