import type { ProtectedSource, SourceChanges, SourceOptions } from '@octobox/server';
import { duration } from '../output/quantities.ts';
import { printable } from '../output/snapshot-table.ts';
import type { KnownSource } from './known-sources.ts';
import { passwordOf, type SourceRequest } from './protect-request.ts';

/** What the command line asks of every source that is named; what is absent was not given. */
export interface SourceWishes {
  /** Folders alone take them. */
  readonly options: SourceOptions;
  /** seconds */
  readonly rpo: number | undefined;
  /** Of databases whose location has none. */
  readonly password: string | undefined;
}

/** What of a protected source was changed; empty: it is as it was. */
export interface Changed {
  readonly schedule?: { readonly from: string | null; readonly to: string | null };
  /** seconds */
  readonly rpo_seconds?: { readonly from: number; readonly to: number };
  readonly excludes?: { readonly from: readonly string[]; readonly to: readonly string[] };
  readonly one_file_system?: { readonly from: boolean; readonly to: boolean };
  /** `kept`: there was none before. */
  readonly password?: 'renewed' | 'kept';
}

/** The changes that a request makes of a source that is protected already. */
export function changesFor(request: SourceRequest, known: KnownSource, wishes: SourceWishes): SourceChanges {
  const password = passwordOf(request.parsed, wishes.password);
  return {
    ...(request.isScheduleGiven ? { schedule: request.schedule } : {}),
    ...(request.parsed.kind === 'files' ? { options: wishes.options } : {}),
    ...(wishes.rpo === undefined ? {} : { rpoSeconds: wishes.rpo }),
    ...(password === undefined || password === known.password ? {} : { password }),
  };
}

/** What is different after the changes. */
export function whatChanged(known: KnownSource, after: ProtectedSource, changes: SourceChanges): Changed {
  const before = known.source;
  const [from, to] = [before.options.excludes ?? [], after.options.excludes ?? []];
  const [stayed, stays] = [before.options.oneFileSystem === true, after.options.oneFileSystem === true];
  const isFirst = known.password === undefined && known.unreadable === undefined;
  return {
    ...(before.schedule === after.schedule
      ? {}
      : { schedule: { from: before.schedule ?? null, to: after.schedule ?? null } }),
    ...(before.rpoSeconds === after.rpoSeconds
      ? {}
      : { rpo_seconds: { from: before.rpoSeconds, to: after.rpoSeconds } }),
    ...(JSON.stringify(from) === JSON.stringify(to) ? {} : { excludes: { from, to } }),
    ...(stayed === stays ? {} : { one_file_system: { from: stayed, to: stays } }),
    ...(changes.password === undefined ? {} : { password: isFirst ? 'kept' : 'renewed' }),
  };
}

/** `every 1h → every 30m, excludes: none → *.tmp, password renewed`; `as it was` when nothing was. */
export function changedWords(changed: Changed): string {
  const { schedule, rpo_seconds, excludes, one_file_system, password } = changed;
  const list = (patterns: readonly string[]): string =>
    patterns.length === 0 ? 'none' : patterns.map(printable).join(' ');
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const words = [
    ...(schedule === undefined ? [] : [`${schedule.from ?? 'on demand'} → ${schedule.to ?? 'on demand'}`]),
    ...(rpo_seconds === undefined
      ? []
      : [`may lose: ${duration(rpo_seconds.from)} → ${duration(rpo_seconds.to)}`]),
    ...(excludes === undefined ? [] : [`excludes: ${list(excludes.from)} → ${list(excludes.to)}`]),
    ...(one_file_system === undefined
      ? []
      : [`one file system: ${yes(one_file_system.from)} → ${yes(one_file_system.to)}`]),
    ...(password === undefined ? [] : [`password ${password}`]),
  ];
  return words.length === 0 ? 'as it was' : words.join(', ');
}
