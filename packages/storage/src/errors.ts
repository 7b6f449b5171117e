import type { FileKind, StoredFile } from './storage.ts';

export type StorageErrorCode =
  | 'storage.file-missing'
  | 'storage.file-exists'
  | 'storage.short-read'
  | 'storage.full'
  | 'storage.denied'
  | 'storage.missing'
  | 'storage.unknown-kind'
  | 'storage.options'
  | 'storage.credentials'
  | 'storage.unreachable'
  | 'storage.untrusted'
  | 'storage.timeout'
  | 'storage.interrupted'
  | 'storage.layer-missing'
  | 'storage.layer-mismatch'
  | 'storage.layer-damaged'
  | 'storage.layer-key'
  | 'storage.layer-keys-changed'
  | 'storage.layer-configuration'
  | 'storage.failed';

/** Base of every error of a storage: a stable code, what it concerns, and what the user can do. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  /** What the user can do about it, one sentence. */
  readonly advice: string | undefined;
  /** Whether the same operation may well succeed a little later. */
  readonly temporary: boolean;

  constructor(code: StorageErrorCode, message: string, options: StorageErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
    this.temporary = options.temporary ?? false;
  }
}

export interface StorageErrorOptions {
  readonly cause?: unknown;
  readonly advice?: string | undefined;
  readonly temporary?: boolean | undefined;
}

const folders: Readonly<Record<Exclude<FileKind, 'config'>, string>> = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  data: 'data',
};

/** Where to look for a file in a repository: its folder (a storage may divide it further) and its name. */
export const describeFile = ({ kind, name }: StoredFile): string =>
  kind === 'config' ? `config${name}` : `${folders[kind]}/${name}`;

export class FileMissingError extends StorageError {
  readonly file: StoredFile;
  constructor(file: StoredFile, location: string, options: { cause?: unknown } = {}) {
    super('storage.file-missing', `${describeFile(file)} does not exist in ${location}`, options);
    this.file = file;
  }
}

export class FileExistsError extends StorageError {
  readonly file: StoredFile;
  constructor(
    file: StoredFile,
    location: string,
    options: Pick<StorageErrorOptions, 'cause' | 'advice'> = {},
  ) {
    super('storage.file-exists', `${describeFile(file)} exists already in ${location}`, options);
    this.file = file;
  }
}

export class ShortReadError extends StorageError {
  readonly file: StoredFile;
  constructor(file: StoredFile, location: string, wanted: string, size: number) {
    super(
      'storage.short-read',
      `${describeFile(file)} in ${location} is ${size} bytes long, shorter than the read of ${wanted}`,
      { advice: 'The file is truncated: run check to see what is affected.' },
    );
    this.file = file;
  }
}
