import { createRoute, type OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { type Access, type Permission, type Places, reach, roles } from '../access/index.ts';
import { conditional, type Writer } from '../platform/index.ts';
import { ApiError } from './answers/problem.ts';
import type { Reply } from './answers/reply.ts';
import type { Call, Fields, NoFields, Operation } from './operation.ts';
import { type Caller, type Callers, personOf } from './requests/caller.ts';
import type { Idempotency } from './requests/idempotency.ts';
import type { RequestLimit } from './requests/request-limit.ts';
import { refusalHeaders, replyHeaders } from './shapes/headers.ts';
import { problemShape } from './shapes/problem.ts';

interface Variables {
  caller: Caller;
  places: Places;
}
export type ApiApp = OpenAPIHono<{ Variables: Variables }>;

/** Everything that every operation does around its own work: who asks, whether they may, how it is answered. */
export class Operations {
  readonly #app: ApiApp;
  readonly #callers: Callers;
  readonly #limit: RequestLimit;
  readonly #access: Access;
  readonly #idempotency: Idempotency;
  /** Methods by address, for those who try another one. */
  readonly #methods = new Map<string, string[]>();
  readonly #permissions = new Set<Permission>();

  constructor(options: {
    app: ApiApp;
    callers: Callers;
    limit: RequestLimit;
    access: Access;
    idempotency: Idempotency;
  }) {
    this.#limit = options.limit;
    this.#app = options.app;
    this.#callers = options.callers;
    this.#access = options.access;
    this.#idempotency = options.idempotency;
  }

  add<P extends Fields = NoFields, Q extends Fields = NoFields, B extends z.ZodType = NoFields>(
    operation: Operation<P, Q, B>,
    handle: (call: Call<P, Q, B>) => Promise<Reply | Response>,
  ): void {
    if (operation.permission !== undefined) this.#permissions.add(operation.permission);
    const methods = this.#methods.get(operation.path) ?? [];
    this.#methods.set(operation.path, [...methods, operation.method.toUpperCase()]);
    const middleware = [this.#admit(operation), operation.body === undefined ? refuseBody : requireJson];
    const route = createRoute({ ...documented(operation), middleware } as RouteConfig);
    // What the validators of the route let through is typed here once, and not by every route again.
    const answer = async (context: Context<{ Variables: Variables }>): Promise<Response> => {
      const valid = (what: 'param' | 'query' | 'json', given: unknown): unknown =>
        given === undefined ? {} : context.req.valid(what as never);
      const body = valid('json', operation.body);
      const call = {
        context,
        caller: context.get('caller'),
        places: context.get('places'),
        requireStill: async (reader: Writer, service?: string) => {
          if (operation.permission === undefined) return;
          const where = { reader, ...(service === undefined ? {} : { service }) };
          await this.#access.require(context.get('caller'), operation.permission, where);
        },
        placesNow: async () => {
          const caller = await this.#callers.find(context, { isUse: false });
          return await this.#places(caller, operation.permission);
        },
        params: valid('param', operation.params),
        query: valid('query', operation.query),
        body,
      } as Call<P, Q, B>;
      const work = (remember: Call<P, Q, B>['remember']) => handle({ ...call, remember });
      if (operation.creates !== true) return send(context, await work(async () => {}));
      const asReply = async (remember: Call<P, Q, B>['remember']): Promise<Reply> =>
        (await work(remember)) as Reply;
      return send(context, await this.#idempotency.once(context, call.caller.user.id, body, asReply));
    };
    this.#app.openapi(route, answer as never);
  }

  /** Each that some operation asks. */
  get permissions(): readonly Permission[] {
    return [...this.#permissions];
  }

  /** Undefined: nothing is at this address, whatever the method. */
  methodsAt(path: string): string[] | undefined {
    for (const [known, methods] of this.#methods) {
      const pattern = new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`);
      if (pattern.test(path)) return methods;
    }
    return undefined;
  }

  async #places({ user }: Caller, permission: Permission | undefined): Promise<Places> {
    return permission === undefined ? 'all' : await this.#access.places(user, permission);
  }

  #admit({
    permission,
    inPerson,
    answer,
  }: Pick<Operation<Fields, Fields, z.ZodType>, 'permission' | 'inPerson' | 'answer'>): MiddlewareHandler {
    return async (context, next) => {
      // A browser opens a stream again by itself, when nobody is there as well.
      const isUse = answer.type !== 'text/event-stream';
      const caller = await this.#callers.find(context, { isUse });
      for (const [name, value] of Object.entries(this.#limit.take(caller.counted)))
        context.header(name, value);
      const places = await this.#places(caller, permission);
      if (permission !== undefined && places !== 'all' && places.size === 0)
        throw await this.#access.refusal(caller.user, permission);
      if (permission !== undefined) this.#access.requireProof(caller, permission);
      if (inPerson !== undefined) personOf(caller);
      if (inPerson === 'proof') this.#access.requireFreshProof(caller, 'this change of the own account');
      context.set('caller', caller);
      context.set('places', places);
      await next();
    };
  }
}

const requireJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header('content-type') ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return await next();
  throw new ApiError('api.media-type', 'the body must be sent as application/json', {
    advice: 'Send it with "content-type: application/json"; {} where nothing is to be said.',
  });
};

/** In silence it would be lost, with whatever its sender believes that it does. */
const refuseBody: MiddlewareHandler = async (context, next) => {
  const { method } = context.req;
  // Of what reads no body arrives here at all.
  const sent = method === 'GET' || method === 'HEAD' ? '' : await context.req.text();
  if (sent === '') return await next();
  throw new ApiError('api.body', 'this operation takes no body', { advice: 'Send it without one.' });
};

function send(context: Context, reply: Reply | Response): Response {
  if (reply instanceof Response) return reply;
  const { status, headers = {}, cookies = [], body } = reply;
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  for (const cookie of cookies) context.header('set-cookie', cookie, { append: true });
  if (status === 204) return context.body(null, 204);
  const text = reply.text ?? JSON.stringify(body);
  const type = 'application/json; charset=utf-8';
  if (context.req.method === 'GET' || context.req.method === 'HEAD')
    return conditional(context, { body: text, type, cacheControl: 'no-store', same: reply.same });
  return context.body(text, status, { 'content-type': type });
}

/** As the OpenAPI document has it. */
function documented(operation: Operation<Fields, Fields, z.ZodType>): RouteConfig {
  const { id, method, path, tag, summary, description, permission, inPerson, params, query, body, answer } =
    operation;
  const headers = [
    ...(operation.changesThing === true ? [ifMatch] : []),
    ...(operation.creates === true ? [idempotencyKey] : []),
  ];
  const allowed =
    permission === undefined ? [...roles] : roles.filter((role) => reach(role, permission) !== 'none');
  return {
    operationId: id,
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: inPerson === undefined ? [{ key: [] }, { session: [] }] : [{ session: [] }],
    ...(inPerson === undefined ? {} : { 'x-octobox-in-person': inPerson }),
    ...(permission === undefined ? {} : { 'x-octobox-permission': permission }),
    'x-octobox-roles': allowed,
    ...(headers.length === 0 ? {} : { parameters: headers }),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      [answer.status]: {
        description: answer.description,
        headers: replyHeaders(operation),
        ...(answer.shape === undefined
          ? {}
          : { content: { [answer.type ?? 'application/json']: { schema: answer.shape } } }),
      },
      default: {
        description: 'A problem; its code says which',
        headers: refusalHeaders,
        content: { 'application/problem+json': { schema: problemShape } },
      },
    },
  };
}

const ifMatch = {
  name: 'If-Match',
  in: 'header' as const,
  required: true,
  description: 'The ETag of what is changed, as it was last seen',
  schema: { type: 'string' as const },
};
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'Random, 16 to 255 characters: the same request with the same key happens once within a day. Passwords are not compared.',
  schema: { type: 'string' as const, minLength: 16, maxLength: 255 },
};
