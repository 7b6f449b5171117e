/** The snapshots of a repository and how users name them. */
import { IdUnknownError, SnapshotAmbiguousError, SnapshotMissingError } from '../../errors.ts';
import { parseInstant } from '../../format/go/instant.ts';
import type { Snapshot } from '../../format/snapshot-file.ts';

export type { Snapshot, SnapshotContent, SnapshotSummary } from '../../format/snapshot-file.ts';

export interface SnapshotFilter {
  /** any of these */
  readonly hosts?: readonly string[] | undefined;
  /** any of these lists, of which each snapshot must have every tag; an empty list means "without tags" */
  readonly tags?: readonly (readonly string[])[] | undefined;
  /** all of these */
  readonly paths?: readonly string[] | undefined;
}

export function matchesFilter(
  snapshot: Snapshot,
  { hosts = [], tags = [], paths = [] }: SnapshotFilter,
): boolean {
  return (
    (hosts.length === 0 || hosts.includes(snapshot.hostname)) &&
    (tags.length === 0 || tags.some((list) => hasTags(snapshot, list))) &&
    paths.every((path) => snapshot.paths.includes(path))
  );
}

function hasTags(snapshot: Snapshot, list: readonly string[]): boolean {
  const wanted = list.filter((tag) => tag !== '');
  if (wanted.length === 0) return snapshot.tags.length === 0;
  return wanted.every((tag) => snapshot.tags.includes(tag));
}

export const isFiltering = ({ hosts = [], tags = [], paths = [] }: SnapshotFilter): boolean =>
  hosts.length + tags.length + paths.length > 0;

/** Oldest first; the id decides between equal times, so that the order is always the same. */
export function compareSnapshots(a: Snapshot, b: Snapshot): number {
  const difference = parseInstant(a.time) - parseInstant(b.time);
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** `id:folder` names a folder inside a snapshot; the id alone, the whole of it. */
export function splitName(name: string): { snapshot: string; folder: string } {
  const colon = name.indexOf(':');
  return colon === -1
    ? { snapshot: name, folder: '' }
    : { snapshot: name.slice(0, colon), folder: name.slice(colon + 1) };
}

/** The newest snapshot that the filter lets through. */
export async function latestSnapshot(
  snapshots: AsyncIterable<Snapshot>,
  filter: SnapshotFilter,
): Promise<Snapshot> {
  let latest: Snapshot | undefined;
  for await (const snapshot of snapshots) {
    if (!matchesFilter(snapshot, filter)) continue;
    if (latest === undefined || compareSnapshots(latest, snapshot) < 0) latest = snapshot;
  }
  if (latest === undefined) throw new SnapshotMissingError('latest', isFiltering(filter));
  return latest;
}

/** The one id among `ids` that begins with `prefix`; `what` they name is for the messages. */
export function uniquePrefix(prefix: string, ids: Iterable<string>, what = 'snapshot'): string {
  const wanted = prefix.toLowerCase();
  const matches = /^[0-9a-f]+$/.test(wanted) ? [...ids].filter((id) => id.startsWith(wanted)) : [];
  const [first, ...others] = matches;
  if (first === undefined)
    throw what === 'snapshot' ? new SnapshotMissingError(prefix, false) : new IdUnknownError(what, prefix);
  if (others.length > 0) {
    const shown = matches.map((id) => id.slice(0, Math.max(12, wanted.length + 4))).sort();
    throw what === 'snapshot'
      ? new SnapshotAmbiguousError(prefix, shown)
      : new IdUnknownError(what, prefix, shown);
  }
  return first;
}
