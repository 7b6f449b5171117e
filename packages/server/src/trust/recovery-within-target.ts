import { durationWords, formatDuration, type Instant, instant } from '../platform/index.ts';
import type { Drill, Estimate } from '../recovery/index.ts';
import type { Judgement } from './backup-fresh.ts';

export interface RecoveryFacts {
  readonly rtoSeconds: number;
  readonly rehearseSeconds: number;
  /** Every source of the service, with its newest passed drill. */
  readonly parts: readonly {
    readonly name: string;
    readonly lastPassed: Drill | undefined;
    readonly failedSince: boolean;
  }[];
  /** What the drills let expect for the data of today. */
  readonly estimate: Estimate | undefined;
  /** Real outages, newest first; the end is absent while one lasts. */
  readonly outages: readonly { readonly startedAt: Instant; readonly endedAt?: Instant }[];
}

/** From this share of the target on, a little growth breaks it. */
const riskShare = 0.8;
/** A measurement older than this many rehearsal periods says nothing about today. */
const stalePeriods = 2;

/** "The shop is back within 15 minutes": what happened counts before what was rehearsed. */
export function judgeRecovery(facts: RecoveryFacts, now: Date): Judgement {
  return judgeOutages(facts, now) ?? judgeDrills(facts, now);
}

/**
 * A real outage that lasts, or took, longer than promised: broken, until a drill within the target shows that it
 * would go better now. Undefined when the outages say nothing against the promise.
 */
function judgeOutages({ rtoSeconds, parts, outages }: RecoveryFacts, now: Date): Judgement | undefined {
  const rehearsedAt = parts.map(({ lastPassed }) => lastPassed?.startedAt ?? '').sort()[0] ?? '';
  const judged = outages
    .filter(({ endedAt }) => endedAt === undefined || endedAt > rehearsedAt)
    .map((outage) => ({ ...outage, seconds: secondsOf(outage, now) }))
    .sort((one, other) => other.seconds - one.seconds);
  const longest = judged.find(({ seconds }) => seconds > rtoSeconds);
  const lasting = judged.find(
    ({ endedAt, seconds }) => endedAt === undefined && seconds > rtoSeconds * riskShare,
  );
  const outage = longest ?? lasting;
  if (outage === undefined) return undefined;
  const length = `${formatDuration(outage.seconds)} against ${formatDuration(rtoSeconds)}`;
  return {
    state: longest === undefined ? 'at-risk' : 'broken',
    evidence: {
      sentence:
        outage.endedAt === undefined
          ? ['out since ', { at: outage.startedAt, form: 'clock' }, `: ${length}`]
          : [
              'the outage of ',
              { at: outage.startedAt, form: 'clock' },
              ` took ${length}; not rehearsed since`,
            ],
      observedAt: outage.endedAt ?? instant(now),
      facts: { rtoSeconds, outageSeconds: Math.round(outage.seconds) },
    },
  };
}

const secondsOf = (outage: { startedAt: Instant; endedAt?: Instant }, now: Date): number =>
  ((outage.endedAt === undefined ? now.getTime() : Date.parse(outage.endedAt)) -
    Date.parse(outage.startedAt)) /
  1_000;

/** The drills of all its sources, one after the other. */
function judgeDrills(facts: RecoveryFacts, now: Date): Judgement {
  const { rtoSeconds, parts } = facts;
  const unmeasured = parts.filter(({ lastPassed }) => lastPassed?.recoverySeconds === undefined);
  if (parts.length === 0 || unmeasured.length > 0) {
    return {
      state: 'unknown',
      evidence: {
        sentence:
          parts.length === 0
            ? ['nothing of it is protected']
            : [`not measured yet: ${unmeasured.map(({ name }) => name).join(', ')}`],
        facts: { rtoSeconds, measured: parts.length - unmeasured.length, sources: parts.length },
      },
    };
  }
  const ends = parts.map(({ lastPassed }) => lastPassed?.finishedAt ?? '').sort();
  const oldest = ends[0] ?? '';
  const newest = ends.at(-1) ?? '';
  const measured = parts.reduce((sum, { lastPassed }) => sum + (lastPassed?.recoverySeconds ?? 0), 0);
  const expected = facts.estimate?.seconds ?? measured;
  const stale = (now.getTime() - Date.parse(oldest)) / 1_000 > facts.rehearseSeconds * stalePeriods;
  const failing = parts.filter(({ failedSince }) => failedSince).map(({ name }) => name);
  const grown = expected > measured * 1.05;
  return {
    state:
      failing.length > 0
        ? 'broken'
        : stale
          ? 'unknown'
          : measured > rtoSeconds
            ? 'broken'
            : expected > rtoSeconds * riskShare
              ? 'at-risk'
              : 'kept',
    evidence: {
      sentence: [
        'last rehearsal ',
        { at: newest, form: 'clock' },
        `: ${formatDuration(measured)} against ${formatDuration(rtoSeconds)}`,
        ...(grown ? [`; today's data would take about ${formatDuration(expected)}`] : []),
        ...(failing.length > 0 ? [`; since then a rehearsal of ${failing.join(', ')} failed`] : []),
        ...(stale ? ['; too long ago to tell'] : []),
      ],
      observedAt: newest,
      facts: {
        rtoSeconds,
        measuredSeconds: Math.round(measured * 10) / 10,
        expectedSeconds: Math.round(expected * 10) / 10,
        sources: parts.length,
      },
    },
  };
}

/** For people: what is promised. */
export const recoveryPromise = (name: string, rtoSeconds: number): string =>
  `${name}: back within ${durationWords(rtoSeconds)} after a disaster`;
