import type { Answering } from './answering.ts';
import type { ApiRooms } from './routes/rooms.ts';

export type { Answering } from './answering.ts';
export { idempotentReplies as apiMigration } from './migrations/0021-idempotent-replies.ts';
export type { ApiRooms } from './routes/rooms.ts';

/** The API under `/api/v1`; loaded when it is first asked, because its shapes cost the start 150 ms and 25 MB. */
export function apiWhenAsked(rooms: ApiRooms & { readonly url: string }): Answering {
  let making: Promise<Answering> | undefined;
  const made = (): Promise<Answering> => {
    making ??= import('./api.ts').then(({ makeApi }) => makeApi(rooms));
    return making;
  };
  return {
    fetch: async (request, env) => await (await made()).fetch(request, env),
    permissions: async () => await (await made()).permissions(),
  };
}
