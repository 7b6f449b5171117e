/** Copying snapshots between repositories. */
export {
  type ApplyCopyOptions,
  applyCopy,
  type CopiedSnapshot,
  type CopyProgress,
} from '../copy/apply-copy.ts';
export {
  type CopyBatch,
  type CopyPlan,
  CopyRefusedError,
  type PlanCopyOptions,
  planCopy,
} from '../copy/copy-plan.ts';
