import { fileURLToPath } from 'node:url';
import { makeApi } from '../api.ts';
import type { ApiRooms } from '../routes/rooms.ts';
import { clientTypes, type TypedDocument } from './client-types.ts';

/** The console's. */
export const clientTypesFile = fileURLToPath(
  new URL('../../../../console/src/api/operations.ts', import.meta.url),
);

/** What belongs into that file. The document says the same without any room behind it, which only requests reach. */
export async function clientTypesText(): Promise<string> {
  const url = 'http://127.0.0.1';
  const api = makeApi({ url } as ApiRooms & { url: string });
  const answer = await api.fetch(new Request(`${url}/api/v1/openapi.json`), {});
  return clientTypes((await answer.json()) as TypedDocument);
}
