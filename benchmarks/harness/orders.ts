/**
 * The orders in which programs run one after another, for what depends on who came before: each is as often early as
 * late, so that the medians are of equal chances.
 */
export function bothWays<T>(contenders: readonly T[], runs: number): T[][] {
  const rounds = Math.max(2, runs + (runs % 2));
  return Array.from({ length: rounds }, (_, round) =>
    round % 2 === 0 ? [...contenders] : contenders.toReversed(),
  );
}
