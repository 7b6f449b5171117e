interface Attempt {
  readonly id: number;
  readonly sourceId: string;
  readonly state: string;
}

/** Of the attempts, the newest first, those that were the last of their source to end, and ended badly. */
export function lastFailures<T extends Attempt>(attempts: readonly T[]): T[] {
  const seen = new Set<string>();
  return attempts.filter(({ sourceId, state }) => {
    if (state === 'running' || seen.has(sourceId)) return false;
    seen.add(sourceId);
    return state === 'failed' || state === 'interrupted';
  });
}
