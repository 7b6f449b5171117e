/** Which snapshots another repository has already, by restic's rule. */
import { parseInstant } from '../format/go/instant.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';

/** A look-up over the snapshots of the target: by the snapshot they were copied from, and by their own id. */
export function copiesIn(target: readonly Snapshot[]): (source: Snapshot) => Snapshot | undefined {
  const byOrigin = new Map<string, Snapshot[]>();
  const enter = (id: string, snapshot: Snapshot): void => {
    const list = byOrigin.get(id);
    if (list === undefined) byOrigin.set(id, [snapshot]);
    else list.push(snapshot);
  };
  for (const snapshot of target) {
    if (snapshot.original !== undefined) enter(snapshot.original, snapshot);
    enter(snapshot.id, snapshot);
  }
  return (source) => byOrigin.get(source.original ?? source.id)?.find((one) => isSimilar(one, source));
}

/** Everything but the parent and the original is the same. */
function isSimilar(a: Snapshot, b: Snapshot): boolean {
  return (
    parseInstant(a.time) === parseInstant(b.time) &&
    a.tree === b.tree &&
    a.hostname === b.hostname &&
    a.username === b.username &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    sameMembers(a.paths, b.paths) &&
    sameMembers(a.tags, b.tags) &&
    a.excludes.length === b.excludes.length &&
    a.excludes.every((pattern, at) => pattern === b.excludes[at])
  );
}

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && b.every((one) => a.includes(one));
