import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Permission, Places } from '../access/index.ts';
import type { Writer } from '../platform/index.ts';
import type { Caller } from './requests/caller.ts';
import type { Remember } from './requests/idempotency.ts';

export type Fields = z.ZodObject;
export type NoFields = z.ZodObject<Record<never, never>>;

/** What the API offers under one method of one address: what the document says of it, and what requests are held to. */
export interface Operation<P extends Fields, Q extends Fields, B extends z.ZodType> {
  /** `changeService`: the name of the method in clients that are made from the document. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** `/services/{id}`, below `/api/v1`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Asked for before anything of the request is looked at; undefined: whoever is signed in. */
  readonly permission: Permission | undefined;
  /**
   * It is about the own account, which no key reaches: a person asks who is signed in, and with `proof` one who showed a
   * moment ago to be it. There is no permission then.
   */
  readonly inPerson?: 'signed-in' | 'proof';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    readonly shape?: z.ZodType;
    /** Default: JSON. */
    readonly type?: string;
  };
  /** The ETag of what is changed must come with the request. */
  readonly changesThing?: boolean;
  /** It may be asked for twice with an idempotency key. */
  readonly creates?: boolean;
}

/** One request that may be made, and is as the operation asks. */
export interface Call<P extends Fields, Q extends Fields, B extends z.ZodType> {
  readonly context: Context;
  readonly caller: Caller;
  /** In which services the operation's permission reaches. */
  readonly places: Places;
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  readonly remember: Remember;
  /**
   * Asks once more within the transaction of a change, so that a role that was taken away meanwhile does nothing.
   * @param service in which the change is; absent: it is none of a certain service
   * @throws ServerError as at first
   */
  readonly requireStill: (transaction: Writer, service?: string) => Promise<void>;
  /** Asks again, for what goes on after the answer began. @throws ApiError when the key or the session is over */
  readonly placesNow: () => Promise<Places>;
}

/** Whether the permission reaches a service; what is in none needs all. */
export const reaches = (places: Places, serviceId: string | undefined): boolean =>
  places === 'all' || (serviceId !== undefined && places.has(serviceId));
