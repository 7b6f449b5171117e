/**
 * What a mirror remembers from one run to the next: since when objects have been missing at the source.
 *
 * It is kept by whoever runs the mirror, not in the source, so that nobody who can only write there can hurry a
 * removal. Time counts as it was seen to pass: a clock that jumps ahead adds `longestStep` at most.
 */
import { MIRRORED_KINDS, type MirroredKind, type MirrorPlan } from './mirror-plan.ts';

export interface MissingObject {
  readonly kind: MirroredKind;
  readonly name: string;
  /** for how long it was seen to be missing */
  readonly seconds: number;
  /** It went missing together with a suspicious share of the source, and nobody has said that it was meant to go. */
  readonly held: boolean;
}

export interface MirrorRecord {
  /** The id of the repository. */
  readonly repository: string;
  /** UTC instant of the last look; undefined before the first one. */
  readonly lookedAt: string | undefined;
  /** UTC instant at which the newest run without a problem had ended. */
  readonly succeededAt: string | undefined;
  /** Measured in the newest run that sent enough to tell; undefined before one did. */
  readonly bytesPerSecond: number | undefined;
  /** UTC instant at which the locks of everything at the target were last renewed; undefined: never. */
  readonly retainedAt: string | undefined;
  /** By kind and name: `snapshot/0123…`. */
  readonly missing: ReadonlyMap<string, MissingObject>;
}

export const emptyRecord = (repository: string): MirrorRecord => ({
  repository,
  lookedAt: undefined,
  succeededAt: undefined,
  bytesPerSecond: undefined,
  retainedAt: undefined,
  missing: new Map(),
});

/** seconds: a mirror that runs once a week still counts every day of it */
const longestStep = 7 * 86_400;

export const objectKey = (kind: MirroredKind, name: string): string => `${kind}/${name}`;

export interface RecordUpdate {
  readonly record: MirrorRecord;
  /** Why what went missing now is held; undefined when nothing is suspicious. */
  readonly suspicion: string | undefined;
}

/** A share of the snapshots that nobody loses in a day's work, and a number below which a share says little. */
const suspiciousShare = 0.5;
const fewSnapshots = 4;

/**
 * Notes what is missing now.
 * @param options `accept`: somebody said that what is held was meant to go; `relabelled`: snapshots that are at the source under
 * another id
 */
export function noteMissing(
  before: MirrorRecord,
  plan: MirrorPlan,
  now: Date,
  options: { readonly accept: boolean; readonly relabelled?: ReadonlySet<string> | undefined },
): RecordUpdate {
  const step = passed(before.lookedAt, now);
  const suspicion = options.accept ? undefined : suspicionOf(before, plan, options.relabelled);
  const missing = new Map<string, MissingObject>();
  for (const kind of MIRRORED_KINDS) {
    for (const name of plan.kinds[kind].missing) {
      const key = objectKey(kind, name);
      const known = before.missing.get(key);
      missing.set(
        key,
        known === undefined
          ? { kind, name, seconds: 0, held: suspicion !== undefined }
          : { ...known, seconds: known.seconds + step, held: known.held && !options.accept },
      );
    }
  }
  return { record: { ...before, lookedAt: now.toISOString(), missing }, suspicion };
}

/**
 * What stays until somebody says that it was meant to go: what went missing together with a suspicious share, and whatever
 * went missing since, for whoever took a large part may take the rest bit by bit. When that share is back nothing is held.
 */
export function heldObjects({ missing }: MirrorRecord): MissingObject[] {
  let since = -1;
  for (const { held, seconds } of missing.values()) if (held) since = Math.max(since, seconds);
  return since < 0 ? [] : [...missing.values()].filter(({ held, seconds }) => held || seconds <= since);
}

function passed(since: string | undefined, now: Date): number {
  const seconds = since === undefined ? 0 : (now.getTime() - Date.parse(since)) / 1000;
  return Number.isFinite(seconds) ? Math.min(longestStep, Math.max(0, seconds)) : 0;
}

/** Snapshots that were there when the source was last looked at. */
export const newlyMissing = (before: MirrorRecord, plan: MirrorPlan): string[] =>
  plan.kinds.snapshot.missing.filter((name) => !before.missing.has(objectKey('snapshot', name)));

/** A source that was wiped, or much of it at once, is more likely to be attacked or broken than tidied up. */
function suspicionOf(
  before: MirrorRecord,
  plan: MirrorPlan,
  relabelled: ReadonlySet<string> = new Set(),
): string | undefined {
  const { source, target, missing } = plan.kinds.snapshot;
  if (source.size === 0 && target.size > 0) return 'the source has no snapshot at all';
  const fresh = newlyMissing(before, plan);
  const alive = target.size - (missing.length - fresh.length);
  const lost = fresh.filter((name) => !relabelled.has(name)).length;
  if (lost >= fewSnapshots && lost > alive * suspiciousShare) {
    return `${lost} of ${alive} snapshots went missing at the source since the last run`;
  }
  return undefined;
}
