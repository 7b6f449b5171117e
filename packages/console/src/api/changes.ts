import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Answer, type Asked, ask, type OperationId } from './ask.ts';
import type { Operations } from './operations.ts';

/**
 * A change for a form or a button. When it is done everything of `touches` is asked anew. It is never sent again by
 * itself; a creation carries a key of `newKey`, so that a form which is sent again makes nothing twice.
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
    onSuccess: async (answer) => {
      await Promise.all(options.touches.map((name) => client.invalidateQueries({ queryKey: [name] })));
      options.done?.(answer);
    },
  });
}

/** For `idempotencyKey`; also where a page is not reached by TLS, which `crypto.randomUUID` asks for. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
