/**
 * Snapshots that take the place of others. A snapshot file never changes: a new one is written, durable, before the
 * old one goes. What an interruption leaves are both, and the next run finds the new one and only removes the old.
 */
import { FileMissingError } from '@octobox/storage/errors';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot, SnapshotContent } from '../store/snapshots/snapshots.ts';

export interface Replacement {
  readonly old: Snapshot;
  /** What the new snapshot holds; undefined when nothing takes the place of the old one. */
  readonly content: SnapshotContent | undefined;
  /** The id of a snapshot that holds this already, from a run that was interrupted. */
  readonly existing: string | undefined;
  readonly removeOld: boolean;
}

export interface Replaced {
  readonly old: string;
  /** Undefined when nothing took its place. */
  readonly new: string | undefined;
}

/** @param all every snapshot that can be read, to find what an earlier run has written already */
export function planReplacement(
  old: Snapshot,
  content: SnapshotContent | undefined,
  removeOld: boolean,
  all: readonly Snapshot[],
): Replacement {
  const existing =
    content === undefined ? undefined : all.find((one) => one.id !== old.id && isSame(one, content))?.id;
  return { old, content, existing, removeOld };
}

/** The fields of a snapshot without its id. */
export function contentOf({ id: _, ...content }: Snapshot): SnapshotContent {
  return content;
}

const isSame = (snapshot: Snapshot, content: SnapshotContent): boolean =>
  encodeSnapshot(contentOf(snapshot)).equals(encodeSnapshot(content));

/** Tells who knows snapshots by their ids of a new one, once it is durable and before the old one goes. */
export type OnWritten = (written: { readonly old: Snapshot; readonly new: Snapshot }) => Promise<void>;

/**
 * Needs a lock: exclusive when old ones are removed, else shared. What `onWritten` throws ends it, and that old one
 * stays; after an interruption the next run tells of the same two once more.
 */
export async function applyReplacements(
  repository: Repository,
  replacements: readonly Replacement[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onWritten?: OnWritten | undefined;
    readonly onReplaced?: ((replaced: Replaced) => void) | undefined;
  } = {},
): Promise<Replaced[]> {
  const { signal, onWritten, onReplaced } = options;
  const done: Replaced[] = [];
  for (const { old, content, existing, removeOld } of replacements) {
    signal?.throwIfAborted();
    const id =
      content === undefined
        ? undefined
        : (existing ?? (await repository.writeUnpacked('snapshot', encodeSnapshot(content), { signal })));
    if (removeOld) {
      if (content !== undefined && id !== undefined) await onWritten?.({ old, new: { ...content, id } });
      await removeSnapshot(repository, old.id, signal);
    }
    const replaced = { old: old.id, new: id };
    done.push(replaced);
    onReplaced?.(replaced);
  }
  return done;
}

export async function removeSnapshot(
  repository: Repository,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await repository.storage.remove({ kind: 'snapshot', name }, { signal });
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
  }
}
