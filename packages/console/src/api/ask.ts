import { type Operations, operations } from './operations.ts';
import { problemOf, unreachable } from './problem.ts';
import { goToSignIn } from './sign-in.ts';

export type OperationId = keyof Operations;

type Without<T> = T extends undefined ? true : Record<never, never> extends T ? true : false;
type Part<Name extends string, T> =
  Without<T> extends true ? { readonly [K in Name]?: T } : { readonly [K in Name]: T };

/** What an operation takes, as the API's document says it. */
export type Asked<Id extends OperationId> = Part<'params', Operations[Id]['params']> &
  Part<'query', Operations[Id]['query']> &
  Part<'body', Operations[Id]['body']> & {
    /** The ETag of what is changed, as it was last seen. */
    readonly ifMatch?: string | undefined;
    /** Of a creation: sent again with the same key it happens once. */
    readonly idempotencyKey?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  };

export interface Answer<T> {
  readonly data: T;
  /** To be sent as `ifMatch` when it is changed. */
  readonly etag: string | undefined;
}

const base = '/api/v1';

/**
 * Asks the API. Who is not signed in any more is sent to the sign-in page, and comes back from there.
 * @throws ApiProblem
 */
export async function ask<Id extends OperationId>(
  id: Id,
  asked: Asked<Id>,
): Promise<Answer<Operations[Id]['answer']>> {
  const { params, query, body, ifMatch, idempotencyKey, signal } = asked as Asked<OperationId>;
  const headers = new Headers();
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  const response = await fetch(addressOf(id, params, query), {
    method: operations[id].method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted === true ? error : unreachable();
  });
  if (response.status === 401) goToSignIn();
  if (!response.ok) throw await problemOf(response, id);
  const data = response.status === 204 ? undefined : await response.json();
  return { data, etag: response.headers.get('etag') ?? undefined };
}

/** Where an operation is, for what is asked without `ask`: a stream of events, a download. */
export function addressOf(id: OperationId, params: object = {}, query: object = {}): string {
  const path = Object.entries(params).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    operations[id].path as string,
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `${base}${path}${search.size === 0 ? '' : `?${search}`}`;
}
