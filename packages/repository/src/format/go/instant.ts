/** RFC 3339 times with nanoseconds, as snapshots and locks carry them. */
import { FormatError } from '../../errors.ts';

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970. Throws `FormatError`. */
export function parseInstant(time: string): bigint {
  const parts = TIME.exec(time);
  if (parts === null) throw new FormatError(`${JSON.stringify(time.slice(0, 50))} is not a time`);
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts;
  const seconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`) / 1000;
  if (Number.isNaN(seconds)) throw new FormatError(`${JSON.stringify(time)} is not a time`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
