/**
 * The mark of a suspicious backup is a tag, because tags are what restic's own tools keep when they copy, rewrite or
 * tag a snapshot again. It stands until somebody takes it away (`restic tag --remove` does, too).
 *
 * While it stands, the backup and all before it of the same host and paths are held: forgetting leaves them alone.
 */
import { compareSnapshots, type Snapshot } from '../store/snapshots/snapshots.ts';

export const SUSPICIOUS_TAG = 'octobox:suspicious';

export const isSuspicious = ({ tags }: Pick<Snapshot, 'tags'>): boolean => tags.includes(SUSPICIOUS_TAG);

/** A snapshot is of this series: backups of one thing, one after the other. */
export function seriesOf({ hostname, paths, tags }: Pick<Snapshot, 'hostname' | 'paths' | 'tags'>): string {
  // The platform's sources may share paths; this tag keeps them apart.
  const source = tags.filter((tag) => tag.startsWith('octobox:source=')).sort();
  return JSON.stringify([hostname, [...paths].sort(), source]);
}

/**
 * Which of the snapshots must not be forgotten, and why, by id.
 * @param snapshots all of the repository, or of the series: filtered ones may hide the mark
 */
export function heldBySuspicion(
  snapshots: readonly Snapshot[],
  stands: (snapshot: Snapshot) => boolean = isSuspicious,
): Map<string, string> {
  const series = Map.groupBy(snapshots, seriesOf);
  const held = new Map<string, string>();
  for (const members of series.values()) {
    const sorted = [...members].sort(compareSnapshots);
    const last = sorted.findLastIndex(stands);
    const mark = sorted[last];
    if (mark === undefined) continue;
    for (const snapshot of sorted.slice(0, last + 1)) {
      const reason = stands(snapshot) ? 'suspicious' : `before suspicious ${mark.id.slice(0, 8)}`;
      held.set(snapshot.id, reason);
    }
  }
  return held;
}
