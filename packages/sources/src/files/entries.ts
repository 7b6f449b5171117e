import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { SnapshotReader } from '../source.ts';

export interface SnapshotEntry {
  readonly path: string;
  readonly type: string;
  readonly size: number;
}

/** Names that are not UTF-8 cannot be looked up by the text they were turned into. */
export const canBeAsked = (path: string): boolean => !path.includes('\uFFFD');

export const isBelow = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent === '/' ? '/' : `${parent}/`);

/** What is at a path; undefined when nothing is. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The kind of an entry in the words of the repository format. */
export const typeOf = (stats: Stats): string =>
  stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'dir'
      : stats.isSymbolicLink()
        ? 'symlink'
        : stats.isFIFO()
          ? 'fifo'
          : stats.isSocket()
            ? 'socket'
            : stats.isBlockDevice()
              ? 'dev'
              : 'chardev';

/** The entries of a snapshot at and below some paths, in groups that are looked at side by side. */
export async function* entryGroups(
  snapshot: SnapshotReader,
  paths: readonly string[],
  groupSize = 64,
): AsyncGenerator<SnapshotEntry[], void, undefined> {
  let group: SnapshotEntry[] = [];
  for await (const { path, type, size } of snapshot.entries()) {
    if (!paths.some((parent) => isBelow(path, parent))) continue;
    group.push({ path, type, size });
    if (group.length === groupSize) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
