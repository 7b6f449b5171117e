/**
 * Who sends a request, by HTTP's Basic scheme (RFC 7617).
 *
 * A password hash is slow on purpose, and every request of restic carries the password. So the passwords that
 * were right once are remembered for as long as their hash stays in the file, as a keyed digest whose key dies
 * with the process.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { hashPassword, isPasswordOf } from './password-hash.ts';
import { Turnstile } from './turnstile.ts';
import { readUsers, type User } from './user-file.ts';

/** A change of the file counts after this at the latest. */
const LOOK_EVERY_MS = 1000;
/** Argon2id takes 19 MiB and a thread each. */
const HASHES_AT_ONCE = 2;
const LONGEST_QUEUE = 64;

interface Remembered {
  readonly hash: string;
  readonly digest: Buffer;
}

export class Authenticator {
  readonly #path: string;
  readonly #log: Log;
  readonly #secret = randomBytes(32);
  readonly #remembered = new Map<string, Remembered>();
  readonly #turnstile = new Turnstile(HASHES_AT_ONCE, LONGEST_QUEUE);
  /** Of nobody: names that do not exist take as long as those that do. */
  readonly #decoy: string;
  /** undefined as long as there never was a file: everybody is let in. */
  #users: ReadonlyMap<string, User> | undefined;
  #stamp: string;
  #looked = 0;

  private constructor(
    path: string,
    log: Log,
    users: ReadonlyMap<string, User> | undefined,
    stamp: string,
    decoy: string,
  ) {
    this.#path = path;
    this.#log = log;
    this.#users = users;
    this.#stamp = stamp;
    this.#decoy = decoy;
  }

  /** @throws RestServerError when the file is missing or wrong */
  static async open(path: string, log: Log): Promise<Authenticator> {
    const users = await readUsers(path);
    return new Authenticator(path, log, users, await stampOf(path), await decoyHash());
  }

  /** Lets everybody in until there is a file. From then on it is never taken for missing, whatever becomes of it. */
  static async awaiting(path: string, log: Log): Promise<Authenticator> {
    return new Authenticator(path, log, undefined, MISSING, await decoyHash());
  }

  get size(): number | undefined {
    return this.#users?.size;
  }

  get hasQuota(): boolean {
    return [...(this.#users?.values() ?? [])].some(({ quota }) => quota !== undefined);
  }

  async letsEverybodyIn(): Promise<boolean> {
    if (this.#users !== undefined) return false;
    await this.#refresh();
    return this.#users === undefined;
  }

  /** undefined when nobody is named, the name is unknown, or the password is wrong. */
  async userOf(authorization: string | undefined): Promise<User | undefined> {
    const given = credentials(authorization);
    if (given === undefined) return undefined;
    await this.#refresh();
    const user = this.#users?.get(given.name);
    const digest = createHmac('sha256', this.#secret).update(given.password).digest();
    const known = this.#remembered.get(given.name);
    if (
      user !== undefined &&
      known !== undefined &&
      known.hash === user.hash &&
      timingSafeEqual(known.digest, digest)
    ) {
      return user;
    }
    const hash = user?.hash ?? this.#decoy;
    const right = await this.#turnstile.pass(() => isPasswordOf(hash, given.password));
    if (!right || user === undefined) return undefined;
    this.#remembered.set(user.name, { hash: user.hash, digest });
    return user;
  }

  /** A file that is wrong after a change keeps those in who were there before it, not everybody; a missing one nobody. */
  async #refresh(): Promise<void> {
    if (Date.now() - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = Date.now();
    const stamp = await stampOf(this.#path);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      const users = stamp === MISSING ? new Map<string, User>() : await readUsers(this.#path);
      this.#users = users;
      for (const name of this.#remembered.keys()) if (!users.has(name)) this.#remembered.delete(name);
      this.#log.info({ users: users.size }, 'the users changed');
    } catch (error) {
      this.#users ??= new Map();
      this.#log.error({ reason: (error as Error).message }, 'the changed file of users is not taken');
    }
  }
}

const MISSING = 'missing';

const decoyHash = (): Promise<string> => hashPassword(randomBytes(16).toString('hex'));

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return MISSING;
  }
}

function credentials(authorization: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^basic +([a-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
