import type { Run } from '../backup/index.ts';
import { everyWords, formatBytes, type Instant, type Lapse } from '../platform/index.ts';
import type { Drill } from '../recovery/index.ts';
import type { Evidence, Sentence } from './evidence.ts';
import type { PromiseState } from './schema.ts';

export interface FreshnessFacts {
  readonly rpoSeconds: number;
  readonly protectedSince: Instant;
  readonly sourceKind: 'files' | 'postgresql' | 'sqlite';
  readonly lastGood: Run | undefined;
  /** Whether the repository holds the snapshot of the last good run at this moment. */
  readonly lastGoodStored: 'yes' | 'no' | 'unknown';
  /** The newest run of any state. */
  readonly lastRun: Run | undefined;
  /** The newest drill that passed. */
  readonly lastVerified: Drill | undefined;
  /** Due times that were not met since the last good backup. */
  readonly lapses: readonly Lapse[];
}

export interface Judgement {
  readonly state: PromiseState;
  readonly evidence: Evidence;
}

/**
 * A run needs time between its recovery point and its end, so an objective of an hour with a run every
 * hour is overstepped by seconds each time. Within this allowance that is a risk, not a breach.
 */
export const allowanceSeconds = (rpoSeconds: number): number => Math.min(900, Math.max(30, rpoSeconds * 0.1));

/** "Backed up at least every hour": judged by the age of the newest recovery point that counts. */
export function judgeFreshness(facts: FreshnessFacts, now: Date): Judgement {
  const { lastGood, lastRun, rpoSeconds } = facts;
  const noun = facts.sourceKind === 'files' ? 'copy' : 'dump';
  const failed = lastRun !== undefined && (lastRun.state === 'failed' || lastRun.state === 'interrupted');
  const trouble: (string | { at: Instant })[] = [];
  if (failed) {
    trouble.push(
      `; the run `,
      { at: lastRun.startedAt },
      lastRun.state === 'failed' ? ' failed' : ' was interrupted',
    );
  }
  const missed = facts.lapses.reduce((sum, lapse) => sum + (lapse.kind === 'clock' ? 0 : lapse.count), 0);
  if (missed > 0) trouble.push(`; ${missed} due ${missed === 1 ? 'time' : 'times'} late or missed`);

  if (lastGood?.recoveryPointAt === undefined) {
    const waited = (now.getTime() - Date.parse(facts.protectedSince)) / 1_000;
    const broken = waited > rpoSeconds + allowanceSeconds(rpoSeconds);
    return {
      state: broken ? 'broken' : 'unknown',
      evidence: {
        sentence: [`no ${noun} yet, protected since `, { at: facts.protectedSince }, ...trouble],
        facts: { rpoSeconds, backups: 0, missedDueTimes: missed },
      },
    };
  }

  const age = (now.getTime() - Date.parse(lastGood.recoveryPointAt)) / 1_000;
  const running = lastRun?.state === 'running';
  if (facts.lastGoodStored === 'no') trouble.unshift('; the repository does not hold it any more');
  if (facts.lastGoodStored === 'unknown') trouble.unshift('; the repository cannot be reached to see it');
  const sentence: Sentence = [
    `last ${noun} `,
    { at: lastGood.recoveryPointAt },
    `, ${formatBytes(lastGood.bytesRead ?? 0)}`,
    ...verification(lastGood, facts.lastVerified),
    ...trouble,
    ...(running ? ['; the next one is being taken'] : []),
  ];
  return {
    state: freshnessState(age, rpoSeconds, {
      failed,
      missed: missed > 0,
      future: age < -60,
      stored: facts.lastGoodStored,
    }),
    evidence: {
      sentence,
      observedAt: lastGood.recoveryPointAt,
      facts: {
        rpoSeconds,
        ageSeconds: Math.round(age),
        snapshotId: lastGood.snapshotId ?? '',
        bytesRead: lastGood.bytesRead ?? 0,
        bytesStored: lastGood.bytesStored ?? 0,
        rehearsed: facts.lastVerified?.snapshotId === lastGood.snapshotId,
        missedDueTimes: missed,
      },
    },
  };
}

function freshnessState(
  age: number,
  rpo: number,
  signs: { failed: boolean; missed: boolean; future: boolean; stored: 'yes' | 'no' | 'unknown' },
): PromiseState {
  // A backup from the future says that a clock was wrong: its age is not known.
  if (signs.stored === 'no') return 'broken';
  if (signs.future) return 'unknown';
  if (age > rpo + allowanceSeconds(rpo)) return 'broken';
  if (signs.stored === 'unknown') return 'unknown';
  if (age > rpo || signs.failed || signs.missed) return 'at-risk';
  return 'kept';
}

function verification(lastGood: Run, verified: Drill | undefined): (string | { at: Instant })[] {
  if (verified === undefined) return [', not rehearsed yet'];
  if (verified.snapshotId === lastGood.snapshotId) return [', verified by a rehearsal'];
  if (verified.recoveryPointAt === undefined) return [];
  return ['; a rehearsal verified the one of ', { at: verified.recoveryPointAt }];
}

/** For people: what is promised. */
export const freshnessPromise = (name: string, rpoSeconds: number): string =>
  `${name}: backed up at least ${everyWords(rpoSeconds)}`;
