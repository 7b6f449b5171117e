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
    return {
      state: 'broken',
      evidence: {
        sentence: ['the rehearsal ', { at: lastEnded.startedAt }, ` ${failureWords(lastEnded, wrong)}`],
        observedAt: lastEnded.finishedAt ?? lastEnded.startedAt,
        facts: {
          rehearseSeconds,
          drillId: lastEnded.id,
          failedChecks: wrong.length,
          failureCode: stableCode(lastEnded.failure?.code),
        },
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

/** Names of checks are public; messages, addresses and names of objects stay inside. */
function failureWords(drill: Drill, wrong: readonly string[]): string {
  if (wrong.length > 0) return `found differences in ${wrong.join(', ')}`;
  const verified = drill.failure?.code === 'server.drill-failed';
  return verified ? 'found nothing to check' : 'could not be carried out';
}

/** What was thrown by a library may carry anything in its `code`. */
const stableCode = (code: string | undefined): string =>
  code !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(code) ? code : 'unknown';

/** For people: what is promised. */
export const rehearsalPromise = (name: string, rehearseSeconds: number): string =>
  `${name}: a restore is rehearsed at least ${everyWords(rehearseSeconds)}`;
