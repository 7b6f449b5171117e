import { useMutation, useQueryClient } from '@tanstack/react-query';
import { tell } from '../parts/notices/told.tsx';
import { type Answer, type Asked, ask, type OperationId } from './ask.ts';
import type { Operations } from './operations.ts';
import { ApiProblem } from './problem.ts';

/** So often it is tried to send a change to a server that does not answer: for some five minutes. */
const mostTries = 60;

/**
 * A change for a form or a button. When it is done everything of `touches` is asked anew. While the server does not answer,
 * because it is started anew or the network is gone, it is sent again: a creation carries a key of `newKey`, and a change
 * the ETag that it was made against, so nothing is done twice. What was answered is never sent again by itself.
 */
export function useChange<Id extends OperationId>(
  id: Id,
  options: {
    readonly touches: readonly OperationId[];
    readonly done?: (answer: Answer<Operations[Id]['answer']>) => void;
  },
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked<Id>) => ask(id, asked),
    networkMode: 'always',
    retry: (failures, error) => {
      const again = error instanceof ApiProblem && error.status === 0 && failures < mostTries;
      if (again) tell('Octobox does not answer. This is sent as soon as it does.');
      return again;
    },
    retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
    onSuccess: async (answer) => {
      await Promise.all(options.touches.map((name) => client.invalidateQueries({ queryKey: [name] })));
      options.done?.(answer);
    },
  });
}

/** For `idempotencyKey`; also where a page is not reached by TLS, which `crypto.randomUUID` asks for. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
