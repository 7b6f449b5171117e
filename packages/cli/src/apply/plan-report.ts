import { countOf, type Declaration, isChange, type Plan, type Step, shownSteps } from '@octobox/server';
import { plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

type Action = Step['does']['action'];

const signs = { create: '+', change: '~', remove: '-', leave: ' ' } satisfies Record<Action, string>;
const titles = {
  create: 'new',
  change: 'changed',
  remove: 'removed: backups and rehearsals end; snapshots and evidence stay',
  leave: 'not in the file, and left as it is (--prune removes it)',
} satisfies Record<Action, string>;

export const planJson = ({ file }: Declaration, plan: Plan): object => ({
  message_type: 'plan',
  file,
  steps: shownSteps(plan),
  unchanged: plan.unchanged,
});

/** What is going to be done, a thing a line with its fields under it, and the sum of it. */
export function planLines({ file }: Declaration, plan: Plan): string[] {
  const lines = plan.steps.flatMap(({ kind, name, service, fields, does }) => {
    const { action } = does;
    const where = kind === 'source' && action !== 'create' ? ` of ${service}` : '';
    return [
      `${signs[action]} ${kind} ${printable(name)}${where}: ${titles[action]}`,
      ...fields.map(({ field, before, after }) => `    ${field}: ${words(action, before, after)}`),
    ];
  });
  const counts = (['create', 'change', 'remove'] as const)
    .map((action) => ({ action, count: countOf(plan, action) }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} to ${action}`);
  const { services, sources } = plan.unchanged;
  const rest = `${plural(services, 'service')} and ${plural(sources, 'source')} as they are`;
  const sum = plan.steps.some(isChange) ? counts.join(', ') : 'nothing to change';
  return [...lines, `${printable(file)}: ${sum}; ${rest}`];
}

function words(action: Action, before: string | null, after: string | null): string {
  if (action === 'create') return printable(after ?? 'none');
  return `${printable(before ?? 'none')} → ${printable(after ?? 'none')}`;
}
