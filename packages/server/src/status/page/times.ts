import { html } from 'hono/html';
import type { Instant } from '../../platform/index.ts';
import type { Sentence } from '../../trust/index.ts';

export type Html = ReturnType<typeof html>;

/** A number and its unit stay on one line: "2 m 41 s", "41 MiB". */
export const unbroken = (text: string): string =>
  text.replace(/(\d) (?=(?:s|m|h|d|w|B|[KMGTP]iB)\b)/g, '$1\u00a0');

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** "12 minutes ago", "in 4 minutes", "just now"; days up to 45, then the date says more. */
export function relativeText(at: Instant, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1_000;
  const distance = Math.abs(seconds);
  if (distance < 45) return seconds < -10 ? 'in under a minute' : 'just now';
  if (distance > 45 * 86_400) return `on ${at.slice(0, 10)}`;
  for (const [unit, size] of units) {
    const count = Math.round(distance / size);
    if (distance >= size * 0.75 && count >= 1) {
      const text = `${count} ${unit}${count === 1 ? '' : 's'}`;
      return seconds < 0 ? `in ${text}` : `${text} ago`;
    }
  }
  return 'just now';
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "23 Nov 2026" of an instant or a day. */
export const dateText = (at: string): string =>
  `${Number(at.slice(8, 10))} ${months[Number(at.slice(5, 7)) - 1]} ${at.slice(0, 4)}`;

/** "today 03:10 UTC", "yesterday 22:00 UTC", "3 Nov 2026, 22:00 UTC" */
export function clockText(at: Instant, now: Date): string {
  const time = `${at.slice(11, 16)} UTC`;
  const days = Math.floor(now.getTime() / 86_400_000) - Math.floor(Date.parse(at) / 86_400_000);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  return `${dateText(at)}, ${time}`;
}

/** How long ago, with the exact time where a pointer rests or a reader asks. */
export const ago = (at: Instant, now: Date): Html =>
  html`<time datetime="${at}" title="${clockText(at, now)}">${relativeText(at, now)}</time>`;

/** The time of day, with how long ago it is. */
export const clock = (at: Instant, now: Date): Html =>
  html`<time datetime="${at}" title="${relativeText(at, now)}">${clockText(at, now)}</time>`;

/** A sentence of evidence; `tell` says how an instant is told that does not say so itself. */
export const sentenceText = (sentence: Sentence, now: Date, tell: typeof ago): Html =>
  html`${sentence.map((part, index) => {
    if (typeof part !== 'string') return part.form === 'clock' ? clock(part.at, now) : tell(part.at, now);
    const text = unbroken(part);
    return index === 0 ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  })}`;
