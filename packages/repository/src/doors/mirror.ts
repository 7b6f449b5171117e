/** A second copy in another place. */
export type { HeldLoss } from '../mirror/held-loss.ts';
export { mirrorRepository } from '../mirror/mirror.ts';
export * from '../mirror/mirror-errors.ts';
export { type MirrorLag, mirrorLag } from '../mirror/mirror-lag.ts';
export {
  type KindPlan,
  MIRRORED_KINDS,
  type MirroredKind,
  type MirrorPlan,
  planMirror,
} from '../mirror/mirror-plan.ts';
export { emptyRecord, heldObjects, type MirrorRecord, noteMissing } from '../mirror/mirror-record.ts';
export type {
  MirrorOptions,
  MirrorProblem,
  MirrorProgress,
  MirrorResult,
  RemovalResult,
} from '../mirror/mirror-types.ts';
export { assertOtherPlace } from '../mirror/other-place.ts';
export { readMirrorRecord, writeMirrorRecord } from '../mirror/record-file.ts';
