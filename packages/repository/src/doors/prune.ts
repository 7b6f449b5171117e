/** Removing data that nothing needs. */
export {
  type ApplyPruneOptions,
  applyPrune,
  type PrunePhase,
  type PruneProgress,
  type PruneResult,
} from '../maintain/apply-prune.ts';
export { type PlanPruneOptions, planPrune } from '../maintain/plan-prune.ts';
export * from '../maintain/prune-errors.ts';
export {
  type Amount,
  changesAnything,
  type MaxUnused,
  type PruneOptions,
  type PrunePlan,
  type PruneStatistics,
} from '../maintain/prune-plan.ts';
