import { Button } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../notices/problem-notice.tsx';
import { Loaded } from '../page/loaded.tsx';

/** A list in pages: what was fetched so far, and a button for what is older. */
export function Paged<T>({
  query,
  empty,
  children,
}: {
  readonly query: UseInfiniteQueryResult<T[]>;
  /** Shown instead of a list without items. */
  readonly empty: ReactNode;
  readonly children: (items: readonly T[]) => ReactNode;
}) {
  return (
    <Loaded query={query}>
      {(items) =>
        items.length === 0 ? (
          empty
        ) : (
          <>
            {children(items)}
            {query.isFetchNextPageError ? <ProblemNotice error={query.error} /> : null}
            {query.hasNextPage ? (
              <Button
                variant="default"
                onClick={() => void query.fetchNextPage()}
                loading={query.isFetchingNextPage}
                style={{ alignSelf: 'flex-start' }}
              >
                Show older ones
              </Button>
            ) : null}
          </>
        )
      }
    </Loaded>
  );
}
