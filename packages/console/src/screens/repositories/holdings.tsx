import { Button, Group, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { newKey, useChange } from '../../api/changes.ts';
import { every } from '../../api/every.ts';
import type { Statistics } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { SourceSelect } from '../../parts/forms/source-select.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { FailureNotice } from '../../parts/notices/failure-notice.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';
import { lastCounts, ratiosOf } from './counts.ts';

/** What a restore would write, and what is stored for it: counted when somebody asks, and kept in sight. */
export function Holdings() {
  const may = useMay();
  const [source, setSource] = useState('');
  const counting = useChange('countSnapshots', { touches: ['listJobs', 'listStatistics'] });
  const counts = useQuery({
    ...query('listStatistics', { query: { limit: 100 } }),
    refetchInterval: every(10_000),
  });
  const count = (mode: Statistics['mode'], then?: () => void): void => {
    const body = { mode, ...(source === '' ? {} : { source }) };
    counting.mutate({ body, idempotencyKey: newKey() }, { onSuccess: () => then?.() });
  };
  return (
    <>
      <Group align="flex-end" gap="sm">
        <SourceSelect value={source} onChange={setSource} />
        {may('repositories.check') ? (
          <Button
            variant="default"
            loading={counting.isPending}
            onClick={() => count('restore-size', () => count('raw-data'))}
          >
            Count now
          </Button>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed">
        All folders are read for it. It changes nothing, and backups go on meanwhile.
      </Text>
      {counting.error === null ? null : <ProblemNotice error={counting.error} />}
      <Loaded query={counts} rows={1}>
        {({ items }) => {
          const { underWay, failed, restored, stored } = lastCounts(items, source);
          const last = [restored, stored].flatMap((each) => each?.finishedAt ?? []).sort()[0];
          const ratios = ratiosOf(restored, stored);
          return (
            <>
              {underWay.map(({ id }) => (
                <Paper key={id} withBorder p="sm">
                  <LiveJob id={id} />
                </Paper>
              ))}
              <FailureNotice failure={failed?.failure} title="The last count failed" />
              {last === undefined ? (
                underWay.length > 0 ? null : (
                  <Empty title="It was not counted here in the last 30 days">
                    A count tells how much a restore of every snapshot would write, how little is stored for
                    it, and how much of that deduplication and compression save.
                  </Empty>
                )
              ) : (
                <>
                  <Facts
                    facts={[
                      ['Snapshots', words(restored?.snapshots ?? stored?.snapshots, countWords)],
                      ['Restore size', words(restored?.bytes, sizeWords)],
                      ['Files and folders', words(restored?.files, countWords)],
                      ['Stored', words(stored?.bytes, sizeWords)],
                      ['Before compression', words(stored?.bytesUncompressed, sizeWords)],
                      ['Deduplication', words(ratios.deduplication, timesWords)],
                      ['Compression', words(ratios.compression, timesWords)],
                      ['Both together', words(ratios.both, timesWords)],
                      ['Counted', <Moment key="at" at={last} />],
                    ]}
                  />
                  <Text size="sm" c="dimmed">
                    Restore size: what all snapshots would write, if each was restored. Stored: what is in the
                    repository for them, each piece once, folders included, and without layers of encryption.
                    {ratios.isSame
                      ? ''
                      : ' The two counts were not of the same snapshots: count again to compare them.'}
                  </Text>
                </>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

const words = (value: number | undefined, word: (value: number) => string): string | undefined =>
  value === undefined ? undefined : word(value);

/** "17.5 : 1" */
const timesWords = (ratio: number): string =>
  `${ratio.toFixed(ratio < 0.95 ? 2 : ratio < 99.95 ? 1 : 0)} : 1`;
