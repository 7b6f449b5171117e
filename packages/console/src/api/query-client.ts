import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';

/** Trouble that passes: the server restarts, the database is busy. Everything else stays as it was answered. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || error.status === 0 || error.status === 503;

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => passes(error) && failures < 3,
      },
      // A change is never sent again by itself: its form keeps what was typed, and says what went wrong.
      mutations: { retry: false },
    },
  });
