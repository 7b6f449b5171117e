import { QueryClient } from '@tanstack/react-query';
import { onWaking } from './every.ts';
import { ApiProblem } from './problem.ts';

/** Trouble that passes: the server restarts, the database is busy. Everything else stays as it was answered. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || [0, 429, 503].includes(error.status);

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => passes(error) && failures < 3,
      },
      // What a change may be sent again for is said where it is made.
      mutations: { retry: false },
    },
  });
  onWaking(() => void client.invalidateQueries());
  return client;
}
