import type { Statistics } from '../../api/operations.ts';

/** What was counted last, of a source or of all, `counts` being the newest first. */
export function lastCounts(counts: readonly Statistics[], source: string) {
  const those = counts.filter(
    ({ sourceId = '', snapshotIds }) => snapshotIds === undefined && sourceId === source,
  );
  const last = (mode: Statistics['mode']) =>
    those.find((each) => each.mode === mode && each.state === 'succeeded');
  const [newest] = those;
  return {
    /** The first of them is the next to end. */
    underWay: counts
      .filter(({ finishedAt }) => finishedAt === undefined)
      .reverse()
      .slice(0, 2),
    failed: newest?.state === 'failed' ? newest : undefined,
    restored: last('restore-size'),
    stored: last('raw-data'),
  };
}

/** How often less is stored than a restore of everything would write, and by what. */
export function ratiosOf(restored: Statistics | undefined, stored: Statistics | undefined) {
  const isSame = restored === undefined || stored === undefined || restored.snapshots === stored.snapshots;
  const [written, uncompressed, kept] = isSame
    ? [restored?.bytes, stored?.bytesUncompressed ?? stored?.bytes, stored?.bytes]
    : [undefined, stored?.bytesUncompressed, stored?.bytes];
  return {
    isSame,
    deduplication: ratio(written, uncompressed),
    compression: stored?.bytesUncompressed === undefined ? undefined : ratio(uncompressed, kept),
    both: ratio(written, kept),
  };
}

const ratio = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined || after === 0 ? undefined : before / after;
