import type { RepositoryGrowth } from '../../api/operations.ts';

/** What the repository would have, if it goes on as it went. */
export interface Forecast {
  /** Per day, of the line through what was measured. */
  readonly bytesPerDay: number;
  /** In so many days from the last measurement. */
  readonly inDays: (days: number) => number;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

type Measured = RepositoryGrowth['measured'];

const dayMs = 86_400_000;
const fewest = 5;
const shortestDays = 7;

/**
 * The line that is nearest to the sizes that were measured (least squares); undefined from fewer than five of them, or
 * from less than a week, which would be a guess.
 */
export function forecastOf(measured: Measured): Forecast | undefined {
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined || measured.length < fewest) return undefined;
  const start = Date.parse(first.at);
  const points = measured.map(({ at, bytes }) => ({ x: (Date.parse(at) - start) / dayMs, y: bytes }));
  if ((points.at(-1)?.x ?? 0) < shortestDays) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const bytesPerDay = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  return {
    bytesPerDay,
    inDays: (days) => Math.max(0, last.bytes + bytesPerDay * days),
    from: first.at,
    to: last.at,
    count: measured.length,
  };
}
