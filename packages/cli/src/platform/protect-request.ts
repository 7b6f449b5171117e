import { resolve } from 'node:path';
import { parseDuration, parseTimetable } from '@octobox/server';
import { type ParsedLocation, parseLocation } from '@octobox/sources';
import { UsageError } from '../errors.ts';

/** What is said on the command line, with the defaults of the policy: dumps every hour, files every six. */
export interface ProtectFlags {
  readonly every?: string;
  readonly filesEvery?: string;
}

export interface SourceRequest {
  readonly parsed: ParsedLocation;
  /** As the scheduler takes it: `every 1h`, or a timetable. */
  readonly schedule: string;
  /** Seconds between two runs when they are regular. */
  readonly interval: number | undefined;
}

const databaseDefault = '1h';
const filesDefault = '6h';

/** `1h` becomes `every 1h`; `0 3 * * * Europe/Berlin` stays. */
export function scheduleFrom(text: string): { schedule: string; interval: number | undefined } {
  const interval = parseDuration(text.replace(/^every\s+/, ''));
  const schedule = interval === undefined ? text : `every ${text.replace(/^every\s+/, '')}`;
  parseTimetable(schedule, new Date());
  return { schedule, interval };
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
  // With folders alone, `--every` can mean nothing but them.
  const files = scheduleFrom(flags.filesEvery ?? (onlyFiles ? flags.every : undefined) ?? filesDefault);
  const databases = scheduleFrom(flags.every ?? databaseDefault);
  return parsed.map((one) => ({ parsed: one, ...(one.kind === 'files' ? files : databases) }));
}

/**
 * The location with its password in it, which the catalog splits off again and keeps apart. A password
 * from PGPASSWORD is kept as well: the schedules run in another process, which has not that environment.
 */
export function locationWithPassword(
  { kind, location, password }: ParsedLocation,
  fromEnvironment: string | undefined,
): string {
  const known = password ?? (kind === 'postgresql' ? fromEnvironment : undefined);
  if (known === undefined || known === '') return location;
  const url = new URL(location);
  url.searchParams.set('password', known);
  return url.href;
}
