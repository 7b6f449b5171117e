import { MIRRORED_KINDS, type MirrorPlan } from '@octobox/repository/mirror';
import { bytes, count, duration, plural } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';

export interface Estimates {
  /** bytes a second; undefined when nobody knows */
  readonly bandwidth: number | undefined;
  readonly measured: boolean;
  readonly pricePerGbMonth: number | undefined;
  readonly pricePerThousandRequests: number | undefined;
  readonly currency: string | undefined;
}

const GB = 1e9;
/** Besides the upload of an object: the look whether it arrived. */
const requestsForObject = 2;

export interface PlanFigures {
  readonly seconds: number | undefined;
  /** What lies there afterwards, by the month. */
  readonly costPerMonth: number | undefined;
  readonly requestCost: number | undefined;
  readonly storedBytes: number;
}

export function planFigures(plan: MirrorPlan, estimates: Estimates): PlanFigures {
  const kept = MIRRORED_KINDS.flatMap((kind) => [...plan.kinds[kind].target.values()]);
  const storedBytes = kept.reduce((sum, size) => sum + size, 0) + plan.bytes;
  const { bandwidth, pricePerGbMonth, pricePerThousandRequests } = estimates;
  return {
    storedBytes,
    seconds: bandwidth === undefined ? undefined : plan.bytes / bandwidth,
    costPerMonth: pricePerGbMonth === undefined ? undefined : (storedBytes / GB) * pricePerGbMonth,
    requestCost:
      pricePerThousandRequests === undefined
        ? undefined
        : ((plan.objects * requestsForObject) / 1000) * pricePerThousandRequests,
  };
}

const titles = { key: 'keys', data: 'packs', index: 'index files', snapshot: 'snapshots' } as const;

/** `foreign`: what lies at the place of a new mirror already. */
export function planLines(
  plan: MirrorPlan,
  to: string,
  estimates: Estimates,
  foreign: readonly string[] = [],
): string[] {
  const figures = planFigures(plan, estimates);
  const money = (amount: number): string =>
    `${amount.toFixed(amount < 1 ? 4 : 2)}${estimates.currency === undefined ? '' : ` ${estimates.currency}`}`;
  return [
    plan.isNew ? `a new mirror at ${to}` : `the mirror at ${to}`,
    ...(foreign.length === 0
      ? []
      : [
          `warning: this folder is not empty, and this does not belong to a repository: ${examples(foreign)}`,
          '         It stays as it is; the mirror would lie between it.',
        ]),
    ...MIRRORED_KINDS.map((kind) => {
      const { copy, copyBytes } = plan.kinds[kind];
      return `${`${titles[kind]} to send:`.padEnd(22)} ${count(copy.length).padStart(9)} / ${bytes(copyBytes)}`;
    }),
    ...(plan.isNew ? [`${'config to send:'.padEnd(22)} ${count(1).padStart(9)}`] : []),
    `${'in all:'.padEnd(22)} ${count(plan.objects).padStart(9)} / ${bytes(plan.bytes)}`,
    figures.seconds === undefined
      ? 'time: not known before the first run has measured it (or say --bandwidth)'
      : `time: about ${duration(figures.seconds)} at ${bytes(estimates.bandwidth ?? 0)}/s${estimates.measured ? ', as last measured' : ''}`,
    ...(figures.requestCost === undefined ? [] : [`requests: ${money(figures.requestCost)} once`]),
    ...(figures.costPerMonth === undefined
      ? []
      : [`storage: ${money(figures.costPerMonth)} a month for ${bytes(figures.storedBytes)}`]),
    ...(figures.requestCost === undefined && figures.costPerMonth === undefined
      ? ['cost: say --price-per-gb-month and --price-per-thousand-requests to have it reckoned']
      : []),
    ...MIRRORED_KINDS.filter((kind) => plan.kinds[kind].missing.length > 0).map(
      (kind) =>
        `there and no longer here: ${plural(plan.kinds[kind].missing.length, titles[kind].replace(/s$/, ''))}`,
    ),
  ];
}

const shownExamples = 3;

const examples = (names: readonly string[]): string =>
  names.slice(0, shownExamples).map(printable).join(', ') +
  (names.length > shownExamples ? ` and ${count(names.length - shownExamples)} more` : '');

export function planJson(
  plan: MirrorPlan,
  to: string,
  estimates: Estimates,
  foreign: readonly string[] = [],
): object {
  const figures = planFigures(plan, estimates);
  const byKind = (of: (kind: (typeof MIRRORED_KINDS)[number]) => number): object =>
    Object.fromEntries(MIRRORED_KINDS.map((kind) => [kind, of(kind)]));
  return {
    message_type: 'mirror_plan',
    to,
    is_new: plan.isNew,
    foreign_files: foreign.length === 0 ? undefined : foreign.length,
    objects: plan.objects,
    bytes: plan.bytes,
    objects_by_kind: {
      ...byKind((kind) => plan.kinds[kind].copy.length),
      ...(plan.isNew ? { config: 1 } : {}),
    },
    bytes_by_kind: byKind((kind) => plan.kinds[kind].copyBytes),
    missing_here: byKind((kind) => plan.kinds[kind].missing.length),
    bytes_per_second: estimates.bandwidth,
    seconds: figures.seconds,
    request_cost: figures.requestCost,
    cost_per_month: figures.costPerMonth,
    currency: estimates.currency,
  };
}
