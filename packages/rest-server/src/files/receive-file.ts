import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FileExistsError, FileMissingError, type LocalStorage, type StoredFile } from '@octobox/storage';
import { Refusal } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { Reservation } from '../quota/accounts.ts';

export interface ReceiveLimits {
  /** bytes of one file */
  readonly largestFile: number;
  /** bytes a second, on average after the first minute; a slower client loses its connection */
  readonly slowestUpload: number;
}

export interface ReceiveTerms extends ReceiveLimits {
  /** Room for the file; grows with a body whose length is not announced. */
  readonly reservation: Reservation;
  readonly client: Client;
}

const PATIENCE_MS = 60_000;

/** Only restic's own bytes are named by their hash; what the outer layers made of them is not. */
const isNamedByHash = ({ kind, name }: StoredFile): boolean => kind !== 'config' && name.length === 64;

/** The length that a request announces; undefined when it comes in chunks. */
export function announcedLength(
  request: IncomingMessage,
  { largestFile }: ReceiveLimits,
): number | undefined {
  const header = request.headers['content-length'];
  const length = header === undefined ? undefined : Number(header);
  if (length !== undefined && length > largestFile) throw tooLarge(largestFile);
  return length;
}

const tooLarge = (largestFile: number): Refusal =>
  new Refusal(413, `a file may have at most ${largestFile} bytes here`);

/**
 * Stores the body of a request as a file: whole, durable and, where the name tells, verified; or not at all.
 * A file that is there already is never replaced; sent again with the very bytes that its name stands for, it
 * counts as stored, because a client whose answer was lost sends it again.
 * @returns the bytes that were added to the repository
 */
export async function receiveFile(
  request: IncomingMessage,
  storage: LocalStorage,
  file: StoredFile,
  terms: ReceiveTerms,
): Promise<number> {
  const { client, reservation, largestFile, slowestUpload } = terms;
  if (!isNamedByHash(file) && (await isStored(storage, file))) throw taken();
  const writer = await storage.writer(file.kind);
  try {
    const hash = createHash('sha256');
    let size = 0;
    let waited = 0;
    // The end of the loop must not end the connection: a client that is refused shall read why.
    const body = request.iterator({ destroyOnReturn: false });
    for (;;) {
      const since = performance.now();
      const next: IteratorResult<Buffer> = await client.wait(body.next());
      if (next.done === true) break;
      waited += performance.now() - since;
      const chunk = next.value;
      size += chunk.length;
      if (size > largestFile) throw tooLarge(largestFile);
      if (waited > PATIENCE_MS + (size / slowestUpload) * 1000) throw new Refusal(408, 'too slow');
      if (size > reservation.size) await reservation.more(size - reservation.size);
      hash.update(chunk);
      await writer.append(chunk);
    }
    if (!request.complete) throw new Refusal(400, 'the body ended early');
    if (isNamedByHash(file) && hash.digest('hex') !== file.name) {
      throw new Refusal(400, 'the body does not have the hash that is its name');
    }
    return await commit(storage, file, size, () => writer.commit(file.name));
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function commit(
  storage: LocalStorage,
  file: StoredFile,
  size: number,
  publish: () => Promise<void>,
): Promise<number> {
  try {
    await publish();
    return size;
  } catch (error) {
    if (!(error instanceof FileExistsError)) throw error;
    if (isNamedByHash(file) && (await storage.stat(file)).size === size) return 0;
    throw taken();
  }
}

const taken = (): Refusal => new Refusal(409, 'there is a file of that name, and it is not replaced');

async function isStored(storage: LocalStorage, file: StoredFile): Promise<boolean> {
  try {
    await storage.stat(file);
    return true;
  } catch (error) {
    if (error instanceof FileMissingError) return false;
    throw error;
  }
}
