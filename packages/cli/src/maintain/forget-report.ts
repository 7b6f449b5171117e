import type { ForgetConcern, ForgetPlan } from '@octobox/repository';
import { describeGroup } from '@octobox/repository/groups';
import { plural } from '../output/quantities.ts';
import { snapshotJson } from '../output/snapshot-json.ts';
import { printable, snapshotTable } from '../output/snapshot-table.ts';

const orNull = <Item>(list: readonly Item[]): readonly Item[] | null => (list.length === 0 ? null : list);

/** restic's array of groups; snapshots that were named form one group without a key. */
export function forgetJson(plan: ForgetPlan, concerns: readonly ForgetConcern[] = []): object {
  if (plan.groups.length === 0 && plan.remove.length > 0) {
    const remove = plan.remove.map(snapshotJson);
    const group = { tags: null, host: '', paths: null, keep: null, remove, reasons: null };
    return [{ ...group, ...concernsOf(plan.remove, concerns) }];
  }
  return plan.groups.map(({ key, keep, remove }) => ({
    tags: orNull(key.tags),
    host: key.host,
    paths: orNull(key.paths),
    keep: orNull(keep.map(({ snapshot }) => snapshotJson(snapshot))),
    remove: orNull(remove.map(snapshotJson)),
    reasons: orNull(
      keep.map(({ snapshot, reasons }) => ({ snapshot: snapshotJson(snapshot), matches: reasons })),
    ),
    ...concernsOf(remove, concerns),
  }));
}

/** Why removing these is refused unless it is said twice: a field that restic does not have, absent when there is none. */
function concernsOf(remove: readonly { readonly id: string }[], concerns: readonly ForgetConcern[]): object {
  const ids = new Set(remove.map(({ id }) => id));
  const own = concerns.filter(({ snapshots }) => snapshots.some((id) => ids.has(id)));
  return own.length === 0 ? {} : { concerns: own.map(({ code, message }) => ({ code, message })) };
}

/** What stays and why, and what goes, group by group. */
export function forgetLines(
  plan: ForgetPlan,
  options: { readonly dryRun: boolean; readonly compact?: boolean | undefined },
): string[] {
  const { compact } = options;
  const removing = options.dryRun ? 'would remove' : 'remove';
  if (plan.groups.length === 0) {
    if (plan.remove.length === 0) return ['there are no such snapshots'];
    return [
      `${removing} ${plural(plan.remove.length, 'snapshot')}:`,
      ...snapshotTable(plan.remove, { compact }),
    ];
  }
  return plan.groups.flatMap(({ key, keep, remove }) => {
    const reasons = new Map(keep.map((kept) => [kept.snapshot.id, kept.reasons]));
    return [
      `snapshots of ${printable(describeGroup(key))}`,
      ...(keep.length === 0 ? [] : [`keep ${plural(keep.length, 'snapshot')}:`]),
      ...(keep.length === 0
        ? []
        : snapshotTable(
            keep.map(({ snapshot }) => snapshot),
            { compact, reasons: ({ id }) => reasons.get(id) ?? [] },
          )),
      ...(remove.length === 0
        ? []
        : [`${removing} ${plural(remove.length, 'snapshot')}:`, ...snapshotTable(remove, { compact })]),
      '',
    ];
  });
}
