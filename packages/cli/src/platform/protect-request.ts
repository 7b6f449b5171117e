import { resolve } from 'node:path';
import { leastInterval, parseDuration, parseTimetable } from '@octobox/server';
import { type ParsedLocation, parseLocation } from '@octobox/sources';
import { UsageError } from '../errors.ts';

/** What is said on the command line, with the defaults of the policy: dumps every hour, files every six. */
export interface ProtectFlags {
  readonly every?: string;
  readonly filesEvery?: string;
  readonly exclude?: readonly string[] | false;
  readonly oneFileSystem?: boolean;
}

export interface SourceRequest {
  readonly parsed: ParsedLocation;
  /** As the scheduler takes it: `every 1h`, or a timetable. */
  readonly schedule: string;
  /** False: nobody asked for it, it is the default for a source that is new. */
  readonly isScheduleGiven: boolean;
  /** Seconds between two runs when they are regular. */
  readonly interval: number | undefined;
}

const databaseDefault = '1h';
const filesDefault = '6h';

const greatestInterval = 10 * 365 * 86_400;
const examples =
  'Write an interval such as 30m, 6h or 1d12h, or five cron fields with a time zone: "0 3 * * * Europe/Berlin".';

/**
 * `1h` becomes `every 1h`; `0 3 * * * Europe/Berlin` stays.
 * @throws UsageError for an interval that cannot be kept, and the errors of timetables
 */
export function scheduleFrom(text: string): { schedule: string; interval: number | undefined } {
  const every = text.trim().replace(/^every\s+/i, '');
  // One word can only be meant as an interval.
  if (/\s/.test(every)) {
    parseTimetable(text, new Date());
    return { schedule: text, interval: undefined };
  }
  const interval = parseDuration(every);
  const refuse = (why: string): never => {
    throw new UsageError(`"${text}" is no interval for backups: ${why}`, { advice: examples });
  };
  if (/^(0+[smhdw])+$/.test(every)) return refuse('it must be longer than zero');
  if (interval === undefined && !/^(\d+[smhdw])+$/.test(every)) {
    return refuse('whole numbers of s, m, h, d or w are understood');
  }
  if (interval === undefined || interval > greatestInterval) return refuse('the longest is ten years');
  if (interval < leastInterval) return refuse(`the shortest is ${leastInterval}s`);
  return { schedule: `every ${every}`, interval };
}

/** A path as its user means it, relative to the working folder; the platform wants it whole. */
function wholeLocation(text: string): string {
  const sqlite = /^sqlite:(?!\/)(.+)$/.exec(text)?.[1];
  if (sqlite !== undefined) return `sqlite:${resolve(sqlite)}`;
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : resolve(text);
}

/** @throws UsageError, and the errors of locations and timetables */
export function sourceRequests(locations: readonly string[], flags: ProtectFlags): SourceRequest[] {
  const parsed = locations.map((text) => parseLocation(wholeLocation(text)));
  const seen = new Set<string>();
  for (const { location } of parsed) {
    if (seen.has(location)) throw new UsageError(`${location} is named twice`);
    seen.add(location);
  }
  const onlyFiles = parsed.every(({ kind }) => kind === 'files');
  if (!parsed.some(({ kind }) => kind === 'files')) refuseFolderOptions(flags);
  // With folders alone, `--every` can mean nothing but them.
  const ofFiles = flags.filesEvery ?? (onlyFiles ? flags.every : undefined);
  const files = { ...scheduleFrom(ofFiles ?? filesDefault), isScheduleGiven: ofFiles !== undefined };
  const databases = {
    ...scheduleFrom(flags.every ?? databaseDefault),
    isScheduleGiven: flags.every !== undefined,
  };
  return parsed.map((one) => ({ parsed: one, ...(one.kind === 'files' ? files : databases) }));
}

/** Whoever leaves something out of nothing is mistaken about what is named. */
function refuseFolderOptions(flags: ProtectFlags): void {
  const options = [
    ['--files-every', flags.filesEvery],
    ['--exclude', flags.exclude],
    ['--one-file-system', flags.oneFileSystem],
  ] as const;
  const given = options.find(([, value]) => value !== undefined)?.[0];
  if (given === undefined) return;
  throw new UsageError(`${given} is for folders, and none is named`, {
    advice: 'Leave it away, or name the folder beside the databases.',
  });
}

/** Of a database: the one in its location, else that of PGPASSWORD. */
export function passwordOf(
  { kind, password }: ParsedLocation,
  fromEnvironment: string | undefined,
): string | undefined {
  const known = password ?? (kind === 'postgresql' ? fromEnvironment : undefined);
  return known === '' ? undefined : known;
}

/**
 * The location with its password in it, which the catalog splits off again and keeps apart. A password
 * from PGPASSWORD is kept as well: the schedules run in another process, which has not that environment.
 */
export function locationWithPassword(parsed: ParsedLocation, fromEnvironment: string | undefined): string {
  const known = passwordOf(parsed, fromEnvironment);
  if (known === undefined) return parsed.location;
  const url = new URL(parsed.location);
  url.searchParams.set('password', known);
  return url.href;
}
