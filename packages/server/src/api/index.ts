import type { ApiRooms } from './routes/rooms.ts';

export { idempotentReplies as apiMigration } from './migrations/0021-idempotent-replies.ts';
export type { ApiRooms } from './routes/rooms.ts';

/** Something that answers requests; the API is one. */
export interface Answering {
  fetch(request: Request, env: unknown): Response | Promise<Response>;
}

/** The API under `/api/v1`; loaded with the first request for it, because its shapes cost the start 150 ms and 25 MB. */
export function apiWhenAsked(rooms: ApiRooms & { readonly url: string }): Answering {
  let making: Promise<Answering> | undefined;
  return {
    async fetch(request, env) {
      making ??= import('./api.ts').then(({ makeApi }) => makeApi(rooms));
      return await (await making).fetch(request, env);
    },
  };
}
