const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const dayOfUtc = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekdayClock = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export const fullTime = (date: Date): string => full.format(date);

/** "31 Jan 2027, 14:05", where lines are compared. */
export const exactTime = (date: Date): string => exact.format(date);

/** Of what ends with a day by UTC: "31 Jan 2027". */
export const utcDay = (date: Date): string => dayOfUtc.format(date);

/** "12 minutes ago", "in 3 hours", and a date beyond a month. */
export function ago(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1_000;
  const size = Math.abs(seconds);
  // What shows the present is ten seconds behind at times.
  if (size < 45) return seconds > 10 ? 'in a moment' : 'just now';
  if (size > 30 * 86_400) return day.format(date);
  const [unit, length] = units.find(([, each]) => size >= each * 0.95) ?? ['minute', 60];
  return relative.format(Math.round(seconds / length), unit);
}

/** "14:05" within a day, "Mon 14:05" within a week, else the date. */
export function clockTime(date: Date, now: Date): string {
  const days = Math.abs(date.getTime() - now.getTime()) / 86_400_000;
  if (days > 6) return day.format(date);
  return date.toDateString() === now.toDateString() ? clock.format(date) : weekdayClock.format(date);
}

/** "2 h 5 min", "3 d", "12 s": two units at most. */
export function durationWords(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3_600), 'h'],
    [Math.floor((whole % 3_600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
