const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, y: 31_536_000 } as const;
type Unit = keyof typeof unitSeconds;

/** Reads "90s", "15m", "1h", "1h30m", "7d", "2w", "1y" (365 days); undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhdwy])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhdwy])/g)) {
    seconds += Number(amount) * unitSeconds[unit as Unit];
  }
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** "2 m 41 s", "1 h", "3 d 4 h": the two greatest units, for people. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 1) return seconds > 0 ? 'under 1 s' : '0 s';
  const parts: string[] = [];
  let rest = whole;
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    // After the first unit only its neighbour is shown: "1 h 5 m", never "1 h 3 s".
    if (parts.length > 0 && (parts.length === 2 || count === 0)) break;
  }
  return parts.join(' ');
}

/** "1 hour", "6 hours", "1 hour 30 minutes": for sentences. */
export function durationWords(seconds: number): string {
  const parts = formatDuration(seconds)
    .split(/ (?=\d)/)
    .map((part) => {
      const [count, unit] = part.split(' ');
      const word = { d: 'day', h: 'hour', m: 'minute', s: 'second' }[unit ?? ''] ?? 'second';
      return `${count} ${word}${count === '1' ? '' : 's'}`;
    });
  return parts.join(' ');
}

/** "every hour", "every 6 hours" */
export const everyWords = (seconds: number): string =>
  `every ${durationWords(seconds).replace(/^1 (?=\w+$)/, '')}`;

/** "39.1 MiB", "1.15 GiB": powers of 1024 as the command line and restic have them, three digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
