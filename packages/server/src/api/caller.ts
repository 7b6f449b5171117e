import type { Context } from 'hono';
import type { Asker } from '../access/index.ts';
import { type Accounts, type ApiKeys, visitOf } from '../accounts/index.ts';
import type { Origin } from '../audit/index.ts';
import { comesFromOwnPage } from '../platform/index.ts';
import { ApiError } from './problem.ts';

/** Who calls: a program with a key of a member, or the member's own browser. */
export interface Caller extends Asker {
  /** For the audit log. */
  readonly origin: Origin;
}

export class Callers {
  readonly #keys: ApiKeys;
  readonly #accounts: Accounts;
  readonly #url: URL;

  constructor(options: { keys: ApiKeys; accounts: Accounts; url: string }) {
    this.#keys = options.keys;
    this.#accounts = options.accounts;
    this.#url = new URL(options.url);
  }

  /**
   * A key that is presented counts alone. A session may change something only from a page of this console, because
   * a browser sends its cookie for every page.
   * @throws ApiError
   */
  async find(context: Context): Promise<Caller> {
    const authorization = context.req.header('authorization');
    const visit = visitOf(context);
    const { address, userAgent } = visit;
    if (authorization !== undefined) {
      const holder = await this.#keys.holder(authorization);
      if (holder === undefined) throw unauthenticated('this is no key, or one that is over');
      const { user, keyName } = holder;
      const actor = { id: user.id, name: `${user.name}, by the key "${keyName}"` };
      return { user, provedAt: undefined, origin: { actor, address, userAgent } };
    }
    const session = await this.#accounts.session(visit);
    if (session === undefined) throw unauthenticated('neither a key nor a session came with the request');
    if (!comesFromOwnPage(context, this.#url)) {
      throw new ApiError('api.foreign-origin', 'a change must be asked for on a page of this console', {
        advice: 'Programs send a key instead of a cookie.',
      });
    }
    const { id, name } = session.user;
    const { provedAt } = session;
    return { user: { id }, provedAt, origin: { actor: { id, name }, address, userAgent } };
  }
}

const unauthenticated = (message: string): ApiError =>
  new ApiError('api.unauthenticated', message, {
    advice: 'Send a key of your account as "Authorization: Bearer octobox_…".',
    headers: { 'www-authenticate': 'Bearer realm="octobox"' },
  });
