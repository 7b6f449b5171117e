import type { RowReport } from '../identity/index.ts';
import type { Judgement } from './backup-fresh.ts';
import type { Sentence } from './evidence.ts';

/**
 * "Who gets in is changed by the platform alone": judged by the seals of all rows from which that follows. Broken while there is
 * one that the platform did not write, though nothing follows from it; what cannot be verified is unknown.
 */
export function judgeRows({ rows, foreign, putBack, trouble, checkedAt }: RowReport): Judgement {
  const tables = Object.entries(foreign);
  const count = tables.reduce((sum, [, each]) => sum + each, 0);
  const where = tables.map(([table, each]) => `${table} ${each}`).join(', ');
  const sentence: Sentence =
    trouble === 'replaced'
      ? ['the key that seals the accounts is gone from the database, or another one']
      : trouble === 'no-key'
        ? ['the seals of the accounts cannot be verified: the key of the vault is not here']
        : [
            `rows of the accounts that the platform did not write: ${count}`,
            ...(count > 0 ? [` (${where})`] : []),
            ...(putBack > 0 ? [`; of the past, put back: ${putBack}`] : []),
            `; of ${rows} in all`,
          ];
  return {
    state:
      trouble === 'replaced' || count + putBack > 0 ? 'broken' : trouble === 'no-key' ? 'unknown' : 'kept',
    evidence: {
      sentence,
      observedAt: checkedAt,
      facts: { rows, foreign: count, putBack, verified: trouble === undefined },
    },
  };
}

/** For people: what is promised. */
export const rowsPromise = 'Who gets in, and what each may do, is changed by the platform alone';
