import { DamagedFileError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import type { MirrorPlan } from './mirror-plan.ts';
import { type MirrorRecord, newlyMissing } from './mirror-record.ts';

/**
 * Snapshots that went missing at the source since the last run, and are there under another id: with other tags, and the
 * same tree. Nothing of them was lost. Each is read at the target.
 */
export async function relabelledSnapshots(
  { source, mirror }: { readonly source: Repository; readonly mirror: Repository },
  record: MirrorRecord,
  plan: MirrorPlan,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const relabelled = new Set<string>();
  const missing = newlyMissing(record, plan);
  if (missing.length === 0) return relabelled;
  const there = new Set<string>();
  for await (const { snapshot } of source.readSnapshots({ signal }))
    if (snapshot?.original !== undefined) there.add(`${snapshot.original} ${snapshot.tree}`);
  if (there.size === 0) return relabelled;
  for (const name of missing) {
    const snapshot = await readable(mirror, name, signal);
    if (snapshot !== undefined && namesOf(snapshot).some((first) => there.has(`${first} ${snapshot.tree}`)))
      relabelled.add(name);
  }
  return relabelled;
}

/** Undefined of one that is damaged: then nothing is known of it. */
async function readable(
  mirror: Repository,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Snapshot | undefined> {
  try {
    return await mirror.snapshot(name, {}, { signal });
  } catch (error) {
    if (error instanceof DamagedFileError) return undefined;
    throw error;
  }
}

/** Who replaces it remembers its first id, or its last one. */
const namesOf = ({ id, original }: Snapshot): string[] => (original === undefined ? [id] : [id, original]);
