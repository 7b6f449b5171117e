/** What a run asked of the place where a repository lies, for `--verbose` and `--json`. */
import type { Storage, StorageMetrics, StorageOperation, StorageUse } from '@octobox/storage';
import { storageUse } from '@octobox/storage/metrics';
import type { Cli } from '../verb.ts';
import { bytes, count, duration, plural } from './quantities.ts';

const words: Readonly<Record<StorageOperation, string>> = {
  create: 'to make folders',
  stat: 'to look',
  read: 'to read',
  write: 'to write',
  list: 'to list',
  remove: 'to remove',
  retain: 'to lock',
};

/** Field of a summary; undefined of a disk, which is not measured. */
export const storageJson = (metrics: StorageMetrics): object | undefined =>
  storageUseJson(storageUse(metrics));

export function storageUseJson(use: StorageUse | undefined): object | undefined {
  if (use === undefined) return undefined;
  return {
    requests: use.requests,
    bytes_up: use.bytesUp,
    bytes_down: use.bytesDown,
    errors: use.errors,
    retries: use.retries,
    request_seconds: use.requestSeconds,
    pause_seconds: use.pauseSeconds,
  };
}

interface Flags {
  readonly verbose?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Says it to people who want to know more. */
export function sayStorageUse(
  cli: Cli,
  {
    storage: { location },
    metrics,
  }: { readonly storage: Pick<Storage, 'location'>; readonly metrics: StorageMetrics },
  flags: Flags,
): void {
  tellStorageUse(cli, location, storageUse(metrics), flags);
}

/** `of`: whose requests they were. */
export function tellStorageUse({ out }: Cli, of: string, use: StorageUse | undefined, flags: Flags): void {
  if (flags.json || flags.quiet || !flags.verbose || use === undefined) return;
  const requests = Object.entries(use.requests);
  const kinds = requests.map(([name, times]) => `${count(times)} ${words[name as StorageOperation]}`);
  const total = requests.reduce((sum, [, times]) => sum + times, 0);
  const paused = use.retries > 0 ? `, with pauses of ${duration(use.pauseSeconds)}` : '';
  out.say(
    `${of}: ${plural(total, 'request')} (${kinds.join(', ')}); ${bytes(use.bytesUp)} up, ${bytes(use.bytesDown)} down`,
  );
  out.say(
    `  ${duration(use.requestSeconds)} in requests together, ${plural(use.errors, 'error')}, tried again ${plural(use.retries, 'time')}${paused}`,
  );
}
