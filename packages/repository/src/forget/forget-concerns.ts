/**
 * What makes a plan to forget suspicious: it looks like a mistyped rule, a wrong clock, or somebody who wants the
 * history gone. Pure: it judges a plan and changes nothing.
 *
 * Where restic's own rules were found wanting: a clock that is ahead takes the slots of counted rules (restic's
 * documentation, "append-only"), and a mistyped rule removes everything (restic issue 4568).
 */

import { parseInstant } from '../format/go/instant.ts';
import { describeGroup, groupSnapshots } from '../store/snapshots/snapshot-groups.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { heldBySuspicion, isSuspicious } from '../suspicion/suspicious-tag.ts';
import { type ForgetOptions, type ForgetPlan, planForget } from './forget.ts';

export type ForgetConcernCode =
  | 'large-share'
  | 'whole-host'
  | 'future-snapshots'
  | 'before-suspicious'
  | 'last-verified';

export interface ForgetConcern {
  readonly code: ForgetConcernCode;
  readonly message: string;
  /** Ids of snapshots that would go. */
  readonly snapshots: readonly string[];
}

/** A group of fewer snapshots may be thinned out as one likes: shares say little there. */
const fewSnapshots = 20;
const largestShare = 0.5;
/** Clocks differ a little, and a backup may have begun in another time zone by mistake of minutes. */
const clockTolerance = 60 * 60 * 1000;

export interface ConcernOptions {
  /** Trees that were proved to be restorable, of whole snapshots. */
  readonly verifiedTrees?: ReadonlySet<string> | undefined;
  /** The rules of the plan; absent for snapshots that were named. */
  readonly rules?: ForgetOptions | undefined;
  readonly now?: Date | undefined;
  /** Whether the suspicion that a snapshot is marked with stands; as long as the mark does unless said otherwise. */
  readonly stands?: ((snapshot: Snapshot) => boolean) | undefined;
}

/** @param all every snapshot of the repository that can be read, also those that the plan did not consider */
export function forgetConcerns(
  plan: ForgetPlan,
  all: readonly Snapshot[],
  { verifiedTrees = new Set(), rules, now = new Date(), stands = isSuspicious }: ConcernOptions = {},
): ForgetConcern[] {
  const gone = new Set(plan.remove.map(({ id }) => id));
  if (gone.size === 0) return [];
  return [
    ...largeShares(plan, all, gone),
    ...wholeHosts(all, gone),
    ...stolenSlots(plan, all, rules, now),
    ...beforeSuspicious(all, gone, stands),
    ...lastVerified(all, gone, verifiedTrees),
  ];
}

const idsOf = (snapshots: readonly Snapshot[]): string[] => snapshots.map(({ id }) => id);

function largeShares(plan: ForgetPlan, all: readonly Snapshot[], gone: ReadonlySet<string>): ForgetConcern[] {
  const groups =
    plan.groups.length > 0
      ? plan.groups.map(({ key, keep, remove }) => ({
          key,
          snapshots: [...keep.map(({ snapshot }) => snapshot), ...remove],
        }))
      : groupSnapshots(all, 'host,paths');
  return groups.flatMap(({ key, snapshots }) => {
    const removed = snapshots.filter(({ id }) => gone.has(id));
    if (snapshots.length < fewSnapshots || removed.length <= snapshots.length * largestShare) return [];
    const message = `${removed.length} of ${snapshots.length} snapshots of ${describeGroup(key)} would go at once`;
    return [{ code: 'large-share', message, snapshots: idsOf(removed) }];
  });
}

/** One snapshot may be the only one that there ever was; several are a history. */
function wholeHosts(all: readonly Snapshot[], gone: ReadonlySet<string>): ForgetConcern[] {
  return [...Map.groupBy(all, ({ hostname }) => hostname)].flatMap(([host, snapshots]) => {
    if (snapshots.length < 2 || !snapshots.every(({ id }) => gone.has(id))) return [];
    const message = `every snapshot of host ${host} (${snapshots.length}) would go`;
    return [{ code: 'whole-host', message, snapshots: idsOf(snapshots) }];
  });
}

/** Snapshots that the rules would keep if those from the future were not there. */
function stolenSlots(
  plan: ForgetPlan,
  all: readonly Snapshot[],
  rules: ForgetOptions | undefined,
  now: Date,
): ForgetConcern[] {
  if (rules === undefined) return [];
  const latest = BigInt(now.getTime() + clockTolerance) * 1_000_000n;
  const isFuture = ({ time }: Snapshot): boolean => parseInstant(time) > latest;
  const considered = plan.groups.flatMap(({ keep, remove }) => [
    ...keep.map(({ snapshot }) => snapshot),
    ...remove,
  ]);
  if (!considered.some(isFuture)) return [];
  const present = considered.filter((snapshot) => !isFuture(snapshot));
  const without = planForget(present, { ...rules, allowRemoveAll: true, now });
  const kept = new Set(without.groups.flatMap(({ keep }) => keep.map(({ snapshot }) => snapshot.id)));
  const stolen = plan.remove.filter(({ id }) => kept.has(id));
  if (stolen.length === 0) return [];
  const count = all.filter(isFuture).length;
  const message =
    `${count === 1 ? '1 snapshot is' : `${count} snapshots are`} dated in the future and would push ` +
    `${stolen.length === 1 ? '1 good one' : `${stolen.length} good ones`} out of the rules`;
  return [{ code: 'future-snapshots', message, snapshots: idsOf(stolen) }];
}

/** Only named ones: rules hold them. The suspicious snapshot itself may go. */
function beforeSuspicious(
  all: readonly Snapshot[],
  gone: ReadonlySet<string>,
  stands: (snapshot: Snapshot) => boolean,
): ForgetConcern[] {
  const held = heldBySuspicion(all, stands);
  const removed = all.filter(
    (snapshot) => gone.has(snapshot.id) && held.has(snapshot.id) && !stands(snapshot),
  );
  if (removed.length === 0) return [];
  const message = `${removed.length === 1 ? '1 snapshot' : `${removed.length} snapshots`} from before a suspicious one would go`;
  return [{ code: 'before-suspicious', message, snapshots: idsOf(removed) }];
}

function lastVerified(
  all: readonly Snapshot[],
  gone: ReadonlySet<string>,
  verified: ReadonlySet<string>,
): ForgetConcern[] {
  return groupSnapshots(all, 'host,paths').flatMap(({ key, snapshots }) => {
    const proved = snapshots.filter(({ tree }) => verified.has(tree));
    if (proved.length === 0 || !proved.every(({ id }) => gone.has(id))) return [];
    const message = `no snapshot of ${describeGroup(key)} would be left that was ever proved to be restorable`;
    return [{ code: 'last-verified', message, snapshots: idsOf(proved) }];
  });
}

/** Snapshots that rules leave alone because they are the newest proved ones of their host and paths. */
export function heldAsVerified(
  all: readonly Snapshot[],
  verifiedTrees: ReadonlySet<string>,
): Map<string, string> {
  const held = new Map<string, string>();
  for (const { snapshots } of groupSnapshots(all, 'host,paths')) {
    let newest: Snapshot | undefined;
    for (const snapshot of snapshots) {
      if (!verifiedTrees.has(snapshot.tree)) continue;
      if (newest === undefined || parseInstant(newest.time) < parseInstant(snapshot.time)) newest = snapshot;
    }
    if (newest !== undefined) held.set(newest.id, 'last verified');
  }
  return held;
}
