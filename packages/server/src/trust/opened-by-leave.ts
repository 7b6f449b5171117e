import type { BookReport } from '../credentials/index.ts';
import type { Judgement } from './backup-fresh.ts';
import type { Sentence } from './evidence.ts';

/**
 * "Staff open what members keep only when its owner shares it": judged by the whole book of the vault. One opening
 * without a grant breaks it for good, and so does a book that was altered; what cannot be verified is unknown.
 */
export function judgeOpenings(book: BookReport): Judgement {
  const { openings, byOwners, underGrants, withoutGrant, transfers } = book;
  const { altered, unverified, lastOpenedAt, checkedAt } = book;
  const sentence: Sentence = [
    `opened without a grant: ${withoutGrant}`,
    ...(altered > 0 ? [`; entries of the book that were altered or are gone: ${altered}`] : []),
    ...(unverified > 0 ? [`; entries that cannot be verified: ${unverified}`] : []),
    `; by their owners: ${byOwners}, under grants: ${underGrants}`,
    ...(transfers > 0 ? [`; given another owner: ${transfers}`] : []),
    ...(lastOpenedAt === undefined ? [] : ['; last ', { at: lastOpenedAt }]),
  ];
  return {
    state: withoutGrant + altered > 0 ? 'broken' : unverified > 0 ? 'unknown' : 'kept',
    evidence: {
      sentence,
      observedAt: checkedAt,
      facts: { openings, byOwners, underGrants, withoutGrant, transfers, altered, unverified },
    },
  };
}

/** For people: what is promised. */
export const openingsPromise =
  'Credentials that members keep are opened by others only when their owner shares them';
