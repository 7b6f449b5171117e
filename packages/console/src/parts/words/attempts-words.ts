interface Attempted {
  readonly attempts: number;
  readonly maxAttempts: number;
}

/** "1 of 3"; "2" alone where a job was begun again beyond its limit, since its worker had vanished: that is no failure of the job. */
export const attemptsWords = ({ attempts, maxAttempts }: Attempted): string =>
  attempts > maxAttempts ? String(attempts) : `${attempts} of ${maxAttempts}`;
