/**
 * The one seam between a repository and where its bytes lie.
 *
 * Files are named as in restic's repository layout: by kind and by name (lowercase hex SHA-256 of restic's
 * bytes; the `config` file has the empty name). Behind a name may stand the suffix of the outer encryption
 * layers (`.bin`, `.age`, `.bin.age`; of `config` it is the whole name). A storage takes a name as it is: it
 * neither knows the layers nor checks the hash.
 */
export type FileKind = 'config' | 'key' | 'lock' | 'snapshot' | 'index' | 'data';

export interface StoredFile {
  readonly kind: FileKind;
  /** 64 lowercase hex digits, empty for `config`; then the suffix of the layers, if any. */
  readonly name: string;
}

export interface ListedFile {
  readonly name: string;
  /** bytes */
  readonly size: number;
}

export interface ByteRange {
  /** bytes from the start of the file; negative counts from its end, as in `Array.prototype.at` */
  readonly offset: number;
  /** bytes; absent reads to the end */
  readonly length?: number;
}

export interface StorageOptions {
  /** Aborts the operation; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A file under construction. Nothing is visible under any name until `commit` resolves.
 * Exactly one of `commit` and `abort` ends it; `abort` after either is a no-op. A `commit` that rejected with
 * a `StorageError` whose `temporary` is true has ended nothing: it may be called again with the same name.
 */
export interface FileWriter {
  /** Appends bytes; the buffer belongs to the writer until the promise settles (back-pressure). */
  append(bytes: Uint8Array): Promise<void>;
  /**
   * Publishes the file under `name`, whole and durable (file and folder synced) when it resolves.
   * Rejects with `FileExistsError` when the name is taken, and then leaves the old file as it was.
   */
  commit(name: string): Promise<void>;
  /** Throws away what was appended. Never rejects. */
  abort(): Promise<void>;
  /**
   * Gives the file's bytes into other hands, before anything was appended: `append` is not called any more, `commit`
   * publishes what went through the outlet, and `abort` comes only when nobody writes into it any more. Absent where
   * the bytes have to pass this writer; see `outletOf`.
   */
  readonly handOver?: (() => Outlet) | undefined;
}

/** Where the bytes of a file go that a thread makes up by itself, and what has to be done to them before. */
export interface Outlet {
  /** Passed from the first to the last. May be sent to a thread; holds the keys of this file. */
  readonly layers: readonly LayerSeal[];
  /** An open file of this process, at whose end any thread may write what came out of the layers. */
  readonly file?: number | undefined;
  /** Takes what came out of the layers where there is no such file, as `FileWriter.append` does. */
  append(bytes: Uint8Array): Promise<void>;
  /** What an error of the operating system means that writing into `file` met with. */
  failure(error: Error): unknown;
}

/** One encryption layer around one file: its header, and what its blocks are sealed with. */
export interface LayerSeal {
  readonly layer: 'crypt' | 'age';
  readonly header: Uint8Array;
  readonly key: Uint8Array;
}

/** Where the bytes of a stored file lie, and how they are opened. May be sent to a thread; holds the keys of this file. */
export interface Inlet {
  readonly path: string;
  /** The outermost first. */
  readonly layers: readonly LayerOpening[];
}

/** One encryption layer around one file, as its header tells. */
export interface LayerOpening {
  readonly layer: 'crypt' | 'age';
  /** bytes before the first block */
  readonly headerLength: number;
  /** The nonce from which those of the blocks are counted; empty for age. */
  readonly start: Uint8Array;
  readonly key: Uint8Array;
}

export interface Storage {
  /** For messages: where this is, without any secret. */
  readonly location: string;

  /** Makes the layout (folders, buckets). Idempotent; never touches files that exist. */
  create(): Promise<void>;

  /** Rejects with `FileMissingError` when there is no such file. */
  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile>;

  /**
   * Reads a whole file or exactly the range asked for, never less: a short file rejects with
   * `ShortReadError`, a missing one with `FileMissingError`. Safe to repeat. The bytes are the caller's, and so is the
   * memory in which they lie, unless it is less than 128 KiB: Node's pool serves many.
   */
  read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array>;

  /** Starts a file whose name is known only when its last byte is (its own hash). */
  writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter>;

  /** Every file of a kind, in no particular order, as it was at some moment of the listing. */
  list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile>;

  /**
   * Deletes a file durably. A missing file rejects with `FileMissingError`; when the same removal was tried
   * before and its answer was lost, the file's absence is what was asked for.
   */
  remove(file: StoredFile, options?: StorageOptions): Promise<void>;

  /**
   * Keeps a file from being removed or changed by anybody until then; never shortens an earlier promise.
   * Absent where the kind of storage has no such thing (only S3 with object lock has).
   */
  readonly retain?: ((file: StoredFile, until: Date, options?: StorageOptions) => Promise<void>) | undefined;

  /**
   * How a thread reads a file by itself, with `InletFile`; undefined where it cannot. What a thread finds wrong is to
   * be told by `read`. Absent where the bytes have to pass this storage.
   */
  readonly inlet?: ((file: StoredFile, options?: StorageOptions) => Promise<Inlet | undefined>) | undefined;

  /**
   * Looks whether the keys at hand still open what is there; rejects with `LayerKeysChangedError` when somebody gave it
   * others. Absent where there are no encryption layers.
   */
  readonly proveKeys?: ((options?: StorageOptions) => Promise<void>) | undefined;

  /** Frees what the storage holds open. */
  close(): Promise<void>;
}
