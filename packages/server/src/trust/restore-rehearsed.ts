import { everyWords, formatDuration, type Instant } from '../platform/index.ts';
import type { Drill } from '../recovery/index.ts';
import type { Judgement } from './backup-fresh.ts';

export interface RehearsalFacts {
  readonly rehearseSeconds: number;
  readonly rtoSeconds: number;
  readonly protectedSince: Instant;
  readonly lastPassed: Drill | undefined;
  /** The newest drill that ended. */
  readonly lastEnded: Drill | undefined;
}

/** A rehearsal that is overdue by less than this share of its period is a risk, not yet a breach. */
const tolerance = 0.1;

/** "A restore is rehearsed at least every two days": a failed rehearsal breaks it at once. */
export function judgeRehearsal(facts: RehearsalFacts, now: Date): Judgement {
  const { lastPassed, lastEnded, rehearseSeconds } = facts;
  const failed = lastEnded !== undefined && lastEnded.state === 'failed';
  if (failed) {
    const wrong = lastEnded.checks.filter((check) => check.outcome === 'failed').map((check) => check.name);
    const why = wrong.length > 0 ? `: ${wrong.join(', ')} did not match` : '';
    return {
      state: 'broken',
      evidence: {
        sentence: ['the rehearsal ', { at: lastEnded.startedAt }, ` failed${why}`],
        observedAt: lastEnded.finishedAt ?? lastEnded.startedAt,
        facts: { rehearseSeconds, drillId: lastEnded.id, failedChecks: wrong.length },
      },
    };
  }
  const interrupted =
    lastEnded !== undefined && lastEnded.state === 'interrupted' && lastEnded.id > (lastPassed?.id ?? 0);
  const since = lastPassed?.finishedAt ?? facts.protectedSince;
  const age = (now.getTime() - Date.parse(since)) / 1_000;
  const overdue = age > rehearseSeconds * (1 + tolerance);
  if (lastPassed?.finishedAt === undefined) {
    return {
      state: overdue ? 'broken' : 'unknown',
      evidence: { sentence: ['never rehearsed yet'], facts: { rehearseSeconds, drills: 0 } },
    };
  }
  const passed = lastPassed.checks.length;
  return {
    state: overdue ? 'broken' : age > rehearseSeconds || interrupted ? 'at-risk' : 'kept',
    evidence: {
      sentence: [
        'last rehearsal ',
        { at: lastPassed.finishedAt, form: 'clock' },
        `: ${formatDuration(lastPassed.recoverySeconds ?? 0)}, ${passed} ${passed === 1 ? 'check' : 'checks'} passed`,
        ...(interrupted ? ['; a later one was interrupted'] : []),
      ],
      observedAt: lastPassed.finishedAt,
      facts: {
        rehearseSeconds,
        ageSeconds: Math.round(age),
        drillId: lastPassed.id,
        recoverySeconds: lastPassed.recoverySeconds ?? 0,
        checksPassed: passed,
      },
    },
  };
}

/** For people: what is promised. */
export const rehearsalPromise = (name: string, rehearseSeconds: number): string =>
  `${name}: a restore is rehearsed at least ${everyWords(rehearseSeconds)}`;
