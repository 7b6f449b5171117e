const firstMs = 10_000;
const longestMs = 600_000;

/** Longer with every attempt that failed. Half of it is chance, so that what failed together does not come back together. */
export function backOffMs(attempts: number): number {
  const longest = Math.min(longestMs, firstMs * 3 ** (attempts - 1));
  return Math.round((longest / 2) * (1 + Math.random()));
}
