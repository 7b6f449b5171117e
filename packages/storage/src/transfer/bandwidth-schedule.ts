/**
 * How fast bytes may go by the time of day: `08:00-18:00=1M,else=10M,zone=Europe/Paris`.
 *
 * Times are of the zone (the machine's when none is named), rates in bytes a second with binary units, `0` or
 * `unlimited` is no limit. A span may go over midnight; the first one that holds counts, and where none does, `else`
 * (without it: no limit). Days of the week may stand before a span: `mon-fri 08:00-18:00=1M`.
 */
import { StorageError } from '../errors.ts';

interface Span {
  /** 0 is Sunday; undefined: every day */
  readonly days: ReadonlySet<number> | undefined;
  /** minutes since midnight */
  readonly from: number;
  readonly to: number;
  readonly rate: number | undefined;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = 24 * 60;
const UNITS = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

export class BandwidthSchedule {
  readonly text: string;
  readonly #spans: readonly Span[];
  readonly #otherwise: number | undefined;
  readonly #clock: Intl.DateTimeFormat;

  private constructor(text: string, spans: readonly Span[], otherwise: number | undefined, zone?: string) {
    this.text = text;
    this.#spans = spans;
    this.#otherwise = otherwise;
    this.#clock = new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone: zone,
    });
  }

  /** Throws `StorageError` `storage.options` saying what is wrong. */
  static parse(text: string): BandwidthSchedule {
    const spans: Span[] = [];
    let otherwise: number | undefined;
    let zone: string | undefined;
    for (const part of text.split(',').map((each) => each.trim())) {
      const [, key = '', value = ''] = /^([^=]+)=(.+)$/.exec(part) ?? [];
      if (key === 'zone') zone = knownZone(value);
      else if (key === 'else') otherwise = rate(value);
      else if (key === '' && /^\w+$/.test(part)) otherwise = rate(part);
      else spans.push({ ...span(key, part), rate: rate(value) });
    }
    return new BandwidthSchedule(text, spans, otherwise, zone);
  }

  /** Bytes a second at that moment; undefined is no limit. */
  at(time: Date): number | undefined {
    const parts = Object.fromEntries(this.#clock.formatToParts(time).map(({ type, value }) => [type, value]));
    const minute = Number(parts.hour) * 60 + Number(parts.minute);
    const day = DAYS.indexOf((parts.weekday ?? '').toLowerCase());
    const found = this.#spans.find((each) => holds(each, day, minute));
    return found === undefined ? this.#otherwise : found.rate;
  }
}

function holds({ days, from, to }: Span, day: number, minute: number): boolean {
  const isDay = (wanted: number): boolean => days === undefined || days.has(wanted);
  if (from < to) return isDay(day) && minute >= from && minute < to;
  // Over midnight: the part after it belongs to the day on which it began.
  return (isDay(day) && minute >= from) || (isDay((day + 6) % 7) && minute < to);
}

function span(text: string, part: string): Omit<Span, 'rate'> {
  const match = /^(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d?):(\d\d)-(\d\d?):(\d\d)$/i.exec(text.trim());
  if (match === null) throw wrong(part);
  const [, first, last, ...numbers] = match;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = numbers.map(Number);
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (fromMinute > 59 || toMinute > 59 || from >= DAY || to > DAY || from === to) throw wrong(part);
  return { days: first === undefined ? undefined : daySpan(first, last ?? first, part), from, to };
}

function daySpan(first: string, last: string, part: string): ReadonlySet<number> {
  const [from, to] = [DAYS.indexOf(first.toLowerCase()), DAYS.indexOf(last.toLowerCase())];
  if (from < 0 || to < 0) throw wrong(part);
  const days = new Set<number>();
  for (let day = from; ; day = (day + 1) % 7) {
    days.add(day);
    if (day === to) return days;
  }
}

function rate(text: string): number | undefined {
  if (text === 'unlimited') return undefined;
  const match = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?(?:\/s)?$/i.exec(text);
  if (match === null) throw wrong(text);
  const unit = UNITS[(match[2] ?? '').toLowerCase() as keyof typeof UNITS];
  return Math.floor(Number(match[1]) * unit) || undefined;
}

function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch (cause) {
    throw new StorageError('storage.options', `there is no time zone called ${JSON.stringify(zone)}`, {
      cause,
      advice: 'Use a name such as Europe/Paris or UTC.',
    });
  }
}

const wrong = (part: string): StorageError =>
  new StorageError('storage.options', `${JSON.stringify(part)} is no part of a bandwidth schedule`, {
    advice: 'Write for example 08:00-18:00=1M,else=10M,zone=Europe/Paris: bytes a second, K, M or G.',
  });
