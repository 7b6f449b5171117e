import { Button, Group, Loader, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { pagesAs } from '../../api/queries.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { LongList } from '../../parts/table/long-list.tsx';
import { Rows } from '../../parts/table/rows.ts';
import { changesOf, summaryOf } from './changes.ts';
import { DifferenceRow } from './difference-row.tsx';

/** What differs, however much it is: those in sight are on the page, and more are fetched as one comes near. */
export function DifferenceList(between: {
  readonly before: string;
  readonly after: string;
  readonly path: string;
  readonly metadata: boolean;
}) {
  const { before, after, path, metadata } = between;
  const asked = {
    params: { id: after },
    query: { since: before, path, metadata: metadata ? 'true' : 'false', limit: 200 },
  } as const;
  const list = useInfiniteQuery({
    ...pagesAs('listSnapshotDifferences', asked, (pages) => ({
      rows: new Rows(pages),
      changes: changesOf(pages),
    })),
    // What is in snapshots never changes.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = list;
  const more = () => void list.fetchNextPage();
  return (
    <Loaded query={list} rows={8}>
      {({ rows, changes }) =>
        rows.count === 0 && !hasNextPage ? (
          <Empty title="Nothing differs">
            {metadata
              ? 'The two are alike in every name, content and attribute.'
              : 'The two are alike in every name and every content.'}
          </Empty>
        ) : (
          <>
            <Text size="sm" c="dimmed" role="status">
              {summaryOf(changes)}
              {hasNextPage ? ' so far; more come as you scroll' : ''}
              {isFetchingNextPage ? <Loader size={12} ml={8} aria-hidden /> : null}
            </Text>
            <LongList
              name="What differs"
              items={rows}
              height={56}
              keyOf={(difference) => difference.path}
              more={hasNextPage && !isFetchNextPageError}
              busy={isFetchingNextPage}
              fetchMore={more}
              row={(difference) => <DifferenceRow before={before} after={after} difference={difference} />}
            />
            {isFetchNextPageError ? (
              <Group>
                <ProblemNotice error={list.error} />
                <Button variant="default" onClick={more}>
                  Go on
                </Button>
              </Group>
            ) : null}
          </>
        )
      }
    </Loaded>
  );
}
