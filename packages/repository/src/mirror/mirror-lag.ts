/** How far a mirror is behind its source. */
import type { Storage } from '@octobox/storage';
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots.ts';
import { type MirrorPlan, planMirror } from './mirror-plan.ts';

export interface MirrorLag {
  readonly plan: MirrorPlan;
  readonly source: { readonly snapshots: number; readonly newest: Snapshot | undefined };
  /** `newest`: of those that the source has, too; undefined when there is none. */
  readonly mirror: { readonly snapshots: number; readonly newest: Snapshot | undefined };
  /** What is still to be sent. `oldest`: the snapshot that has waited longest. */
  readonly behind: {
    readonly objects: number;
    readonly bytes: number;
    readonly snapshots: number;
    readonly oldest: Snapshot | undefined;
  };
}

/** Reads the names at both sides, and the snapshot files of the source. */
export async function mirrorLag(
  source: Repository,
  target: Storage,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<MirrorLag> {
  const plan = await planMirror(source.storage, target, options);
  const there = plan.kinds.snapshot.target;
  let [newest, mirrored, oldest]: (Snapshot | undefined)[] = [];
  let waiting = 0;
  for await (const snapshot of source.snapshots(options)) {
    newest = newer(newest, snapshot);
    if (there.has(snapshot.id)) mirrored = newer(mirrored, snapshot);
    else {
      waiting++;
      if (oldest === undefined || compareSnapshots(snapshot, oldest) < 0) oldest = snapshot;
    }
  }
  return {
    plan,
    source: { snapshots: plan.kinds.snapshot.source.size, newest },
    mirror: { snapshots: there.size, newest: mirrored },
    behind: { objects: plan.objects, bytes: plan.bytes, snapshots: waiting, oldest },
  };
}

const newer = (a: Snapshot | undefined, b: Snapshot): Snapshot =>
  a === undefined || compareSnapshots(a, b) < 0 ? b : a;
