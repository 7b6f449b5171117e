import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FileKind } from '@octobox/storage';
import type { Client } from '../http/client.ts';
import type { ServedRepository } from '../repositories.ts';

const V1 = 'application/vnd.x.restic.rest.v1';
const V2 = 'application/vnd.x.restic.rest.v2';
const BATCH = 64 * 1024;

/** Answers with the names of all files of a kind, in version 2 with their sizes, as they are found. */
export async function listFiles(
  request: IncomingMessage,
  response: ServerResponse,
  { storage }: ServedRepository,
  kind: FileKind,
  client: Client,
): Promise<void> {
  const isV2 = request.headers.accept === V2;
  const files = storage.list(kind)[Symbol.asyncIterator]();
  // The first look comes before the headers: a folder that cannot be read must not become an empty list.
  let next = await files.next();
  response.writeHead(200, { 'content-type': isV2 ? V2 : V1 });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let batch = '[';
  for (let first = true; next.done !== true && !gone.signal.aborted; next = await files.next()) {
    const { name, size } = next.value;
    batch += (first ? '' : ',') + JSON.stringify(isV2 ? { name, size } : name);
    first = false;
    if (batch.length < BATCH) continue;
    if (!response.write(batch))
      await client.wait(once(response, 'drain', { signal: gone.signal })).catch(() => undefined);
    batch = '';
  }
  response.end(`${batch}]`);
}
