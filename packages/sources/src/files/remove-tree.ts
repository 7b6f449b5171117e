import { chmod, lstat, opendir, rmdir, unlink } from 'node:fs/promises';

/** So many names of a folder are read, and removed, at once. */
const sideBySide = 64;
/** Some file systems pass over names when others are removed meanwhile. */
const mostPasses = 10;
const slash = Buffer.from('/');
/** What a folder must let its owner do before it can be emptied. */
const emptiable = 0o700;

/**
 * Removes whatever is at a path, if there is anything, in memory that does not grow with it. Node's recursive `rm` begins
 * with everything below at once, and needs two kilobytes for each file. Folders that were restored without the right to
 * write in them are given it. Symbolic links are not followed.
 */
export async function removeTree(path: string | Buffer): Promise<void> {
  const place = Buffer.from(path);
  const stats = await unlessGone(lstat(place));
  if (stats === undefined) return;
  if (!stats.isDirectory()) return await unlessGone(unlink(place));
  if ((stats.mode & emptiable) !== emptiable) await chmod(place, emptiable);
  for (let pass = 1; ; pass += 1) {
    await emptyFolder(place);
    try {
      return await unlessGone(rmdir(place));
    } catch (error) {
      if (pass === mostPasses || codeOf(error) !== 'ENOTEMPTY') throw error;
    }
  }
}

async function emptyFolder(folder: Buffer): Promise<void> {
  let files: Buffer[] = [];
  const unlinkAll = async (): Promise<void> => {
    await Promise.all(files.map((file) => unlessGone(unlink(file))));
    files = [];
  };
  // Names need not be UTF-8, which the types of Node do not know of.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: sideBySide };
  for await (const entry of await opendir(folder as unknown as string, options)) {
    const path = Buffer.concat([folder, slash, entry.name as unknown as Buffer]);
    if (entry.isDirectory()) await removeTree(path);
    else if (files.push(path) === sideBySide) await unlinkAll();
  }
  await unlinkAll();
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
