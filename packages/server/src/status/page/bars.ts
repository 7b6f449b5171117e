import { html } from 'hono/html';
import { formatDuration } from '../../platform/index.ts';
import type { DayReport, ServiceReport } from '../report.ts';
import { observedWords } from './observed-time.ts';
import { dateText, type Html } from './times.ts';

const step = 10;
const width = 7;
const height = 32;
/** A day without data is a low stub: neither the height nor the colour of a good day. */
const stub = 6;

const words = (day: DayReport): string => {
  if (day.state === 'none') return 'no data';
  if (day.state === 'ok') return `no trouble in ${formatDuration(day.upSeconds)} watched`;
  return `trouble for ${formatDuration(day.downSeconds)}`;
};

const bar = (day: DayReport, index: number): Html => {
  const tall = day.state === 'none' ? stub : height;
  return html`<rect class="${day.state}" x="${index * step}" y="${height - tall}" width="${width}" height="${tall}" rx="1.5"><title>${dateText(day.day)}: ${words(day)}</title></rect>`;
};

/** 90 days as bars, and the same in words for those who cannot see them. */
export function dayBars(service: ServiceReport): Html {
  const { days } = service;
  const count = (state: DayReport['state']): number => days.filter((day) => day.state === state).length;
  const trouble = count('outage') + count('degraded');
  const watched = days.length - count('none');
  const troubled = days.filter((day) => day.state === 'outage' || day.state === 'degraded');
  const label =
    `${service.name}, last ${days.length} days: ${watched} watched, ${trouble} with trouble` +
    (troubled.length === 0
      ? ''
      : ` (${troubled
          .slice(-5)
          .map((day) => dateText(day.day))
          .join(', ')})`) +
    `, ${count('none')} without data`;
  return html`<svg class="bars" viewBox="0 0 ${(days.length - 1) * step + width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${days.map(bar)}</svg>
<p class="scale"><span>${days.length} days ago</span><span>${uptimeText(service)}</span><span>today</span></p>`;
}

function uptimeText(service: ServiceReport): string {
  if (service.uptime === undefined) return 'no data yet';
  // Rounded down: 100 % is said of a time without any trouble alone.
  const percent = Math.floor(service.uptime * 100_000) / 1_000;
  const shown = percent === 100 ? '100' : percent.toFixed(percent >= 99 ? 3 : 2);
  return `up ${shown}\u00a0% of ${observedWords(service.observedSeconds)}`;
}
