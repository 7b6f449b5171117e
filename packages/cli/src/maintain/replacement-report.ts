import type { Replaced, Replacement, RewritePlan } from '@octobox/repository';
import { localTime, plural, shortId } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

/** What becomes of each snapshot, before it happens. */
export function replacementLines(plan: RewritePlan, options: { readonly dryRun?: boolean }): string[] {
  const { replacements } = plan;
  if (replacements.length === 0) return ['no snapshots need to be modified'];
  return [
    ...replacements.map((one) => line(one)),
    `${options.dryRun ? 'would modify' : 'modifying'} ${plural(replacements.length, 'snapshot')}, ${plan.unchanged} unchanged`,
  ];
}

function line({ old, content, existing, removeOld }: Replacement): string {
  const name = `snapshot ${shortId(old.id)} of ${printable(old.hostname)} at ${localTime(old.time)}`;
  if (content === undefined) return `${name}: nothing is left of it, removed`;
  const parts = [
    ...(content.tree === old.tree ? [] : [`tree ${shortId(old.tree)} becomes ${shortId(content.tree)}`]),
    ...(content.hostname === old.hostname ? [] : [`host becomes ${printable(content.hostname)}`]),
    ...(content.time === old.time ? [] : [`time becomes ${localTime(content.time)}`]),
    ...(existing === undefined ? [] : [`stored already as ${shortId(existing)}`]),
    removeOld ? 'the old one goes' : 'the old one stays',
  ];
  return `${name}: ${parts.join(', ')}`;
}

export function replacementJson(
  plan: RewritePlan,
  replaced: readonly Replaced[],
  options: { readonly dryRun?: boolean; readonly forget?: boolean },
): object {
  const newIds = new Map(replaced.map((one) => [one.old, one.new]));
  return {
    message_type: 'summary',
    dry_run: options.dryRun ?? false,
    changed_snapshots: plan.replacements.length,
    unchanged_snapshots: plan.unchanged,
    snapshots: plan.replacements.map(({ old, content, existing, removeOld }) => ({
      old_snapshot_id: old.id,
      new_snapshot_id: newIds.get(old.id) ?? existing ?? null,
      old_tree: old.tree,
      new_tree: content?.tree ?? null,
      removes_old: removeOld,
    })),
  };
}
