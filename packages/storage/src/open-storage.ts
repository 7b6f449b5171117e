import { StorageError } from './errors.ts';
import type { OpenKind, OpenStorageOptions, RetrySettings } from './open-options.ts';
import type { Storage } from './storage.ts';
import type { StorageMetrics } from './wrappers/metrics.ts';

interface Kind {
  /** Loaded when it is used: the clients of remote kinds are large. */
  readonly load: () => Promise<OpenKind>;
  /** Reached over a network: it paces its own connections, and what fails is tried again. */
  readonly isRemote: boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  local: {
    load: async () => {
      const { LocalStorage } = await import('./local.ts');
      return (path) => new LocalStorage(path);
    },
    isRemote: false,
  },
  s3: {
    load: async () => {
      const { S3Storage } = await import('./s3/s3.ts');
      return (rest, options) => new S3Storage(rest, options);
    },
    isRemote: true,
  },
  sftp: {
    load: async () => {
      const { SftpStorage } = await import('./sftp/sftp.ts');
      return (rest, options) => new SftpStorage(rest, options);
    },
    isRemote: true,
  },
  rest: {
    load: async () => {
      const { RestStorage } = await import('./rest/rest.ts');
      return (rest, options) => new RestStorage(rest, options);
    },
    isRemote: true,
  },
  memory: { load: async () => (await import('./memory.ts')).sharedMemory, isRemote: false },
};

/**
 * The storage at a location: a folder (`/path`, `./path`, `local:/path`), `s3:…`, `sftp:…`, `rest:…` as
 * restic spells them, or `memory:name`. Touches nothing yet.
 * Rejects with `StorageError` `storage.unknown-kind` for another scheme.
 */
export async function openStorage(location: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const { kind, rest } = kindOf(location);
  const open = await kind.load();
  const storage = await wrap(await open(rest, options), kind, options);
  if (options.layers === undefined) return storage;
  const { withLayers } = await import('./layers/with-layers.ts');
  return withLayers(storage, options.layers);
}

/**
 * From inside: each attempt is counted, then tried again, then made to show what this handle wrote itself. A folder
 * needs none of it, and loads none of it.
 */
async function wrap(storage: Storage, { isRemote }: Kind, options: OpenStorageOptions): Promise<Storage> {
  const { metrics, retry, limits = {} } = options;
  let wrapped = storage;
  if (!isRemote && (limits.upload !== undefined || limits.download !== undefined)) {
    const { LimitedStorage } = await import('./wrappers/limits.ts');
    wrapped = new LimitedStorage(storage, limits);
  }
  if (!isRemote) return wrapped;
  if (metrics !== undefined) {
    const { MeasuredStorage } = await import('./wrappers/metrics.ts');
    wrapped = new MeasuredStorage(wrapped, metrics);
  }
  if (retry !== false) {
    const { RetryingStorage } = await import('./wrappers/retry.ts');
    wrapped = new RetryingStorage(wrapped, countedRetries(retry, metrics));
  }
  const { OwnWritesStorage } = await import('./wrappers/own-writes.ts');
  return new OwnWritesStorage(wrapped);
}

const countedRetries = (retry: RetrySettings = {}, metrics: StorageMetrics | undefined): RetrySettings => ({
  ...retry,
  onRetry: (notice) => {
    metrics?.retried(notice.delayMs);
    retry.onRetry?.(notice);
  },
});

/**
 * The kind of a location, and what stands behind its scheme.
 * @throws StorageError `storage.unknown-kind` for a scheme that there is not
 */
export function kindOf(location: string): { scheme: string; kind: Kind; rest: string } {
  const { scheme, rest } = splitLocation(location);
  const kind = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (kind === undefined || rest === '') {
    // The rest of a location may hold a password, so only its scheme is told.
    throw new StorageError(
      'storage.unknown-kind',
      `no kind of storage is called ${JSON.stringify(`${scheme}:`)}${rest === '' ? ' with nothing behind it' : ''}`,
      {
        advice:
          'Use a folder (/path or local:/path), s3:https://host/bucket, sftp:user@host:/path or rest:https://host/. A folder whose name holds a colon is local:name.',
      },
    );
  }
  return { scheme, kind, rest };
}

/** `s3:https://…` → `s3` and the rest; a plain path is of scheme `local`. */
function splitLocation(location: string): { scheme: string; rest: string } {
  if (location === '') {
    throw new StorageError('storage.unknown-kind', 'the location of the repository is empty', {
      advice: 'Give a folder, as in /srv/backup.',
    });
  }
  const [prefix, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(location) ?? [];
  if (prefix === undefined || scheme === undefined) return { scheme: 'local', rest: location };
  return { scheme, rest: location.slice(prefix.length) };
}
