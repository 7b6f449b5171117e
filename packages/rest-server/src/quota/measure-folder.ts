import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

const STATS_AT_ONCE = 64;

/** Unfinished files: what they need is reserved while they are written, and nothing afterwards. */
const UNCOUNTED = 'tmp';

const gone = (error: unknown): boolean => (error as NodeJS.ErrnoException)?.code === 'ENOENT';

/** Bytes of all files below a folder, unfinished ones left out. A folder that is not there holds none. */
export async function measureFolder(path: string): Promise<number> {
  let sum = 0;
  let files: string[] = [];
  const count = async (): Promise<void> => {
    const sizes = await Promise.all(files.map(sizeOf));
    files = [];
    sum += sizes.reduce((total, size) => total + size, 0);
  };
  const folders = [path];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        if (entry.isDirectory()) {
          if (entry.name !== UNCOUNTED) folders.push(join(folder, entry.name));
        } else if (entry.isFile() && files.push(join(folder, entry.name)) >= STATS_AT_ONCE) await count();
      }
    } catch (error) {
      if (!gone(error)) throw error;
    }
  }
  await count();
  return sum;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (gone(error)) return 0;
    throw error;
  }
}
