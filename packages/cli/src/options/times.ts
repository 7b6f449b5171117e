import { InvalidArgumentError } from 'commander';

const forms: readonly RegExp[] = [
  /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?: (?<H>\d{2}):(?<M>\d{2})(?::(?<S>\d{2}))?)?(?: (?<z>[+-]\d{4}|UTC|GMT|Z))?$/,
  /^(?<d>\d{2})\.(?<m>\d{2})\.(?<y>\d{4})(?: (?<H>\d{2}):(?<M>\d{2})(?::(?<S>\d{2}))?)?(?: (?<z>[+-]\d{4}|UTC|GMT|Z))?$/,
];

/**
 * A point in time as `find` takes it: `2026-11-01`, `2026-11-01 22:08`, `2026-11-01 22:08:41`, the same with the day
 * first (`01.11.2026`), and with a zone behind (`+0100`, `UTC`); in local time without one. Nanoseconds since 1970.
 */
export function findTime(text: string): bigint {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const { y, m, d, H = '00', M = '00', S = '00', z } = parts;
    const zone = z === undefined ? '' : /^[+-]/.test(z) ? `${z.slice(0, 3)}:${z.slice(3)}` : 'Z';
    const time = new Date(`${y}-${m}-${d}T${H}:${M}:${S}${zone}`);
    // The 31st of a short month would silently become the 1st of the next.
    const isReal = new Date(`${y}-${m}-${d}T00:00:00Z`).getUTCDate() === Number(d);
    if (!Number.isNaN(time.getTime()) && isReal) return BigInt(time.getTime()) * 1_000_000n;
  }
  throw new InvalidArgumentError('It must be a time such as 2026-11-01 or 2026-11-01 22:08:41.');
}
