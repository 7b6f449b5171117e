import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../notices/problem-notice.tsx';

/** What a query brought; before that a shape of it, and its problem when there is one. */
export function Loaded<T>({
  query,
  rows = 3,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  if (data !== undefined) {
    return (
      <>
        {error === null ? null : <ProblemNotice error={error} />}
        {children(data)}
      </>
    );
  }
  if (error !== null) return <ProblemNotice error={error} />;
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} height={56} />
      ))}
    </Stack>
  );
}
