import type { SnapshotDifference } from '../../api/operations.ts';
import { countWords } from '../../parts/words/size-words.ts';

type Change = SnapshotDifference['change'];
type Changes = Readonly<Partial<Record<Change, number>>>;

interface Page {
  readonly items: readonly SnapshotDifference[];
}

/** In the order in which they are told. */
const words: Readonly<Record<Change, string>> = {
  added: 'added',
  removed: 'removed',
  content: 'with other content',
  'silent-content': 'with other content, and nothing else shows it',
  type: 'of another kind',
  metadata: 'with other metadata alone',
};

/** Pages stay as they are, and there may be thousands: each is counted once. */
const counted = new WeakMap<Page, Changes>();

export function changesOf(pages: readonly Page[]): Changes {
  const sum: Partial<Record<Change, number>> = {};
  for (const page of pages)
    for (const [change, count] of Object.entries(countsOf(page)) as [Change, number][])
      sum[change] = (sum[change] ?? 0) + count;
  return sum;
}

function countsOf(page: Page): Changes {
  const known = counted.get(page);
  if (known !== undefined) return known;
  const counts: Partial<Record<Change, number>> = {};
  for (const { change } of page.items) counts[change] = (counts[change] ?? 0) + 1;
  counted.set(page, counts);
  return counts;
}

/** "2 added, 1 removed" */
export const summaryOf = (changes: Changes): string =>
  (Object.keys(words) as Change[])
    .flatMap((change) =>
      changes[change] === undefined ? [] : [`${countWords(changes[change])} ${words[change]}`],
    )
    .join(', ') || 'Nothing';
