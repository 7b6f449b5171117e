import type { KitProblemCode } from '@octobox/recovery-kit/record';
import type { Instant } from '../platform/index.ts';
import type { PromiseState } from '../trust/schema.ts';

/** `unreadable`: its record, or the keys to compare it with, could not be read. */
export type KitTrouble = KitProblemCode | 'unreadable';

export interface KitFacts {
  /** Since when there is something to recover. */
  readonly since: Instant;
  readonly madeAt: Instant | undefined;
  readonly troubles: readonly KitTrouble[];
}

export interface KitJudgement {
  readonly state: PromiseState;
  /** The gravest; absent when the kit is good. */
  readonly trouble?: KitTrouble;
}

/** Who begins, or makes new kits, has a week to prove them: kits have to reach their custodians first. */
export const patienceMs = 7 * 24 * 3_600_000;

/**
 * "A recovery kit exists, was proved, and is newer than the last change of a key". One that is older than a change
 * opens nothing, and breaks it at once; one that is not made or not proved yet is a risk for a week.
 */
export function judgeKit({ since, madeAt, troubles }: KitFacts, now: Date): KitJudgement {
  const waited = (from: Instant): boolean => now.getTime() - Date.parse(from) > patienceMs;
  const has = (trouble: KitTrouble): boolean => troubles.includes(trouble);
  if (has('never-made')) return { state: waited(since) ? 'broken' : 'at-risk', trouble: 'never-made' };
  if (has('stale')) return { state: 'broken', trouble: 'stale' };
  if (has('unreadable')) return { state: 'unknown', trouble: 'unreadable' };
  if (has('never-verified')) {
    return { state: waited(madeAt ?? since) ? 'broken' : 'at-risk', trouble: 'never-verified' };
  }
  if (has('verified-long-ago')) return { state: 'at-risk', trouble: 'verified-long-ago' };
  return { state: 'kept' };
}
