import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { pagesAs } from '../../api/queries.ts';
import { gather } from './gather.ts';
import type { Search } from './wanted.ts';

/** So many places are found without asking whether that was meant. */
const mostAtOnce = 20_000;
const pageSize = 1_000;

/** A search that goes on by itself, page by page, until all snapshots were looked through or somebody stops it. */
export function useFinding({ source, search, path, from, to }: Omit<Search, 'file'>) {
  const client = useQueryClient();
  const [most, setMost] = useState(mostAtOnce);
  const [isStopped, setStopped] = useState(false);
  const asked = { params: { id: source }, query: { search, path, from, to, limit: pageSize } };
  const options = pagesAs('findSnapshotFiles', asked, gather);
  const list = useInfiniteQuery({
    ...options,
    enabled: !isStopped,
    // Nobody waits a second time for what was looked through.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  const { data, error, hasNextPage, isFetching, fetchNextPage } = list;
  const isFull = (data?.places ?? 0) >= most;
  const goesOn = hasNextPage && !isStopped && !isFull && !isFetching && error === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page the next one is asked for
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, data, fetchNextPage]);
  return {
    list,
    isBusy: !isStopped && (isFetching || goesOn),
    isStopped,
    isFull: isFull && hasNextPage,
    stop: (): void => {
      setStopped(true);
      void client.cancelQueries({ queryKey: options.queryKey });
    },
    goOn: (): void => {
      setStopped(false);
      if (isFull) setMost((data?.places ?? 0) + mostAtOnce);
      if (error !== null) void (data === undefined ? list.refetch() : fetchNextPage());
    },
  };
}
