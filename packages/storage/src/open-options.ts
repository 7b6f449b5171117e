import type { StorageError } from './errors.ts';
import type { LayerKeys } from './layers/with-layers.ts';
import type { Storage } from './storage.ts';
import type { StorageMetrics } from './wrappers/metrics.ts';

/** What opening a location needs beside the location; every field may be left out. */
export interface OpenStorageOptions {
  /** Variables that may hold credentials, as a process is given them. Nothing is read from elsewhere. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** restic's `-o key=value`, by full key: `s3.region` → `eu-west-3`. */
  readonly options?: ReadonlyMap<string, string>;
  readonly limits?: RateLimits;
  /** How a failed operation is tried again; `false` never tries again. Local kinds never do. */
  readonly retry?: RetrySettings | false;
  /** PEM file with the certificate authorities to trust instead of the system's. */
  readonly certificateFile?: string | undefined;
  /** A connection on which nothing moves for so long is given up; default: two minutes. */
  readonly stuckAfterMs?: number;
  /** Counts what is asked of a remote kind, each attempt by itself. A disk is read and written by threads, past any count. */
  readonly metrics?: StorageMetrics;
  /** The repository lies in these encryption layers. `openLayers` also looks whether it does. */
  readonly layers?: LayerKeys | undefined;
}

/** Bytes a second; a function is asked again and again, and gives undefined when there is no limit at that moment. */
export type Rate = number | (() => number | undefined);

export interface RateLimits {
  /** towards the storage */
  readonly upload?: Rate | undefined;
  /** from the storage */
  readonly download?: Rate | undefined;
}

export interface RetrySettings {
  /** No new attempt starts later than this after the first one. */
  readonly totalMs?: number;
  /** Wait before the second attempt; doubled with each further one. */
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  /** Told before each pause. */
  readonly onRetry?: (notice: RetryNotice) => void;
}

export interface RetryNotice {
  readonly error: StorageError;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
}

/** One kind of storage: opens what stands behind its scheme in a location. Touches nothing yet. */
export type OpenKind = (rest: string, options: OpenStorageOptions) => Storage | Promise<Storage>;
