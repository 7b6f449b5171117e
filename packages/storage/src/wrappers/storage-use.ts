import type { StorageMetrics, StorageOperation } from './metrics.ts';

/** What was asked of a storage, summed up so that it can be kept. */
export interface StorageUse {
  /** By kind, of those that there were; each attempt counts. */
  readonly requests: { readonly [operation in StorageOperation]?: number };
  /** Content alone. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Requests that failed; a look for what is not there is one. */
  readonly errors: number;
  readonly retries: number;
  /** Of all requests together, many of which run at once. */
  readonly requestSeconds: number;
  /** Before retries. */
  readonly pauseSeconds: number;
}

/** As it is at this moment; undefined when nothing was counted, as of a disk. */
export function storageUse(metrics: StorageMetrics): StorageUse | undefined {
  const value = metrics.value();
  const operations = Object.entries(value).filter(([, { count }]) => count > 0);
  if (operations.length === 0) return undefined;
  const sum = (field: 'errors' | 'totalMs'): number =>
    operations.reduce((total, [, operation]) => total + operation[field], 0);
  return {
    requests: Object.fromEntries(operations.map(([name, { count }]) => [name, count])),
    bytesUp: value.write.bytes,
    bytesDown: value.read.bytes,
    errors: sum('errors'),
    retries: metrics.retries.count,
    requestSeconds: sum('totalMs') / 1000,
    pauseSeconds: metrics.retries.pausedMs / 1000,
  };
}
