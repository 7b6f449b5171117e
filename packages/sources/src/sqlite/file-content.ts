import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SourceContext } from '../source.ts';

export interface FileContent {
  readonly bytes: number;
  /** SHA-256, lowercase hex. */
  readonly hash: string;
}

export async function hashFile(path: string, signal: AbortSignal): Promise<FileContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 20,
    signal,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, hash: hash.digest('hex') };
}

/** Writes a new file, durable when it resolves. */
export async function writeFileDurably(
  path: string,
  content: AsyncIterable<Uint8Array>,
  options: { mode: number; total: number; step: string },
  context: SourceContext,
): Promise<FileContent> {
  const hash = createHash('sha256');
  let bytes = 0;
  await using file = await open(path, 'wx', options.mode);
  for await (const chunk of content) {
    context.signal.throwIfAborted();
    for (let written = 0; written < chunk.length; ) {
      written += (await file.write(chunk, written, chunk.length - written)).bytesWritten;
    }
    hash.update(chunk);
    bytes += chunk.length;
    context.onProgress?.({ step: options.step, done: bytes, total: options.total, unit: 'bytes' });
  }
  await file.sync();
  return { bytes, hash: hash.digest('hex') };
}

/** Makes renames and removals in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
