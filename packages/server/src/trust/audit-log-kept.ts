import type { RemovalReport } from '../audit/index.ts';
import type { Judgement } from './backup-fresh.ts';
import type { Sentence } from './evidence.ts';

/**
 * "Nothing goes from the audit log before its time": judged by all records of removals. One that the platform did not make
 * breaks it for good.
 */
export function judgeRemovals({ removals, entries, foreign, lastAt, checkedAt }: RemovalReport): Judgement {
  const sentence: Sentence = [
    `records of removals that the platform did not make: ${foreign}`,
    `; of ${removals} in all, by which ${entries} old entries went`,
    ...(lastAt === undefined ? [] : ['; last ', { at: lastAt }]),
  ];
  return {
    state: foreign > 0 ? 'broken' : 'kept',
    evidence: { sentence, observedAt: checkedAt, facts: { removals, entries, foreign } },
  };
}

/** For people: what is promised. */
export const removalsPromise = 'Nothing goes from the audit log before its time';
