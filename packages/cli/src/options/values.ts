import { BandwidthSchedule } from '@octobox/storage/bandwidth';
import { InvalidArgumentError } from 'commander';

/** Values of options as they are written on the command line. Each throws commander's own error. */

export const collect = (value: string, earlier: readonly string[] | undefined): string[] => [
  ...(earlier ?? []),
  value,
];

/** `key=value`, several times. */
export function keyValue(
  text: string,
  earlier: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be key=value, e.g. s3.region=eu-west-3.');
  return new Map([...(earlier ?? []), [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]]);
}

export const counted = (_: unknown, earlier: number | undefined): number => (earlier ?? 0) + 1;

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

/** A number of snapshots, or `unlimited` for all. */
export function snapshotCount(text: string): number | 'unlimited' {
  if (text === 'unlimited') return text;
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 0, or 'unlimited' to keep all.");
  }
  return Number(text);
}

const sizeSuffixes = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

/** `500`, `100M`, `1.5G` in bytes, with binary units as restic has them. */
export function size(text: string): number {
  const bytes = bytesOf(text);
  if (bytes === undefined) throw new InvalidArgumentError('It must be a size such as 500K, 100M or 2G.');
  return bytes;
}

function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  const suffix = match?.[2]?.toLowerCase() as keyof typeof sizeSuffixes | undefined;
  if (match?.[1] === undefined || suffix === undefined) return undefined;
  return Math.floor(Number(match[1]) * sizeSuffixes[suffix]);
}

const timeUnits = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** `90s`, `15m`, `1h30m`, `2d` in seconds. */
export function durationSeconds(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text.trim()) {
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 1h30m or 2d.');
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * timeUnits[part[2] as keyof typeof timeUnits], 0);
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
    return found;
  };
}

/**
 * A point in time as restic takes it, in local time unless it says otherwise.
 * `2026-11-01 22:08:41`, `2026-11-01 22:08`, `2026-11-01`, RFC 3339, or `now`.
 */
export function pointInTime(text: string): Date {
  if (text === 'now') return new Date();
  const written = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T');
  const time = new Date(written);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a time such as 2026-11-01 22:08:41.');
  }
  return time;
}

/** Which data `check` reads: `2/5` and `2.5%` are judged by the engine, anything else is a size in bytes. */
export function dataSubset(text: string): string | number {
  const subset = text.includes('/') || text.endsWith('%') ? text : bytesOf(text);
  if (subset === undefined) {
    throw new InvalidArgumentError('It must be n/t such as 1/5, a share such as 5%, or a size such as 2G.');
  }
  return subset;
}

/** A rate in KiB a second, as restic has it, or a schedule of rates. */
export function bandwidth(text: string): BandwidthSchedule {
  try {
    return BandwidthSchedule.parse(/^\d+$/.test(text) ? `${text}K` : text);
  } catch (error) {
    throw new InvalidArgumentError(
      `${(error as Error).message}: write KiB a second, or for example 08:00-18:00=1M,else=10M.`,
    );
  }
}
