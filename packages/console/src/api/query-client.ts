import { QueryCache, QueryClient } from '@tanstack/react-query';
import { onWaking } from './every.ts';
import { ApiProblem } from './problem.ts';

/** Trouble that passes: the server restarts, the database is busy. Everything else stays as it was answered. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || [0, 429, 503].includes(error.status);

export function makeQueryClient(): QueryClient {
  // Who may do nothing any more since a moment ago is told so at once, whatever the screen asked for.
  const queryCache = new QueryCache({
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === 'server.time-over')
        void client.invalidateQueries({ queryKey: ['getCaller'] });
    },
  });
  const client = new QueryClient({
    queryCache,
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
