/** Changing snapshots. */
export { planTags, type TagChange } from '../rewrite/change-tags.ts';
export { excludeRule, includeRule } from '../rewrite/exclude-rule.ts';
export {
  applyReplacements,
  type OnWritten,
  type Replaced,
  type Replacement,
} from '../rewrite/replacement.ts';
export * from '../rewrite/rewrite-errors.ts';
export {
  type ApplyRewriteOptions,
  applyRewrite,
  planRewrite,
  type RewritePlan,
  type SnapshotRewriteOptions,
} from '../rewrite/rewrite-plan.ts';
export type { RewriteRule } from '../rewrite/tree-rewriter.ts';
