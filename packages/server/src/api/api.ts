import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { conditional, describeFailure } from '../platform/index.ts';
import { addOwnAccount } from './account/own-account.ts';
import type { Answering } from './answering.ts';
import { ApiError, problemOf } from './answers/problem.ts';
import { referencePage, referenceStyle } from './document/reference-page.ts';
import { type ApiApp, Operations } from './operations.ts';
import { Callers } from './requests/caller.ts';
import { Idempotency } from './requests/idempotency.ts';
import { RequestLimit } from './requests/request-limit.ts';
import { addConfiguration } from './routes/configuration.ts';
import { addJobs } from './routes/jobs.ts';
import { addMails } from './routes/mails.ts';
import { addMembers } from './routes/members.ts';
import { addOwn } from './routes/own.ts';
import { addRecoveries } from './routes/recoveries.ts';
import { addForgetPlans } from './routes/repositories/forget-plans.ts';
import { addLocks } from './routes/repositories/locks.ts';
import { addMirrorPlans } from './routes/repositories/mirror-plans.ts';
import { addPrunes } from './routes/repositories/prunes.ts';
import { addRepairs } from './routes/repositories/repairs.ts';
import { addRepositories } from './routes/repositories/repositories.ts';
import { addRepositoryChecks } from './routes/repositories/repository-checks.ts';
import { addRepositoryGrowth } from './routes/repositories/repository-growth.ts';
import { addStatistics } from './routes/repositories/statistics.ts';
import { addRestorePlans } from './routes/restore-plans.ts';
import type { ApiRooms } from './routes/rooms.ts';
import { addServices } from './routes/services.ts';
import { addSharing } from './routes/sharing.ts';
import { addFoundFiles } from './routes/snapshots/found-files.ts';
import { addSnapshotArchives } from './routes/snapshots/snapshot-archives.ts';
import { addSnapshotDifferences } from './routes/snapshots/snapshot-differences.ts';
import { addSnapshotFiles } from './routes/snapshots/snapshot-files.ts';
import { addSnapshotTags } from './routes/snapshots/snapshot-tags.ts';
import { addSnapshots } from './routes/snapshots/snapshots.ts';
import { addSources } from './routes/sources.ts';
import { addStatus } from './routes/status.ts';
import { addTrust } from './routes/trust.ts';
import { addUnsettledChanges } from './routes/unsettled-changes.ts';
import { addVault } from './routes/vault.ts';
import { addVaultKeys } from './routes/vault-keys.ts';
import { addWork } from './routes/work.ts';

const base = '/api/v1';
const largestBody = 256 * 1024;
const readAwayAtMost = 8 * 1024 * 1024;

/** The API: what may be asked is said once, in the operations, for requests, for the document and for the reference. */
export function makeApi(rooms: ApiRooms & { readonly url: string }): Answering {
  const app: ApiApp = new OpenAPIHono({ defaultHook: refuseInvalid }).basePath(base) as ApiApp;
  const limit = new RequestLimit(() => rooms.config.api);
  const operations = new Operations({
    app,
    access: rooms.access,
    callers: new Callers({ ...rooms, limit }),
    limit,
    idempotency: new Idempotency(rooms),
  });

  const limitBody = bodyLimit({
    maxSize: largestBody,
    onError: async ({ req }) => {
      await readAway(req.raw.body);
      throw new ApiError('api.too-large', `a body has at most ${largestBody / 1024} KiB`);
    },
  });
  // To look whether a read has a body would cost it a tenth of its time: nothing reads one.
  app.use((context, next) => (isRead(context.req.method) ? next() : limitBody(context, next)));
  addStatus(operations, rooms);
  addServices(operations, rooms);
  addSources(operations, rooms);
  addUnsettledChanges(operations, rooms);
  addWork(operations, rooms);
  addSnapshots(operations, rooms);
  addSnapshotTags(operations, rooms);
  addSnapshotArchives(operations, rooms);
  addSnapshotFiles(operations, rooms);
  addFoundFiles(operations, rooms);
  addSnapshotDifferences(operations, rooms);
  addRecoveries(operations, rooms);
  addRestorePlans(operations, rooms);
  addJobs(operations, rooms);
  addRepositories(operations, rooms);
  addForgetPlans(operations, rooms);
  addMirrorPlans(operations, rooms);
  addPrunes(operations, rooms);
  addRepairs(operations, rooms);
  addRepositoryChecks(operations, rooms);
  addLocks(operations, rooms);
  addStatistics(operations, rooms);
  addRepositoryGrowth(operations, rooms);
  addTrust(operations, rooms);
  addVault(operations, rooms);
  addVaultKeys(operations, rooms);
  addConfiguration(operations, rooms);
  addSharing(operations, rooms);
  addMembers(operations, rooms);
  addMails(operations, rooms);
  addOwn(operations, rooms);
  addOwnAccount(operations, rooms);

  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of your account, made on the console’s screen “Your account”.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'octobox-session',
    description: 'Whoever is signed in to the console; changes come from its pages alone.',
  });
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Octobox', version: '1', description: about },
    servers: [{ url: base }],
  });
  document.paths = withoutBase(document.paths ?? {});
  const text = JSON.stringify(document);
  const page = String(referencePage(document));
  app.get('/openapi.json', (context) =>
    conditional(context, { body: text, type: 'application/json; charset=utf-8', cacheControl: 'no-cache' }),
  );
  app.get('/reference', (context) =>
    conditional(context, { body: page, type: 'text/html; charset=utf-8', cacheControl: 'no-cache' }),
  );

  app.get('/reference.css', (context) =>
    conditional(context, { body: referenceStyle, type: 'text/css; charset=utf-8', cacheControl: 'no-cache' }),
  );

  app.notFound((context) => answerProblem(context, rooms, unknownAddress(context, operations)));
  app.onError((error, context) => answerProblem(context, rooms, error));
  return { fetch: (request, env) => app.fetch(request, env), permissions: () => operations.permissions };
}

const about = [
  'Every request needs a key of a member, as `Authorization: Bearer octobox_…`, and may do what the scopes of the key and the role of the member both allow.',
  'Lists come in pages: `nextCursor` of one is `cursor` of the next.',
  'A change names in `If-Match` the ETag of what it changes. A creation may carry an `Idempotency-Key`: sent again within a day it is answered alike and happens once.',
  'What an operation has no use for (unknown fields, options of another kind of source, a body where it takes none) is refused, never ignored; only a body of a read is not looked at.',
  'Each key and each session may send so many requests at once and a second; `RateLimit` tells how many are left, and `Retry-After` of a 429 when to go on.',
  'Everything that is refused is answered with a problem (RFC 9457) whose `code` stays the same.',
].join('\n\n');

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/**
 * A connection that is closed while a client still sends takes the answer with it; without end nobody is listened to. A body that did
 * not say its length was read up to the limit, and the server reads on by itself.
 */
async function readAway(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body?.locked === true) return;
  let read = 0;
  for await (const piece of body ?? []) {
    read += piece.length;
    if (read > readAwayAtMost) return;
  }
}

/** The server of the document has the base already. */
const withoutBase = <T>(paths: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(paths).map(([path, item]) => [path.slice(base.length), item]));

interface Refusal {
  readonly target: string;
  readonly success: boolean;
  readonly error?: {
    readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
  };
}

const partOf: Readonly<Record<string, string>> = { json: 'body', param: 'path' };

function refuseInvalid({ target, success, error }: Refusal): undefined {
  if (success) return undefined;
  const part = partOf[target] ?? target;
  const fields = (error?.issues ?? [])
    .slice(0, 50)
    .map(({ path, message }) => ({ field: [part, ...path.map(String)].join('.'), detail: message }));
  const detail = fields.map((one) => `${one.field}: ${one.detail}`).join('; ');
  throw new ApiError('api.invalid', detail, { fields });
}

function unknownAddress(context: Context, operations: Operations): ApiError {
  const { path } = context.req;
  const methods = path.startsWith(`${base}/`) ? operations.methodsAt(path.slice(base.length)) : undefined;
  if (methods === undefined) {
    return new ApiError('api.unknown-address', 'there is nothing at this address', {
      advice: `${base}/reference lists what there is.`,
    });
  }
  const list = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  return new ApiError('api.method', `this address takes ${list.join(', ')}`, {
    headers: { allow: list.join(', ') },
  });
}

function answerProblem(context: Context, { log }: ApiRooms, thrown: unknown): Response {
  const error =
    thrown instanceof HTTPException && thrown.status === 400
      ? new ApiError('api.malformed', 'the body is no JSON')
      : thrown;
  const { problem, headers, noted } = problemOf(error, describeFailure);
  if (noted) log.error({ error: describeFailure(error), route: context.req.routePath }, 'the API failed');
  return context.body(JSON.stringify(problem), problem.status as 400, {
    ...headers,
    'content-type': 'application/problem+json',
  });
}
