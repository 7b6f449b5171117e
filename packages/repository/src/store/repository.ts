/** A restic repository: opened with a password, read and extended through this class. */
import { randomBytes } from 'node:crypto';
import type { FileKind, Storage, StorageOptions } from '@octobox/storage';
import { FileExistsError, FileMissingError } from '@octobox/storage/errors';
import { randomPolynomial } from '../chunker/polynomial.ts';
import {
  BlobMissingError,
  DamagedFileError,
  DamagedTreeError,
  FormatError,
  RepositoryError,
  RepositoryExistsError,
  RepositoryMissingError,
} from '../errors.ts';
import type { BlobType } from '../format/blob.ts';
import { decodeConfig, encodeConfig, type RepositoryConfig } from '../format/config-file.ts';
import type { KdfParameters } from '../format/key-file.ts';
import { generateMasterKey, type MasterKey, open, seal } from '../format/sealing/crypto.ts';
import { decodeSnapshot } from '../format/snapshot-file.ts';
import type { Node } from '../format/trees/node.ts';
import { decodeTree } from '../format/trees/tree.ts';
import { unwrapUnpacked, wrapUnpacked } from '../format/unpacked.ts';
import type { CompressionMode } from '../format/zstd/compression.ts';
import type { BlobLocation, BlobTable } from './index/blob-table.ts';
import { type IndexLoadOptions, type LoadedIndex, loadIndex } from './index/index-loader.ts';
import { IndexWriter } from './index/index-writer.ts';
import { addKey, findKey, type KeyOwner } from './keys/keys.ts';
import { BlobSaver, type SaverOptions } from './packs/blob-saver.ts';
import { type PackReaderParts, readBlobs } from './packs/pack-reader.ts';
import { ReadAhead } from './packs/read-ahead.ts';
import { findSnapshot } from './snapshots/snapshot-lookup.ts';
import type { Snapshot, SnapshotFilter } from './snapshots/snapshots.ts';
import { interpret, readFile, writeFile } from './stored-file.ts';

/** Files that are sealed JSON, compressed or not. */
export type UnpackedKind = 'index' | 'snapshot' | 'lock';

export interface InitOptions {
  readonly password: string;
  /** The chunker's polynomial; a random one when absent. Give one to deduplicate between repositories. */
  readonly polynomial?: bigint | undefined;
  readonly kdf?: KdfParameters | undefined;
  readonly compression?: CompressionMode | undefined;
}

export interface OpenOptions {
  readonly password: string;
  /** What `keys` was when the repository was opened before: spares the half second of the key derivation. */
  readonly keys?: MasterKey | undefined;
  /** A key file, or the beginning of its name, that is tried first: spares half a second for each other one. */
  readonly keyHint?: string | undefined;
  /** Derives the key in this thread: see `ScryptOptions`. */
  readonly deriveHere?: boolean | undefined;
  readonly compression?: CompressionMode | undefined;
  /** Bytes at which a pack is finished; 16 MiB when absent. */
  readonly packSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** While one snapshot is looked at the next ones are on their way. */
const SNAPSHOTS_AT_ONCE = 8;

/** What reading a snapshot file came to. */
export type SnapshotRead =
  | { readonly id: string; readonly snapshot: Snapshot; readonly error?: undefined }
  | { readonly id: string; readonly snapshot?: undefined; readonly error: DamagedFileError };

export class Repository {
  readonly storage: Storage;
  readonly keys: MasterKey;
  readonly id: string;
  readonly version: 1 | 2;
  readonly polynomial: bigint;
  /** The name of the key file that was opened; undefined when the keys were given. */
  readonly keyName: string | undefined;
  readonly compression: CompressionMode;
  readonly packSize: number | undefined;
  /** For reading trees one by one: a walk wants many that lie beside each other. */
  readonly treePacks: PackReaderParts;
  #index: LoadedIndex | undefined;
  #tableForTreePacks: BlobTable | undefined;
  #treePacks: { readonly table: BlobTable; entries: number; readonly names: Set<string> } | undefined;
  #saving = false;

  private constructor(
    storage: Storage,
    keys: MasterKey,
    config: RepositoryConfig,
    keyName: string | undefined,
    compression: CompressionMode,
    packSize?: number,
  ) {
    this.storage = storage;
    this.keys = keys;
    this.id = config.id;
    this.version = config.version;
    this.polynomial = config.polynomial;
    this.keyName = keyName;
    this.compression = compression;
    this.packSize = packSize;
    this.treePacks = { storage: new ReadAhead(storage), keys };
  }

  /** Makes a repository. Throws `RepositoryExistsError` when there is a config file, a key or a snapshot. */
  static async init(storage: Storage, options: InitOptions): Promise<Repository> {
    await refuseWhenUsed(storage);
    const keys = generateMasterKey();
    const config: RepositoryConfig = {
      version: 2,
      id: randomBytes(32).toString('hex'),
      polynomial: options.polynomial ?? randomPolynomial(),
    };
    // Refuses a polynomial that would not be opened again.
    decodeConfig(encodeConfig(config));
    await storage.create();
    const keyName = await addKey(storage, keys, options.password, options.kdf);
    try {
      await writeFile(storage, 'config', seal(keys, encodeConfig(config)));
    } catch (error) {
      // A key without its config would make every later attempt fail.
      await storage.remove({ kind: 'key', name: keyName }).catch(() => {});
      if (error instanceof FileExistsError)
        throw new RepositoryExistsError(storage.location, 'a config file');
      throw error;
    }
    return new Repository(storage, keys, config, keyName, options.compression ?? 'auto');
  }

  /**
   * Opens a repository. Throws `RepositoryMissingError`, `WrongPasswordError`, `UnsupportedVersionError`, or
   * `DamagedFileError` naming the key or config file that is damaged.
   */
  static async open(storage: Storage, options: OpenOptions): Promise<Repository> {
    const { signal, keyHint: hint, deriveHere: here } = options;
    const file = { kind: 'config', name: '' } as const;
    const sealed = await readFile(storage, file, { signal }).catch((error: unknown) => {
      if (!(error instanceof FileMissingError)) throw error;
      throw new RepositoryMissingError(storage.location, { cause: error });
    });
    const opened =
      options.keys === undefined
        ? await findKey(storage, options.password, { signal, hint, here })
        : undefined;
    const keys = options.keys ?? opened?.key;
    if (keys === undefined) throw new TypeError('no key');
    const config = interpret(file, () => decodeConfig(open(keys, sealed)));
    const { compression = 'auto', packSize } = options;
    return new Repository(storage, keys, config, opened?.name, compression, packSize);
  }

  /**
   * Reads the index files that are not known yet (all of them when some are gone). Call it at the start of every
   * operation that trusts the table, under a lock.
   */
  async loadIndex(options: IndexLoadOptions = {}): Promise<BlobTable> {
    this.#assertNotSaving();
    const known = this.#index;
    // Until it is whole a table is no use: a failure half-way leaves none.
    this.#index = undefined;
    this.#index = await loadIndex(this, known, options);
    return this.#index.table;
  }

  /** Throws when `loadIndex` has not been called, or after an aborted saver. */
  get index(): BlobTable {
    if (this.#index === undefined) {
      throw new RepositoryError(
        'repository.index-not-loaded',
        'the index of the repository has not been loaded',
      );
    }
    return this.#index.table;
  }

  /**
   * Whether the index files that the table holds are all still there: where one is gone, packs that it names may be, too.
   * Leaves the table to those who read by it.
   */
  async isIndexCurrent(options: StorageOptions = {}): Promise<boolean> {
    const listed = await this.listFiles('index', options);
    return this.#index !== undefined && [...this.#index.files].every((name) => listed.has(name));
  }

  /** Where no index is loaded, `holdsTrees` answers by this one from now on: a check reads a table of its own. */
  knowTreePacksBy(table: BlobTable): void {
    this.#tableForTreePacks = table;
  }

  /** Whether the index that is loaded knows the pack for one that holds trees. For what keeps copies of those. */
  holdsTrees(pack: string): boolean {
    const table = this.#index?.table ?? this.#tableForTreePacks;
    if (table === undefined) return false;
    if (this.#treePacks?.table !== table) this.#treePacks = { table, entries: 0, names: new Set() };
    const known = this.#treePacks;
    for (; known.entries < table.entryCount; known.entries++) {
      const entry = known.entries;
      if (!table.isStored(entry) || table.typeAt(entry) !== 'tree') continue;
      known.names.add(table.packName(table.packAt(entry)));
    }
    return known.names.has(pack);
  }

  /** Forgets the table: the next `loadIndex` reads every index file. For what rewrites index files. */
  forgetIndex(): void {
    this.#index = undefined;
  }

  hasBlob(type: BlobType, id: Uint8Array): boolean {
    return this.index.has(type, id);
  }

  lookup(type: BlobType, id: Buffer): BlobLocation[] {
    return this.index.lookup(type, id);
  }

  /**
   * The plain bytes of a blob, verified; every copy is tried. Throws `BlobMissingError` when no index names it and
   * the `DamagedFileError` (or the storage's error) of the first copy when none can be read.
   */
  async loadBlob(type: BlobType, id: Buffer, options: StorageOptions = {}): Promise<Buffer> {
    let failure: unknown;
    const source = type === 'tree' ? this.treePacks : this;
    for (const location of this.lookup(type, id)) {
      options.signal?.throwIfAborted();
      try {
        for await (const read of readBlobs(source, location.pack, [{ ...location, id }], options)) {
          if (read.plain !== undefined) return read.plain;
          failure ??= read.error;
        }
      } catch (error) {
        failure ??= missingPack(error, location.pack);
      }
    }
    throw failure ?? new BlobMissingError(type, id.toString('hex'));
  }

  /** The nodes of a tree. Throws as `loadBlob`, or `DamagedTreeError`. */
  async loadTree(id: Buffer, options: StorageOptions = {}): Promise<Node[]> {
    const bytes = await this.loadBlob('tree', id, options);
    try {
      return [...decodeTree(bytes)];
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      throw new DamagedTreeError(id.toString('hex'), cause.message, { cause });
    }
  }

  /**
   * Stores new blobs; needs the index. End it with `finish` or `abort`. One at a time: two that share a table could
   * each leave to the other what it then gives up. For more, open the repository again with the same `keys`.
   */
  saver(options: SaverOptions = {}): BlobSaver {
    this.#assertNotSaving();
    const table = this.index;
    this.#saving = true;
    const index = new IndexWriter(async (json) => {
      this.#index?.files.add(await this.writeUnpacked('index', json));
    });
    const ended = (indexed: boolean): void => {
      this.#saving = false;
      if (!indexed) this.#index = undefined;
    };
    const { storage, keys, version, compression, packSize } = this;
    return new BlobSaver(
      { storage, keys, version, table, index, ended },
      { compression, packSize, ...options },
    );
  }

  /** Adds a key file that opens this repository with another password, proved by opening it; gives its name. */
  async addKey(password: string, owner: KeyOwner = {}, kdf?: KdfParameters): Promise<string> {
    const name = await addKey(this.storage, this.keys, password, kdf, owner);
    await findKey(this.storage, password, { hint: name });
    return name;
  }

  /** The JSON of an index, snapshot or lock file. Throws `DamagedFileError`, or the storage's `FileMissingError`. */
  async readUnpacked(kind: UnpackedKind, name: string, options?: StorageOptions): Promise<Buffer> {
    const file = { kind, name };
    const sealed = await readFile(this.storage, file, options);
    return interpret(file, () => unwrapUnpacked(open(this.keys, sealed)));
  }

  /** Stores JSON as an index, snapshot or lock file, durably; gives its name. */
  async writeUnpacked(kind: UnpackedKind, json: Uint8Array, options?: StorageOptions): Promise<string> {
    return writeFile(
      this.storage,
      kind,
      seal(this.keys, wrapUnpacked(json, this.version, this.compression)),
      options,
    );
  }

  /** Names and sizes of all files of a kind. */
  async listFiles(kind: FileKind, options?: StorageOptions): Promise<Map<string, number>> {
    const files = new Map<string, number>();
    for await (const { name, size } of this.storage.list(kind, options)) files.set(name, size);
    return files;
  }

  /** Every snapshot, in no particular order. Throws `DamagedFileError` naming the file of a damaged one. */
  async *snapshots(options?: StorageOptions): AsyncGenerator<Snapshot> {
    for await (const { snapshot, error } of this.readSnapshots(options)) {
      if (error !== undefined) throw error;
      yield snapshot;
    }
  }

  /** Every snapshot file, in no particular order; of a damaged one its error. For who can do with those that are left. */
  async *readSnapshots(options?: StorageOptions): AsyncGenerator<SnapshotRead> {
    const names = [...(await this.listFiles('snapshot', options)).keys()];
    const reads: Promise<Snapshot>[] = [];
    const start = (id: string | undefined): void => {
      if (id === undefined) return;
      const read = this.readSnapshot(id, options);
      // Awaited below in order; until then a failure must not count as unhandled.
      read.catch(() => {});
      reads.push(read);
    };
    for (const id of names.slice(0, SNAPSHOTS_AT_ONCE)) start(id);
    for (const [at, id] of names.entries()) {
      const read = reads.shift() as Promise<Snapshot>;
      start(names[at + SNAPSHOTS_AT_ONCE]);
      try {
        yield { id, snapshot: await read };
      } catch (error) {
        // Forgotten by somebody else after it was listed.
        if (error instanceof FileMissingError) continue;
        if (!(error instanceof DamagedFileError)) throw error;
        yield { id, error };
      }
    }
  }

  /** The snapshot of that whole id. */
  async readSnapshot(id: string, options?: StorageOptions): Promise<Snapshot> {
    const json = await this.readUnpacked('snapshot', id, options);
    return interpret({ kind: 'snapshot', name: id }, () => ({ ...decodeSnapshot(json), id }));
  }

  /**
   * The snapshot that a user means: `latest` (the newest that the filter lets through) or the beginning of an id.
   * With `:folder` behind it, its tree is that folder's (the index is loaded for it when it is not).
   * Throws `SnapshotMissingError`, `SnapshotAmbiguousError` or `FolderMissingError`.
   */
  async snapshot(name: string, filter: SnapshotFilter = {}, options?: StorageOptions): Promise<Snapshot> {
    const source = {
      listFiles: this.listFiles.bind(this),
      snapshots: this.snapshots.bind(this),
      readSnapshot: this.readSnapshot.bind(this),
      loadTreeBlob: async (id: Buffer) => {
        if (this.#index === undefined) await this.loadIndex(options);
        return this.loadBlob('tree', id, options);
      },
    };
    return findSnapshot(source, name, filter, options);
  }

  #assertNotSaving(): void {
    if (!this.#saving) return;
    throw new RepositoryError('repository.saver-active', 'a saver of this repository has not ended yet');
  }

  async close(): Promise<void> {
    this.#index = undefined;
    this.#tableForTreePacks = undefined;
    await this.storage.close();
  }
}

const missingPack = (error: unknown, pack: string): unknown =>
  error instanceof FileMissingError
    ? new DamagedFileError({ kind: 'data', name: pack }, 'it does not exist', { cause: error })
    : error;

async function refuseWhenUsed(storage: Storage): Promise<void> {
  try {
    await storage.stat({ kind: 'config', name: '' });
    throw new RepositoryExistsError(storage.location, 'a config file');
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
  }
  await storage.create();
  for (const kind of ['key', 'snapshot'] as const) {
    for await (const { name } of storage.list(kind)) {
      throw new RepositoryExistsError(storage.location, `${kind} ${name.slice(0, 8)} without a config file`);
    }
  }
}
