import type { Stats } from 'node:fs';
import { chmod, chown, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';

const above = (path: string): string[] => {
  const parent = dirname(path);
  return parent === path ? [] : [...above(parent), parent];
};

/**
 * Runs `work` and gives the folders above the paths their owner, mode and times back afterwards. A
 * snapshot holds those as well, but they were never asked to be protected: they belong to others.
 */
export async function sparingAncestors<Result>(
  paths: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const before = new Map<string, Stats>();
  for (const folder of new Set(paths.flatMap(above))) {
    if (paths.some((path) => path === folder || folder.startsWith(`${path}/`))) continue;
    const found = await stat(folder).catch(() => undefined);
    // One that is missing is made by the restore, and keeps what the snapshot says of it.
    if (found !== undefined) before.set(folder, found);
  }
  try {
    return await work();
  } finally {
    // Deepest first: giving a folder its times back does not touch those above it.
    for (const [folder, { mode, uid, gid, atime, mtime }] of [...before].reverse()) {
      const now = await stat(folder);
      // A change of owner clears bits of the mode, hence in this order; only what differs is touched.
      if (now.uid !== uid || now.gid !== gid) await chown(folder, uid, gid);
      if (((await stat(folder)).mode & 0o7777) !== (mode & 0o7777)) await chmod(folder, mode & 0o7777);
      if (now.mtimeMs !== mtime.getTime()) await utimes(folder, atime, mtime).catch(ignoreDenied);
    }
  }
}

/** Times of somebody else's folder: it was not ours to change, so the restore did not change it either. */
function ignoreDenied(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EPERM' && code !== 'EACCES') throw error;
}
