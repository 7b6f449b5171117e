import { createHash, type Hash } from 'node:crypto';
import type { FileWriter, Storage, StorageOptions, StoredFile } from '../../storage.ts';

const PIECE = 8 * 1024 * 1024;

/** A file from `start` on in pieces, so that its size does not matter. */
export async function* pieces(
  storage: Storage,
  file: StoredFile,
  start: number,
  options: StorageOptions,
): AsyncGenerator<Uint8Array> {
  const { size } = await storage.stat(file, options);
  for (let offset = start; offset < size; offset += PIECE)
    yield await storage.read(file, { offset, length: Math.min(PIECE, size - offset) }, options);
}

/** Appends everything to a new file; gives its hash. The file is not published yet. */
export async function appendAll(writer: FileWriter, from: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of from) {
    hash.update(piece);
    await writer.append(piece);
  }
  return hash.digest('hex');
}

export async function hashOf(
  from: AsyncIterable<Uint8Array>,
  hash: Hash = createHash('sha256'),
): Promise<string> {
  for await (const piece of from) hash.update(piece);
  return hash.digest('hex');
}

/** Writes a file whole, or not at all. */
export async function writeWhole<Result>(
  storage: Storage,
  file: StoredFile,
  options: StorageOptions,
  fill: (writer: FileWriter) => Promise<Result>,
): Promise<Result> {
  const writer = await storage.writer(file.kind, options);
  try {
    const result = await fill(writer);
    await writer.commit(file.name);
    return result;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
