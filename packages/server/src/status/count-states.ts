import type { PromiseState } from '../trust/index.ts';

/** How many promises are in which state. */
export function countStates(
  promises: readonly { readonly state: PromiseState }[],
): Record<PromiseState, number> {
  const counts = { kept: 0, 'at-risk': 0, broken: 0, unknown: 0 };
  for (const { state } of promises) counts[state]++;
  return counts;
}
