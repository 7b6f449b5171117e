import { ApiError } from '../answers/problem.ts';

/** Of guesses at a password or a code; each guess counts, so that who goes on waits longer. */
export const tooManyAttempts = (): ApiError =>
  new ApiError('api.attempts', 'too many attempts were made', {
    advice: 'Wait a quarter of an hour, then try again.',
    headers: { 'retry-after': '900' },
  });
