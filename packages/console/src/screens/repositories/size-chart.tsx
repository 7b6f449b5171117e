import { Text } from '@mantine/core';
import type { RepositoryGrowth } from '../../api/operations.ts';
import { sizeWords } from '../../parts/words/size-words.ts';
import type { Forecast } from './forecast.ts';

const width = 480;
const height = 220;
const left = 84;
const bottom = 24;
const top = 12;
const dayMs = 86_400_000;
const dayWords = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/**
 * Size over time, and where it goes as a dashed line. Drawn by hand: a chart of lines needs no library. Who does not see
 * it has the table below.
 */
export function SizeChart(chart: {
  readonly measured: RepositoryGrowth['measured'];
  readonly forecast: Forecast | undefined;
  readonly aheadDays: number;
}) {
  const { measured, forecast, aheadDays } = chart;
  const points = measured.map(({ at, bytes }) => ({ at: Date.parse(at), bytes }));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const end = forecast && {
    at: last.at + aheadDays * dayMs,
    bytes: forecast.inDays(aheadDays),
  };
  const most = niceTop(Math.max(...points.map(({ bytes }) => bytes), end?.bytes ?? 0));
  const till = Math.max(end?.at ?? last.at, first.at + dayMs);
  const x = (at: number) => left + ((at - first.at) / (till - first.at)) * (width - left - 12);
  const y = (bytes: number) => top + (1 - bytes / most) * (height - top - bottom);
  const line = (list: readonly { at: number; bytes: number }[]) =>
    list.map(({ at, bytes }) => `${x(at).toFixed(1)},${y(bytes).toFixed(1)}`).join(' ');
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Size from ${sizeWords(first.bytes)} on ${dayWords.format(first.at)} to ${sizeWords(last.bytes)} on ${dayWords.format(last.at)}${end === undefined ? '' : `, ${sizeWords(end.bytes)} expected on ${dayWords.format(end.at)}`}`}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line
              className="chart-grid"
              x1={left}
              x2={width - 12}
              y1={y(most * share)}
              y2={y(most * share)}
            />
            <text x={left - 8} y={y(most * share) + 4} textAnchor="end">
              {sizeWords(most * share)}
            </text>
          </g>
        ))}
        {[first.at, ...(end === undefined ? [] : [last.at]), till].map((at, index, all) => (
          <text
            key={at}
            x={x(at)}
            y={height - 4}
            textAnchor={index === 0 ? 'start' : index === all.length - 1 ? 'end' : 'middle'}
          >
            {dayWords.format(at)}
          </text>
        ))}
        <polyline className="chart-line" points={line(points)} />
        {points.length > 60
          ? null
          : points.map(({ at, bytes }) => <circle key={at} cx={x(at)} cy={y(bytes)} r={2.5} />)}
        {end === undefined ? null : (
          <polyline className="chart-line chart-forecast" points={line([last, end])} />
        )}
      </svg>
      <Text component="figcaption" size="sm" c="dimmed">
        All packs as they lie there, layers included{end === undefined ? '' : '; dashed: the forecast'}.
      </Text>
    </figure>
  );
}

/** The next size that reads well: 1, 2 or 5 of a power of two thousand and twenty-four. */
function niceTop(bytes: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / unit;
  const step = [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 512, 1024].find(
    (each) => each >= value,
  );
  return (step ?? 1024) * unit;
}
