import { dirname } from 'node:path';
import type { SnapshotReader, SourceContext } from '../source.ts';
import { canBeAsked, entryGroups, type SnapshotEntry } from './entries.ts';
import { Sample } from './sample.ts';

/** Files kept of a snapshot; a probe asks for some of them. */
const keptFiles = 5_000;
/** Folders right below the protected paths; a probe asks for each of them. */
const maxFolders = 500;
/** Outlines of so many snapshots are remembered by the process: about 1 MB each. */
const maxRemembered = 16;

/** What a probe needs to know of a snapshot. */
export interface SnapshotOutline {
  readonly folders: readonly string[];
  readonly sample: Sample<SnapshotEntry>;
}

/**
 * Remembered beyond the life of a source object, because whoever probes every minute makes a new one
 * each time, and reading through a snapshot of a million files is not cheap.
 */
const remembered = new Map<string, SnapshotOutline>();

export async function outlineOf(
  snapshot: SnapshotReader,
  paths: readonly string[],
  context: SourceContext,
): Promise<SnapshotOutline> {
  const key = JSON.stringify([snapshot.description, ...paths]);
  const known = remembered.get(key);
  const outline = known ?? (await readOutline(snapshot, paths, context));
  // Moved to the end: the first one is the one that was not asked for the longest.
  remembered.delete(key);
  remembered.set(key, outline);
  const [oldest] = remembered.keys();
  if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
  return outline;
}

async function readOutline(
  snapshot: SnapshotReader,
  paths: readonly string[],
  context: SourceContext,
): Promise<SnapshotOutline> {
  const folders: string[] = [];
  const sample = new Sample<SnapshotEntry>(keptFiles);
  for await (const group of entryGroups(snapshot, paths)) {
    context.signal.throwIfAborted();
    for (const entry of group) {
      if (!canBeAsked(entry.path)) continue;
      if (entry.type === 'file') sample.add(entry);
      const top = entry.type === 'dir' && paths.includes(dirname(entry.path));
      if (top && folders.length < maxFolders) folders.push(entry.path);
    }
  }
  return { folders, sample };
}
