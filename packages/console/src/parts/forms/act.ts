import { useState } from 'react';
import { NotProved } from '../proof.tsx';

/**
 * Something that a button does, of which nothing is kept but whether it goes on and what went wrong: for what has a secret
 * in it, which no cache shall hold. A proof that was not given is no error.
 */
export function useAct(): {
  readonly busy: boolean;
  readonly error: unknown;
  /** True when it was done. */
  readonly act: (done: () => Promise<void>) => Promise<boolean>;
  readonly reset: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    reset: () => setError(null),
    async act(done) {
      setBusy(true);
      setError(null);
      try {
        await done();
        return true;
      } catch (failure) {
        if (!(failure instanceof NotProved)) setError(failure);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
