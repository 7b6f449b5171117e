/** All caches below a base folder. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface CacheEntry {
  readonly repositoryId: string;
  readonly path: string;
  readonly lastUsed: Date;
}

/** Those used longest ago first; none when there is no such folder. */
export async function listCaches(base: string): Promise<CacheEntry[]> {
  const names = await readdir(base).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: CacheEntry[] = [];
  for (const name of names) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    const path = join(base, name);
    const about = await stat(path);
    if (about.isDirectory()) found.push({ repositoryId: name, path, lastUsed: about.mtime });
  }
  return found.sort((a, b) => a.lastUsed.getTime() - b.lastUsed.getTime());
}

export const isOld = (entry: CacheEntry, maxAgeDays: number, now = Date.now()): boolean =>
  now - entry.lastUsed.getTime() > maxAgeDays * 86_400_000;

/** Removes the caches that were last used more than so many days ago; gives them. */
export async function removeOldCaches(base: string, maxAgeDays: number): Promise<CacheEntry[]> {
  const old = (await listCaches(base)).filter((entry) => isOld(entry, maxAgeDays));
  for (const { path } of old) await rm(path, { recursive: true, force: true });
  return old;
}

/** bytes of all files in it */
export async function cacheSize({ path }: CacheEntry): Promise<number> {
  let size = 0;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    size += await stat(join(entry.parentPath, entry.name)).then(
      (about) => about.size,
      () => 0,
    );
  }
  return size;
}
