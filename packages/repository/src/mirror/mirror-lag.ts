/** How far a mirror is behind its source. */
import type { Storage } from '@octobox/storage';
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots/snapshots.ts';
import { assertMirror, openMirror } from './establish-mirror.ts';
import { type MirrorPlan, planMirror } from './mirror-plan.ts';
import { assertOtherPlace } from './other-place.ts';

export interface MirrorLag {
  readonly plan: MirrorPlan;
  readonly source: { readonly snapshots: number; readonly newest: Snapshot | undefined };
  /** `newest`: of all that can be read there, also of those that the source lost. */
  readonly mirror: { readonly snapshots: number; readonly newest: Snapshot | undefined };
  /** What is still to be sent. `oldest`: the snapshot that has waited longest. */
  readonly behind: {
    readonly objects: number;
    readonly bytes: number;
    readonly snapshots: number;
    readonly oldest: Snapshot | undefined;
  };
}

/**
 * Reads the names at both sides, the snapshot files of the source, and those that only the mirror has.
 * @throws MirrorMismatchError when the target is another repository, or the source itself
 */
export async function mirrorLag(
  source: Repository,
  target: Storage,
  options: { readonly signal?: AbortSignal | undefined; readonly noLock?: boolean | undefined } = {},
): Promise<MirrorLag> {
  const plan = await planMirror(source.storage, target, options);
  await assertOtherPlace(source, target, plan, options);
  const exists = await assertMirror(source, target, plan, options.signal);
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
  if (exists && plan.kinds.snapshot.missing.length > 0) {
    const mirror = await openMirror(source, target, options.signal);
    const lost = new Set(plan.kinds.snapshot.missing);
    for await (const { snapshot } of mirror.readSnapshots(options)) {
      if (snapshot !== undefined && lost.has(snapshot.id)) mirrored = newer(mirrored, snapshot);
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
