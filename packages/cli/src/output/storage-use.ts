/** What a run asked of the place where a repository lies, for `--verbose` and `--json`. */
import type { Storage, StorageMetrics, StorageOperation } from '@octobox/storage';
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
export function storageJson(metrics: StorageMetrics): object | undefined {
  const operations = Object.entries(metrics.value()).filter(([, { count }]) => count > 0);
  if (operations.length === 0) return undefined;
  const { read, write } = metrics.value();
  const { retries } = metrics;
  return {
    requests: Object.fromEntries(operations.map(([name, { count }]) => [name, count])),
    bytes_up: write.bytes,
    bytes_down: read.bytes,
    errors: operations.reduce((sum, [, { errors }]) => sum + errors, 0),
    retries: retries.count,
    request_seconds: operations.reduce((sum, [, { totalMs }]) => sum + totalMs, 0) / 1000,
    pause_seconds: retries.pausedMs / 1000,
  };
}

/** Says it to people who want to know more. */
export function sayStorageUse(
  { out }: Cli,
  {
    storage: { location },
    metrics,
  }: { readonly storage: Pick<Storage, 'location'>; readonly metrics: StorageMetrics },
  flags: { readonly verbose?: number; readonly json?: boolean; readonly quiet?: boolean },
): void {
  if (flags.json || flags.quiet || !flags.verbose) return;
  const operations = Object.entries(metrics.value()).filter(([, { count }]) => count > 0);
  if (operations.length === 0) return;
  const { read, write } = metrics.value();
  const { retries } = metrics;
  const total = (field: 'count' | 'errors' | 'totalMs'): number =>
    operations.reduce((sum, [, operation]) => sum + operation[field], 0);
  const kinds = operations.map(
    ([name, { count: times }]) => `${count(times)} ${words[name as StorageOperation]}`,
  );
  const paused = retries.count > 0 ? `, with pauses of ${duration(retries.pausedMs / 1000)}` : '';
  out.say(
    `${location}: ${plural(total('count'), 'request')} (${kinds.join(', ')}); ${bytes(write.bytes)} up, ${bytes(read.bytes)} down`,
  );
  out.say(
    `  ${duration(total('totalMs') / 1000)} in requests together, ${plural(total('errors'), 'error')}, tried again ${plural(retries.count, 'time')}${paused}`,
  );
}
