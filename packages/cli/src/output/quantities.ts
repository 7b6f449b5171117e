/** Amounts and times as people read them, in restic's spelling. */

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `2.861 MiB`; whole bytes below one KiB. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  let amount = count;
  let unit: string = 'B';
  for (const next of units) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = next;
  }
  return `${amount.toFixed(3)} ${unit}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `0:07`, `12:34`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `2 m 41 s`, for measured durations; tenths below ten seconds. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} m` : `${hours} h`;
  return whole % 60 > 0 ? `${minutes} m ${whole % 60} s` : `${minutes} m`;
}

/** A whole number, `1,234`. By hand: the system's tables of languages take a twentieth of a second to load. */
export const count = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

export const plural = (value: number, noun: string, nouns = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : nouns}`;

export const percent = (part: number, whole: number): string =>
  `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)}%`;

/** Local time, `2026-11-23 07:16:07`. Takes RFC 3339 with up to nanoseconds. */
export function localTime(time: string): string {
  const instant = new Date(time.replace(/(\.\d{3})\d+/, '$1'));
  if (Number.isNaN(instant.getTime())) return time;
  const date = `${String(instant.getFullYear()).padStart(4, '0')}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
  return `${date} ${two(instant.getHours())}:${two(instant.getMinutes())}:${two(instant.getSeconds())}`;
}

export const shortId = (id: string): string => id.slice(0, 8);
