/** One request of restic's REST protocol, from its header to its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FileMissingError, StorageError } from '@octobox/storage';
import { Refusal } from './errors.ts';
import { type DeletionRules, deleteFile } from './files/delete-file.ts';
import { listFiles } from './files/list-files.ts';
import { announcedLength, type ReceiveLimits, receiveFile } from './files/receive-file.ts';
import { sendFile } from './files/send-file.ts';
import type { Client } from './http/client.ts';
import type { Accounts } from './quota/accounts.ts';
import type { Repositories } from './repositories.ts';
import { parseRequestPath, type RequestPath } from './request-path.ts';
import type { Authenticator } from './users/authenticator.ts';
import type { User } from './users/user-file.ts';

export interface Service {
  readonly repositories: Repositories;
  readonly accounts: Accounts;
  /** undefined lets everybody in, and will */
  readonly authenticator: Authenticator | undefined;
  /** Every user has the repositories below the folder of that name, and no others. */
  readonly privateRepositories: boolean;
  readonly deletion: DeletionRules;
  readonly receive: ReceiveLimits;
}

/** What is known of a request beside its bytes. */
export interface RequestFacts {
  readonly client: Client;
  /** Once the password was right. */
  user?: string;
}

/**
 * Answers, or throws before anything was answered.
 * @throws Refusal
 */
export async function answerRequest(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  facts: RequestFacts,
): Promise<void> {
  const user = await admit(service, request);
  if (user !== undefined) facts.user = user.name;
  const target = request.url ?? '';
  const path = parseRequestPath(target);
  if (user !== undefined && service.privateRepositories && path.repository[0] !== user.name) {
    throw new Refusal(403, `the repositories of ${user.name} are below /${user.name}/`);
  }
  try {
    await answer(service, request, response, path, user, facts.client);
  } catch (error) {
    throw asRefusal(error);
  }
}

async function admit({ authenticator }: Service, request: IncomingMessage): Promise<User | undefined> {
  if (authenticator === undefined || (await authenticator.letsEverybodyIn())) return undefined;
  const user = await authenticator.userOf(request.headers.authorization);
  if (user !== undefined) return user;
  throw new Refusal(401, 'name and password of a user are needed', {
    headers: { 'www-authenticate': 'Basic realm="octobox", charset="UTF-8"' },
  });
}

async function answer(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  path: RequestPath,
  user: User | undefined,
  client: Client,
): Promise<void> {
  const { method } = request;
  if (path.of === 'repository') return answerRepository(service, request, response, path, user);
  const repository = await service.repositories.find(path.repository);
  if (path.of === 'list') {
    if (method === 'GET') return listFiles(request, response, repository, path.kind, client);
    throw notAllowed('GET');
  }
  switch (method) {
    case 'GET':
    case 'HEAD':
      return sendFile(request, response, repository, path.file, client);
    case 'POST': {
      const length = announcedLength(request, service.receive);
      const reservation = await service.accounts.reserve(path.repository, user, path.file.kind, length ?? 0);
      let stored = 0;
      try {
        const { storage } = repository;
        stored = await receiveFile(request, storage, path.file, { ...service.receive, reservation, client });
      } finally {
        reservation.end(stored);
      }
      return succeed(response);
    }
    case 'DELETE':
      await deleteFile(repository, path.file, service.deletion, service.accounts);
      return succeed(response);
    default:
      throw notAllowed('GET, HEAD, POST, DELETE');
  }
}

async function answerRepository(
  { repositories, accounts, deletion }: Service,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  { repository }: RequestPath,
  user: User | undefined,
): Promise<void> {
  if (method === 'POST' && new URLSearchParams(url.split('?')[1]).get('create') === 'true') {
    const room = await accounts.reserve(repository, user, 'config', 0);
    room.end(0);
    await repositories.create(repository);
    return succeed(response);
  }
  if (method === 'DELETE') {
    throw deletion.appendOnly
      ? new Refusal(403, 'append-only: nothing is deleted')
      : new Refusal(501, 'whole repositories are deleted on the server only');
  }
  throw notAllowed('POST ?create=true');
}

const succeed = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': 0 }).end();
};

const notAllowed = (allowed: string): Refusal =>
  new Refusal(405, `here only ${allowed}`, { headers: { allow: allowed.replace(' ?create=true', '') } });

function asRefusal(error: unknown): unknown {
  if (error instanceof FileMissingError) return new Refusal(404, 'there is no such file', { cause: error });
  if (!(error instanceof StorageError)) return error;
  if (error.code === 'storage.full') {
    return new Refusal(507, 'the disk of the server is full', { cause: error });
  }
  return new Refusal(500, 'the server cannot use its disk', { cause: error });
}
