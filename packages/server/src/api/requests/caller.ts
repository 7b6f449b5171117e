import type { Context } from 'hono';
import type { Asker } from '../../access/index.ts';
import {
  type Accounts,
  type ApiKeys,
  networkOf,
  type Session,
  type Visit,
  visitOf,
} from '../../accounts/index.ts';
import type { Origin } from '../../audit/index.ts';
import { comesFromOwnPage, ServerError } from '../../platform/index.ts';
import { ApiError } from '../answers/problem.ts';
import type { RequestLimit } from './request-limit.ts';

/** Who calls: a program with a key of a member, or the member's own browser. */
export interface Caller extends Asker {
  /** Its requests are counted together: those of a key, or of a session. */
  readonly counted: string;
  /** For the audit log. */
  readonly origin: Origin;
  /** Undefined: a program. */
  readonly person?: Person;
}

/** Somebody who is signed in, and calls by a browser. */
export interface Person {
  readonly session: Session;
  readonly visit: Visit;
}

/** @throws ServerError for a program: what its key can do ends where the account of its holder begins */
export function personOf({ person }: Caller): Person {
  if (person !== undefined) return person;
  throw new ServerError('server.forbidden', 'this is for somebody who is signed in, and for no key', {
    advice: 'Do it in the console.',
  });
}

/** Of failures to say who one is, for who has no name yet. */
const strangers = (address: string | undefined): string => `stranger ${networkOf(address ?? '')}`;

export class Callers {
  readonly #keys: ApiKeys;
  readonly #accounts: Accounts;
  readonly #url: URL;
  readonly #limit: RequestLimit;

  constructor(options: { keys: ApiKeys; accounts: Accounts; url: string; limit: RequestLimit }) {
    this.#limit = options.limit;
    this.#keys = options.keys;
    this.#accounts = options.accounts;
    this.#url = new URL(options.url);
  }

  /**
   * A key that is presented counts alone. A session may change something only from a page of this console, because
   * a browser sends its cookie for every page.
   * @param use whether the session lives on by it
   * @throws ApiError
   */
  async find(context: Context, use: { readonly isUse?: boolean } = {}): Promise<Caller> {
    const authorization = context.req.header('authorization');
    const visit = visitOf(context);
    const { address, userAgent } = visit;
    if (authorization !== undefined) {
      const holder = await this.#keys.holder(authorization);
      if (holder === undefined) throw this.#unknown(address, 'this is no key, or one that is over');
      const { user, keyName, keyId } = holder;
      const actor = { id: user.id, name: `${user.name}, by the key "${keyName}"` };
      return { user, counted: `key ${keyId}`, provedAt: undefined, origin: { actor, address, userAgent } };
    }
    const session = await this.#accounts.session(visit, use);
    if (session === undefined)
      throw this.#unknown(address, 'neither a key nor a session came with the request');
    if (!comesFromOwnPage(context, this.#url)) {
      throw new ApiError('api.foreign-origin', 'a change must be asked for on a page of this console', {
        advice: 'Programs send a key instead of a cookie.',
      });
    }
    const { id, name } = session.user;
    const { provedAt, membership } = session;
    return {
      user: { id, membership },
      counted: `session ${session.id}`,
      provedAt,
      origin: { actor: { id, name }, address, userAgent },
      person: { session, visit },
    };
  }

  /** Counted by where it comes from: who tries in earnest has a name. */
  #unknown(address: string | undefined, message: string): ApiError {
    this.#limit.take(strangers(address));
    return unauthenticated(message);
  }
}

const unauthenticated = (message: string): ApiError =>
  new ApiError('api.unauthenticated', message, {
    advice: 'Send a key of your account as "Authorization: Bearer octobox_…".',
    headers: { 'www-authenticate': 'Bearer realm="octobox"' },
  });
