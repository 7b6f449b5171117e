/**
 * Instants as restic writes them: RFC 3339 with nanoseconds (Go's time.RFC3339Nano), always in UTC here,
 * because a tree's bytes and so its name depend on the spelling. In memory: nanoseconds since 1970 as bigint.
 */

const BILLION = 1_000_000_000n;

/** Years below 0 and above 9999 are set to those, month, day and time kept, as restic does. */
export function formatGoTime(nanoseconds: bigint): string {
  let fraction = nanoseconds % BILLION;
  if (fraction < 0n) fraction += BILLION;
  const seconds = Number((nanoseconds - fraction) / BILLION);
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  let { year, month, day } = civilDate(days);
  if (year < 0 || year > 9999) {
    year = year < 0 ? 0 : 9999;
    // 29 February of a year that has none moves on to 1 March, as in Go's AddDate.
    if (year === 9999 && month === 2 && day === 29) [month, day] = [3, 1];
  }
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const time = `${pad(Math.floor(rest / 3600), 2)}:${pad(Math.floor(rest / 60) % 60, 2)}:${pad(rest % 60, 2)}`;
  if (fraction === 0n) return `${date}T${time}Z`;
  let digits = pad(Number(fraction), 9);
  let end = 9;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  digits = digits.slice(0, end);
  return `${date}T${time}.${digits}Z`;
}

/** The same for a clock's reading: `2026-11-26T03:05:43.24Z`, where JavaScript's own spelling ends in a zero. */
export const formatGoDate = (date: Date): string => formatGoTime(BigInt(date.getTime()) * 1_000_000n);

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** Proleptic Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin on 1 March. */
function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since 1970. Throws SyntaxError for text that is no RFC 3339 time. */
export function parseGoTime(text: string): bigint {
  return parseUsual(text) ?? parseAny(text);
}

/** Times in UTC as restic writes them, without the cost of a pattern: three for each node. Undefined for any other. */
function parseUsual(text: string): bigint | undefined {
  const end = text.length - 1;
  if (end < 19 || end > 29 || end === 20 || text.charCodeAt(end) !== 0x5a) return undefined;
  const isDate =
    text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
  if (!isDate || (end > 19 && text[19] !== '.')) return undefined;
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const fraction = end === 19 ? 0 : digits(text, 20, end) * 10 ** (29 - end);
  // Comparisons with what is no number are false.
  if (!(hour < 24 && minute < 60 && second < 60 && fraction >= 0)) return undefined;
  const midnight = usualMidnight(text.slice(0, 10));
  if (midnight === undefined) return undefined;
  return BigInt(midnight + hour * 3600 + minute * 60 + second) * BILLION + BigInt(fraction);
}

/** The date that was read last, with its seconds since 1970: neighbours mostly share it. */
let last: { readonly date: string; readonly midnight: number } | undefined;

/** Undefined for a date that is not usual. */
function usualMidnight(date: string): number | undefined {
  if (date === last?.date) return last.midnight;
  const year = digits(date, 0, 4);
  const month = digits(date, 5, 7);
  const day = digits(date, 8, 10);
  if (!(year >= 100 && month <= 12 && month > 0 && day > 0)) return undefined;
  last = { date, midnight: Date.UTC(year, month - 1, day) / 1000 };
  return last.midnight;
}

/** NaN when there is anything but digits. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function parseAny(text: string): bigint {
  const match = PATTERN.exec(text);
  if (match === null) throw new SyntaxError(`not a time: ${JSON.stringify(text)}`);
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = match;
  // Date.UTC takes years below 100 for 1900 and later; setUTCFullYear does not.
  const date = new Date(
    Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  );
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const offset =
    sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  return BigInt(date.getTime() / 1000 - offset) * BILLION + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}
