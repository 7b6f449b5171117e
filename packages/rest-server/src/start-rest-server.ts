/** Puts the parts together, and refuses to do what would put the repositories at risk. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { answerRequest, type RequestFacts, type Service } from './answer-request.ts';
import type { CertificateFiles } from './certificate/index.ts';
import { Refusal, RestServerError } from './errors.ts';
import type { Client } from './http/client.ts';
import { openWebServer } from './http/web-server.ts';
import type { Log } from './log.ts';
import { Accounts } from './quota/accounts.ts';
import { Repositories } from './repositories.ts';
import { purgeTrash } from './trash.ts';
import { Authenticator } from './users/authenticator.ts';

export interface RestServerOptions {
  /** The folder of all repositories. */
  readonly root: string;
  readonly host: string;
  readonly port: number;
  /** File of users; undefined lets everybody in, until `awaitedUsers` is there. */
  readonly users: string | undefined;
  /** Where a file of users may appear while the server runs; it is taken then. */
  readonly awaitedUsers?: string | undefined;
  readonly certificate?: CertificateFiles | undefined;
  readonly privateRepositories?: boolean;
  readonly appendOnly?: boolean;
  readonly delayedDeletionMs?: number | undefined;
  /** bytes */
  readonly repositoryQuota?: number | undefined;
  /** bytes */
  readonly userQuota?: number | undefined;
  /** bytes */
  readonly keepFree?: number;
  /** bytes */
  readonly largestFile?: number;
  readonly maxConnections?: number;
  readonly idleMs?: number;
  /** bytes a second */
  readonly slowestUpload?: number;
  /** Listens beyond this machine without TLS, e.g. behind a proxy that has it. */
  readonly insecureNoTls?: boolean;
  /** Listens beyond this machine although everybody is let in. */
  readonly insecureNoUsers?: boolean;
  readonly log: Log;
}

export interface RestServer {
  /** `https://192.0.2.1:8000/`; restic's name of a repository is `rest:` and this, and its path. */
  readonly url: string;
  readonly users: number | undefined;
  /** Lets uploads and downloads under way finish for so long. */
  close(drainMs: number): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const PURGE_EVERY_MS = 60 * 60 * 1000;
/** What a client may still send after it was refused, so that it gets to read why. */
const LISTEN_ON_MS = 5_000;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** @throws RestServerError before anything listens */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  assertSafe(options);
  const { log } = options;
  const repositories = await Repositories.open(options.root);
  const authenticator = await openAuthenticator(options);
  const privateRepositories = options.privateRepositories ?? true;
  if (!privateRepositories && authenticator?.hasQuota === true) throw sharedQuota();
  const accounts = new Accounts(options.root, {
    repositoryQuota: options.repositoryQuota,
    userQuota: options.userQuota,
    keepFree: options.keepFree ?? 64 * MEBIBYTE,
  });
  const service: Service = {
    repositories,
    accounts,
    authenticator,
    privateRepositories,
    deletion: { appendOnly: options.appendOnly ?? false, delayMs: options.delayedDeletionMs },
    receive: {
      largestFile: options.largestFile ?? 4096 * MEBIBYTE,
      slowestUpload: options.slowestUpload ?? 1024,
    },
  };
  const web = await openWebServer({
    host: options.host,
    port: options.port,
    certificate: options.certificate,
    maxConnections: options.maxConnections ?? 256,
    idleMs: options.idleMs ?? 120_000,
    handle: (request, response, client) => void handle(service, log, request, response, client),
    log,
  });
  const stopPurging = startPurging(service, log);
  return {
    url: web.url,
    users: authenticator?.size,
    async close(drainMs) {
      stopPurging();
      await web.close(drainMs);
    },
  };
}

async function openAuthenticator({
  users,
  awaitedUsers,
  log,
}: RestServerOptions): Promise<Authenticator | undefined> {
  if (users !== undefined) return await Authenticator.open(users, log);
  return awaitedUsers === undefined ? undefined : await Authenticator.awaiting(awaitedUsers, log);
}

function assertSafe(options: RestServerOptions): void {
  const unsafe = (message: string, advice: string): RestServerError =>
    new RestServerError('rest-server.unsafe', message, { advice });
  if (options.delayedDeletionMs !== undefined && options.appendOnly !== true) {
    throw unsafe('delayed deletion is a part of append-only', 'Say --append-only too.');
  }
  if (options.userQuota !== undefined) {
    if (options.users === undefined) throw unsafe('a quota for users without users', 'Give --users.');
    if (options.privateRepositories === false) throw sharedQuota();
  }
  if (isLoopback(options.host)) return;
  if (options.users === undefined && options.insecureNoUsers !== true) {
    throw unsafe(
      `everybody who reaches ${options.host} could read and fill this disk`,
      'Add users (`octobox repository user add`), or say --insecure-no-users.',
    );
  }
  if (options.certificate === undefined && options.insecureNoTls !== true) {
    throw unsafe(
      `passwords would travel to ${options.host} in the clear`,
      'Give --tls-cert and --tls-key, or say --insecure-no-tls when a proxy in front has TLS.',
    );
  }
}

const sharedQuota = (): RestServerError =>
  new RestServerError(
    'rest-server.unsafe',
    'what a user stores is known only when repositories are private',
    {
      advice: 'Take --shared-repositories or the quotas of users away.',
    },
  );

async function handle(
  service: Service,
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  client: Client,
): Promise<void> {
  const began = performance.now();
  const facts: RequestFacts = { client };
  // A request whose connection is lost no longer knows it.
  const from = request.socket.remoteAddress;
  let failure: unknown;
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 499;
    const fields = {
      method: request.method,
      path: request.url?.slice(0, 300),
      status,
      ms: Math.round(performance.now() - began),
      user: facts.user,
      from,
      ...(failure instanceof Error ? { reason: failure.message } : {}),
      ...(failure instanceof Error && failure.cause instanceof Error ? { cause: failure.cause.message } : {}),
    };
    if (status >= 500) log.error(fields, 'request failed');
    else if (status >= 400 && status !== 404) log.warn(fields, 'request refused');
    else if (request.method === 'GET' || request.method === 'HEAD') log.debug(fields, 'request');
    else log.info(fields, 'request');
  });
  try {
    await answerRequest(service, request, response, facts);
  } catch (error) {
    failure = error;
    refuse(request, response, error);
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    // Whoever waits for the rest must not take what was sent for the whole.
    response.destroy();
    return;
  }
  const known = error instanceof Refusal;
  const status = known ? error.status : 500;
  const text = known ? error.message : 'the server failed';
  // A body that nobody wants: read on for a moment, or the client never sees the answer.
  const isUnread = !request.complete;
  response.writeHead(status, text, {
    'content-type': 'text/plain; charset=utf-8',
    ...(known ? error.headers : {}),
    ...(isUnread ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : `${text}\n`);
  if (!isUnread) return;
  request.on('error', () => undefined);
  request.resume();
  const cut = setTimeout(() => request.destroy(), LISTEN_ON_MS);
  request.once('close', () => clearTimeout(cut));
}

/** Deletes for good what has waited long enough; at the start, then every hour. */
function startPurging({ repositories, accounts, deletion }: Service, log: Log): () => void {
  const { delayMs } = deletion;
  if (delayMs === undefined) return () => undefined;
  const purge = async (): Promise<void> => {
    try {
      for await (const segments of repositories.all()) {
        const { folder } = await repositories.find(segments);
        await accounts.settled(segments);
        const freed = await purgeTrash(folder, new Date(Date.now() - delayMs));
        accounts.freed(segments, freed);
        if (freed > 0) log.info({ repository: `/${segments.join('/')}`, freed }, 'deleted for good');
      }
    } catch (error) {
      log.error({ reason: (error as Error).message }, 'the trash could not be emptied');
    }
  };
  void purge();
  const timer = setInterval(() => void purge(), PURGE_EVERY_MS).unref();
  return () => clearInterval(timer);
}
