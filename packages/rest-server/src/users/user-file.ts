/**
 * Who may use the server: one line a user, `name:hash`, as Apache's htpasswd has it; behind a further colon
 * may stand `quota=<bytes>`. Lines that begin with `#` are comments and stay where they are.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '@octobox/storage';
import { RestServerError } from '../errors.ts';
import { isPathSegment } from '../request-path.ts';
import { hashPassword, isPasswordHash } from './password-hash.ts';

export interface User {
  readonly name: string;
  readonly hash: string;
  /** bytes; undefined leaves it to the server's own setting */
  readonly quota: number | undefined;
}

const SHORTEST_PASSWORD = 8;

const isErrno = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException)?.code === code;

/** @throws RestServerError that names the file and the line */
export function parseUsers(text: string, path: string): Map<string, User> {
  const users = new Map<string, User>();
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const wrong = (what: string): RestServerError =>
      new RestServerError('rest-server.users-unreadable', `${path}, line ${at + 1}: ${what}`, {
        advice: 'Write it with `octobox repository user`, or with `htpasswd -B`.',
      });
    const [name = '', hash = '', ...rest] = line.trimEnd().split(':');
    if (!isPathSegment(name)) throw wrong('the name of a user is made of letters, digits and . _ - @ +');
    if (users.has(name)) throw wrong(`the user ${name} stands there twice`);
    if (!isPasswordHash(hash)) {
      throw wrong(
        'neither an Argon2id nor a bcrypt hash of cost 4 to 14 (`htpasswd -B`); others are too weak',
      );
    }
    const quota = /^quota=(\d{1,15})$/.exec(rest.join(':'))?.[1];
    if (rest.length > 0 && quota === undefined) throw wrong('behind the hash only quota=<bytes> may stand');
    users.set(name, { name, hash, quota: quota === undefined ? undefined : Number(quota) });
  }
  return users;
}

export async function readUsers(path: string): Promise<Map<string, User>> {
  return parseUsers(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new RestServerError(
      'rest-server.users-unreadable',
      `the file of users ${path} ${isErrno(cause, 'ENOENT') ? 'does not exist' : 'cannot be read'}`,
      { cause, advice: 'Make the first user with `octobox repository user add NAME --users FILE`.' },
    );
  }
}

/** Adds a user; makes the file when there is none. */
export async function addUser(
  path: string,
  user: { readonly name: string; readonly password: string; readonly quota?: number | undefined },
): Promise<void> {
  if (!isPathSegment(user.name)) {
    throw new RestServerError('rest-server.user-name', `nobody can be called ${JSON.stringify(user.name)}`, {
      advice: 'Use letters, digits and . _ - @ +; it is also the name of the folder of the user.',
    });
  }
  const hash = await hashOf(user.password);
  await changeUsers(path, (text, users) => {
    if (users.has(user.name)) {
      throw new RestServerError('rest-server.user-exists', `there is a user ${user.name} in ${path}`, {
        advice: 'A new password is set by `octobox repository user passwd`.',
      });
    }
    const quota = user.quota === undefined ? '' : `:quota=${user.quota}`;
    return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${user.name}:${hash}${quota}\n`;
  });
}

export async function setPassword(path: string, name: string, password: string): Promise<void> {
  const hash = await hashOf(password);
  await changeLine(path, name, (line) => {
    const [, , ...rest] = line.split(':');
    return [[name, hash, ...rest].join(':')];
  });
}

/** The repositories of a user stay where they are. */
export const removeUser = (path: string, name: string): Promise<void> => changeLine(path, name, () => []);

async function hashOf(password: string): Promise<string> {
  if (password.length < SHORTEST_PASSWORD) {
    throw new RestServerError(
      'rest-server.password-weak',
      `the password has fewer than ${SHORTEST_PASSWORD} characters`,
      { advice: 'Take a long random one: a program types it, not a person.' },
    );
  }
  return hashPassword(password);
}

async function changeLine(path: string, name: string, change: (line: string) => string[]): Promise<void> {
  await changeUsers(path, (text, users) => {
    if (!users.has(name)) {
      throw new RestServerError('rest-server.user-unknown', `there is no user ${name} in ${path}`);
    }
    return text
      .split('\n')
      .flatMap((line) => (line.split(':', 1)[0] === name ? change(line.trimEnd()) : [line]))
      .join('\n');
  });
}

/** One change at a time, whole or not at all: the file under construction is also the lock. */
async function changeUsers(
  path: string,
  change: (text: string, users: ReadonlyMap<string, User>) => string,
): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'wx', 0o600).catch((cause: unknown) => {
    throw isErrno(cause, 'EEXIST')
      ? new RestServerError('rest-server.users-busy', `${path} is being changed by somebody else`, {
          cause,
          advice: `If nobody is, remove ${temporary}, which an interrupted change left.`,
        })
      : new RestServerError('rest-server.users-unreadable', `${path} cannot be written`, { cause });
  });
  try {
    await using writing = file;
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return '';
      throw error;
    });
    await writing.writeFile(change(text, parseUsers(text, path)));
    await writing.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}
