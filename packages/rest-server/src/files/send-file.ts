import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredFile } from '@octobox/storage';
import type { Client } from '../http/client.ts';
import type { ServedRepository } from '../repositories.ts';
import { requestedRange } from '../requested-range.ts';

/** One such piece in memory for each answer under way. */
const PIECE = 512 * 1024;

/** Answers HEAD and GET of a file; a range with 206. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { storage }: ServedRepository,
  file: StoredFile,
  client: Client,
): Promise<void> {
  const { size } = await storage.stat(file);
  const span = request.method === 'HEAD' ? undefined : requestedRange(request.headers.range, size);
  const { start, length } = span ?? { start: 0, length: size };
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': length,
    'accept-ranges': 'bytes',
  };
  if (span === undefined) response.writeHead(200, headers);
  else {
    response.writeHead(206, {
      ...headers,
      'content-range': `bytes ${start}-${start + length - 1}/${size}`,
    });
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for (let sent = 0; sent < length && !gone.signal.aborted; ) {
    const bytes = await storage.read(file, { offset: start + sent, length: Math.min(PIECE, length - sent) });
    sent += bytes.length;
    if (!response.write(bytes)) {
      await client.wait(once(response, 'drain', { signal: gone.signal })).catch(() => undefined);
    }
  }
  response.end();
}
