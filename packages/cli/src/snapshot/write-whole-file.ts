import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Writes a stream to a file that appears under its name only when it is whole and on the disk. */
export async function writeWholeFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await using file = await open(temporary, 'wx', 0o600);
    for await (const piece of content) await file.writeFile(piece);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
}
