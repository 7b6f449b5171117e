import { createHash } from 'node:crypto';
import type { MirrorPlan } from './mirror-plan.ts';
import { heldObjects, type MirrorRecord, objectKey } from './mirror-record.ts';

/** What went missing at the source under suspicious circumstances: a person looks at it, and accepts that very loss. */
export interface HeldLoss {
  /** Another one as soon as anything else is held. */
  readonly id: string;
  /** Why what went missing in this run is held; undefined when all of it was held before. */
  readonly suspicion: string | undefined;
  readonly objects: number;
  /** What they take at the target. */
  readonly bytes: number;
  /** The ids of the snapshots among them, sorted. */
  readonly snapshots: readonly string[];
}

export function heldLossOf(
  record: MirrorRecord,
  plan: MirrorPlan,
  suspicion: string | undefined,
): HeldLoss | undefined {
  const held = heldObjects(record);
  if (held.length === 0) return undefined;
  const keys = held.map(({ kind, name }) => objectKey(kind, name)).sort();
  return {
    id: createHash('sha256').update(keys.join('\n')).digest('hex'),
    suspicion,
    objects: held.length,
    bytes: held.reduce((sum, { kind, name }) => sum + (plan.kinds[kind].target.get(name) ?? 0), 0),
    snapshots: held.flatMap(({ kind, name }) => (kind === 'snapshot' ? [name] : [])).sort(),
  };
}
