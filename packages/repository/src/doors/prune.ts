/** Removing data that nothing needs. */
export {
  type ApplyPruneOptions,
  applyPrune,
  type PrunePhase,
  type PruneProgress,
  type PruneResult,
} from '../prune/apply-prune.ts';
export { type PlanPruneOptions, planPrune } from '../prune/plan-prune.ts';
export * from '../prune/prune-errors.ts';
export {
  type Amount,
  changesAnything,
  type MaxUnused,
  type PruneOptions,
  type PrunePlan,
  type PruneStatistics,
} from '../prune/prune-plan.ts';
