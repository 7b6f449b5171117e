/** Snapshots divided by host, paths and tags; keep rules are applied to each group by itself. */
import { RepositoryError } from '../../errors.ts';

export interface SnapshotGroupKey {
  /** Empty when not grouped by host, as for the two others. */
  readonly host: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

export interface SnapshotGroup<S> {
  readonly key: SnapshotGroupKey;
  readonly snapshots: readonly S[];
}

interface Groupable {
  readonly hostname?: string | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

export class InvalidGroupByError extends RepositoryError {
  constructor(option: string) {
    super('repository.invalid-group-by', `snapshots cannot be grouped by ${JSON.stringify(option)}`, {
      advice: 'Group by host, paths and tags, separated by commas; an empty text makes one group of all.',
    });
  }
}

/**
 * @param groupBy `host`, `paths` and `tags` (or their singular and plural forms), separated by commas
 * @throws InvalidGroupByError
 */
export function groupSnapshots<S extends Groupable>(
  snapshots: readonly S[],
  groupBy: string,
): SnapshotGroup<S>[] {
  const by = parseGroupBy(groupBy);
  const groups = new Map<string, { key: SnapshotGroupKey; snapshots: S[] }>();
  for (const snapshot of snapshots) {
    const key: SnapshotGroupKey = {
      host: by.host ? (snapshot.hostname ?? '') : '',
      paths: by.paths ? [...(snapshot.paths ?? [])].sort(compareBytes) : [],
      tags: by.tags ? [...(snapshot.tags ?? [])].sort(compareBytes) : [],
    };
    const name = JSON.stringify([key.host, key.paths, key.tags]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { key, snapshots: [snapshot] });
    else group.snapshots.push(snapshot);
  }
  return [...groups.values()];
}

/** @throws InvalidGroupByError */
export function parseGroupBy(text: string): { host: boolean; paths: boolean; tags: boolean } {
  const by = { host: false, paths: false, tags: false };
  for (const option of text.split(',')) {
    if (option === 'host' || option === 'hosts') by.host = true;
    else if (option === 'path' || option === 'paths') by.paths = true;
    else if (option === 'tag' || option === 'tags') by.tags = true;
    else if (option !== '') throw new InvalidGroupByError(option);
  }
  return by;
}

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function describeGroup(key: SnapshotGroupKey): string {
  const parts: string[] = [];
  if (key.host !== '') parts.push(`host ${key.host}`);
  if (key.paths.length > 0) parts.push(`paths ${key.paths.join(', ')}`);
  if (key.tags.length > 0) parts.push(`tags ${key.tags.join(', ')}`);
  return parts.length === 0 ? 'the only group' : parts.join(', ');
}
