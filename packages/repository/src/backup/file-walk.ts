/**
 * Walks the sources and gives the id of the snapshot's root tree.
 *
 * A thread lists the sources ahead, the entries of each folder in the order of their bytes, and a stack of open folders
 * follows it here. What is as it was in the parent becomes a slice of the parent's tree. Contents of others are read by
 * workers meanwhile, and each folder's tree is saved when its last entry is there. The walk pauses when too many jobs,
 * large files or unfinished entries wait.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FileStat, kindOf, statTarget } from '../filesystem/file-stat.ts';
import { describeNode, readAttributes, readNode } from '../filesystem/read-node.ts';
import { encodeNode, encodeNodeEnd, encodeNodeMiddle, type NodeEnd } from '../format/trees/tree.ts';
import type { BackupFilesOptions } from './backup-types.ts';
import { EmptyBackupError, SourceUnreadableError } from './errors.ts';
import { FileReader } from './file-reader.ts';
import { FolderBuilder, type HeldNodes, type SavedTree } from './folder-builder.ts';
import { type BytePath, toBytes, toText } from './listing/byte-path.ts';
import { type Entry, type FolderPlace, FoundEntry } from './listing/entries.ts';
import type { ListedEntriesReader, Step } from './listing/listed-entries.ts';
import type { SourceListing } from './listing/source-listing.ts';
import type { SourceTree } from './listing/source-tree.ts';
import { NewFilesReader } from './new-files.ts';
import { isUnchanged, loadParentFolder, type ParentFolder } from './parent/parent.ts';
import type { ParentEntry, ParentMatch } from './parent/parent-entry.ts';
import type { BackupContext } from './run-backup.ts';
import type { ItemState } from './tally.ts';
import type { FileRead } from './threads/worker-messages.ts';
import { WalkAccount } from './walk-account.ts';

/** Entries whose JSON may wait behind an unfinished one. */
const MAX_HELD = 20_000;

interface OpenFolder extends FolderPlace {
  readonly builder: FolderBuilder;
  before: ParentFolder | undefined;
  /** Called when the folder's tree is saved. */
  readonly done: (tree: SavedTree) => void;
}

export class FileWalk {
  readonly #context: BackupContext;
  readonly #options: BackupFilesOptions;
  readonly #account: WalkAccount;
  readonly #reader: FileReader;
  readonly #newFiles: NewFilesReader;
  readonly #held: HeldNodes = { count: 0 };
  readonly #folders: OpenFolder[] = [];
  readonly #failed = Promise.withResolvers<never>();
  readonly #isStored: (id: Buffer) => boolean;
  /** Whoever does not trust times of change or inodes has extended attributes looked at. */
  readonly #trustsTimes: boolean;
  #progressed = Promise.withResolvers<void>();

  constructor(context: BackupContext, options: BackupFilesOptions) {
    this.#context = context;
    this.#options = options;
    this.#account = new WalkAccount(context.tally, options);
    this.#reader = new FileReader(context.store.pool, context.tally, (error) => this.#fail(error));
    this.#newFiles = new NewFilesReader({
      pool: context.store.pool,
      withAtime: options.withAtime ?? false,
      onDone: (made, count) => {
        this.#account.newFiles(made, count);
        this.#wake();
      },
      onNote: (folder, name, note) => this.#account.newFile(new FoundEntry(folder, name), note),
      onFailure: (error) => this.#fail(error),
    });
    this.#isStored = (id) => context.store.has('data', id);
    this.#trustsTimes = options.ignoreCtime !== true && options.ignoreInode !== true;
    this.#failed.promise.catch(() => {});
  }

  /** `parentTree` is the root tree of the parent snapshot. */
  async run(ways: SourceTree, listing: SourceListing, parentTree: Buffer | undefined): Promise<Buffer> {
    const root = Promise.withResolvers<SavedTree>();
    const before = await this.#loadParent('/', parentTree);
    const builder = this.#open({ path: '', absolute: '/', ways }, before, root.resolve);
    while (this.#folders.length > 0) {
      const steps = await listing.next();
      await nextTurn();
      while (steps.advance()) {
        const waiting = this.#take(steps);
        if (waiting !== undefined) await waiting;
        if (this.#isCrowded) await this.#pauseWhenCrowded();
      }
    }
    this.#flush();
    const { id } = await Promise.race([root.promise, this.#failed.promise]);
    if (builder.count === 0) throw new EmptyBackupError();
    return id;
  }

  /** Gives a promise only where something has to be waited for: most entries need nothing. */
  #take(found: ListedEntriesReader): Promise<void> | undefined {
    const folder = this.#folders.at(-1);
    if (folder === undefined) return undefined;
    if (found.kind === 'end') return this.#leave();
    if (this.#trustsTimes && isComparable(found.kind)) {
      const match = folder.before?.match(found);
      if (match !== undefined) return this.#takeMatched(folder, found, match);
    }
    if (found.kind === 'file' && this.#takesNew(folder) && this.#newFiles.add(folder, found))
      return undefined;
    const entry = new FoundEntry(folder, found.name);
    if (found.kind === 'failed') {
      this.#account.leftOut(entry, found.failure);
      return undefined;
    }
    return folder.before === undefined
      ? this.#takeOther(folder, entry, found, undefined)
      : this.#takeFound(folder, entry, found);
  }

  async #leave(): Promise<void> {
    const folder = this.#folders.pop();
    await folder?.before?.close();
    folder?.builder
      .close()
      .then(folder.done)
      .catch((error) => this.#fail(error));
  }

  async #takeFound(folder: OpenFolder, entry: Entry, found: ListedEntriesReader): Promise<void> {
    const before = await this.#findBefore(folder, entry);
    const trusted = this.#trustsTimes && isComparable(found.kind);
    const match = trusted ? before?.match(found) : undefined;
    await (match === undefined
      ? this.#takeOther(folder, entry, found, before)
      : this.#takeMatched(folder, found, match));
  }

  async #findBefore(folder: OpenFolder, entry: Entry): Promise<ParentEntry | undefined> {
    try {
      return await folder.before?.find(toBytes(entry.name));
    } catch (error) {
      folder.before = undefined;
      this.#account.parentUnreadable(folder.absolute, error);
      return undefined;
    }
  }

  /** Nothing that lstat and readlink tell has changed. */
  #takeMatched(
    folder: OpenFolder,
    found: ListedEntriesReader,
    match: ParentMatch,
  ): Promise<void> | undefined {
    const { builder } = folder;
    const { kind } = found;
    if (kind === 'dir') {
      const { subtree } = match;
      if (subtree !== undefined) return this.#enterKnown(folder, found.name, match, subtree);
    } else if (kind !== 'file') {
      if (!match.hasContent) {
        builder.add(match.json);
        return undefined;
      }
    } else if (match.everyBlob(this.#isStored)) {
      builder.add(match.json);
      this.#account.unreadFile(new FoundEntry(folder, found.name), found.size, 'unmodified');
      return undefined;
    }
    return this.#takeOther(folder, new FoundEntry(folder, found.name), found, match.entry);
  }

  #takeOther(
    { builder }: OpenFolder,
    entry: Entry,
    found: ListedEntriesReader,
    before: ParentEntry | undefined,
  ): Promise<void> | undefined {
    switch (found.kind) {
      case 'way':
        return this.#enterWay(builder, entry, before);
      case 'dir':
        return this.#enter(builder, entry, found.start, before);
      case 'file':
        this.#addFile(builder, entry, found, before);
        return undefined;
      default:
        builder.add(this.#jsonOf(entry, found));
        return undefined;
    }
  }

  /** A folder between the root and a source: of its entries only those on the way are kept. */
  async #enterWay(builder: FolderBuilder, entry: Entry, before: ParentEntry | undefined): Promise<void> {
    const { source } = entry;
    const metadata = source?.metadata ?? entry.path;
    let stat: FileStat;
    try {
      // A link on the way to a source is stored as the folder that it leads to.
      stat = statTarget(toBytes(metadata));
      if (kindOf(stat) !== 'dir') throw new Error('it is no folder');
    } catch (error) {
      throw new SourceUnreadableError(toText(metadata), error);
    }
    const { node } = readNode(toBytes(metadata), toBytes(entry.name), stat, this.#options.withAtime);
    const { path, absolute } = entry;
    const parent = await this.#loadParent(absolute, before?.node?.subtree);
    const json = (subtree: Buffer): string => encodeNode({ ...node, subtree });
    this.#open({ path, absolute, ways: source }, parent, this.#folderDone(builder, entry, json, before));
  }

  async #enter(
    builder: FolderBuilder,
    entry: Entry,
    start: string,
    before: ParentEntry | undefined,
  ): Promise<void> {
    const attributes = this.#readAttributes(entry);
    const { path, absolute } = entry;
    const parent = await this.#loadParent(absolute, before?.node?.subtree);
    const json = (subtree: Buffer): string => start + encodeNodeEnd({ ...attributes, subtree });
    const done = this.#folderDone(builder, entry, json, before);
    this.#open({ path, absolute, ways: undefined }, parent, done);
  }

  /** A folder of which all is as it was but perhaps what is in it. */
  async #enterKnown(folder: OpenFolder, name: BytePath, match: ParentMatch, subtree: Buffer): Promise<void> {
    const { path, absolute } = new FoundEntry(folder, name);
    const place = folder.builder.reserve();
    const found = performance.now();
    const parent = await this.#loadParent(absolute, subtree);
    this.#open({ path, absolute, ways: undefined }, parent, ({ id, fresh }) => {
      const isSame = id.equals(subtree);
      this.#account.folder(absolute, isSame ? 'unmodified' : 'changed', { fresh, found });
      place(isSame ? match.json : match.jsonWith(id));
      this.#wake();
    });
  }

  #open(
    place: FolderPlace,
    before: ParentFolder | undefined,
    done: (tree: SavedTree) => void,
  ): FolderBuilder {
    const builder = new FolderBuilder(this.#held, this.#context.store);
    this.#folders.push({ ...place, builder, before, done });
    return builder;
  }

  /** Keeps the folder's place among its siblings until its tree is saved. */
  #folderDone(
    builder: FolderBuilder,
    { absolute }: Entry,
    jsonWith: (subtree: Buffer) => string,
    before: ParentEntry | undefined,
  ): (tree: SavedTree) => void {
    const place = builder.reserve();
    const found = performance.now();
    return ({ id, fresh }) => {
      const json = jsonWith(id);
      this.#account.folder(absolute, stateOf(json, before), { fresh, found });
      place(json);
      this.#wake();
    };
  }

  #addFile(
    builder: FolderBuilder,
    entry: Entry,
    found: ListedEntriesReader,
    before: ParentEntry | undefined,
  ): void {
    const { start, stat } = found;
    const attributes = this.#readAttributes(entry);
    const known = before && this.#unchanged(stat, start, attributes, before);
    if (known !== undefined) {
      builder.add(known);
      this.#account.unreadFile(entry, found.size, stateOf(known, before));
      return;
    }
    const place = builder.reserve();
    const since = performance.now();
    this.#reader.read({
      path: entry.path,
      stat,
      done: (result) => {
        try {
          if ('size' in result) {
            place(this.#finishFile(entry, { start, stat, attributes, since }, result, before));
          } else {
            this.#account.unreadable(entry, result);
            place();
          }
        } catch (error) {
          this.#fail(error);
        }
        this.#wake();
      },
    });
  }

  /** Whether the files of this folder are all new, and nobody asks what became of each. */
  #takesNew({ before, ways }: OpenFolder): boolean {
    return before === undefined && ways === undefined && this.#options.onItem === undefined;
  }

  /** The JSON of a file whose content need not be read; undefined for others. */
  #unchanged(stat: FileStat, start: string, attributes: NodeEnd, before: ParentEntry): string | undefined {
    if (this.#options.force === true) return undefined;
    const content = before.contentAfter(start + encodeNodeMiddle(attributes));
    if (content !== undefined) return content.every(this.#isStored) ? before.text : undefined;
    const old = before.node;
    if (old?.content === undefined || !isUnchanged(stat, old, this.#options)) return undefined;
    if (!old.content.every(this.#isStored)) return undefined;
    return start + encodeNodeEnd({ ...attributes, content: old.content });
  }

  #finishFile(
    entry: Entry,
    { start, stat, attributes, since }: FoundFile,
    result: FileRead,
    before: ParentEntry | undefined,
  ): string {
    if (result.changed) this.#account.changed(entry);
    const size = BigInt(result.size);
    const content = splitIds(result.ids);
    let json: string;
    if (result.stat === undefined && size === stat.size) {
      json = start + encodeNodeEnd({ ...attributes, content });
    } else {
      // It was replaced, or became another, between the listing and the reading: what was read has other metadata.
      const found = result.stat ?? stat;
      const known = result.stat === undefined ? attributes : this.#readAttributes(entry);
      const { withAtime } = this.#options;
      const node = describeNode(toBytes(entry.path), toBytes(entry.name), { ...found, size }, withAtime);
      json = encodeNode({ ...node, ...known, content });
    }
    const stored = { fresh: result.fresh, found: since };
    this.#account.file(entry, stateOf(json, before), result.size, stored);
    return json;
  }

  /** A link, device or FIFO. */
  #jsonOf(entry: Entry, { kind, start, stat }: ListedEntriesReader): string {
    const device = kind === 'dev' || kind === 'chardev' ? stat.specialDevice : 0n;
    return start + encodeNodeEnd({ ...this.#readAttributes(entry), device });
  }

  #readAttributes(entry: Entry): NodeEnd {
    const { attributes, problems } = readAttributes(toBytes(entry.path));
    for (const problem of problems) this.#account.problem(entry.absolute, problem);
    return attributes.length === 0 ? NO_ATTRIBUTES : { device: 0n, extendedAttributes: attributes };
  }

  async #loadParent(path: BytePath, id: Buffer | undefined): Promise<ParentFolder | undefined> {
    if (id === undefined) return undefined;
    const { repository, signal } = this.#context;
    try {
      return await loadParentFolder(repository, id, { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#account.parentUnreadable(path, error);
      return undefined;
    }
  }

  get #isCrowded(): boolean {
    const { pool } = this.#context.store;
    pool.throwFailure();
    return pool.isCrowded || this.#isFull;
  }

  get #isFull(): boolean {
    return this.#held.count > MAX_HELD || this.#reader.largeFiles >= (this.#options.readConcurrency ?? 2);
  }

  async #pauseWhenCrowded(): Promise<void> {
    const { pool } = this.#context.store;
    if (pool.isCrowded) {
      this.#flush();
      await pool.room();
    }
    while (this.#isFull) {
      this.#flush();
      await this.#progressed.promise;
      pool.throwFailure();
    }
  }

  #flush(): void {
    this.#reader.flush();
    this.#newFiles.flush();
  }

  #wake(): void {
    this.#progressed.resolve();
    this.#progressed = Promise.withResolvers<void>();
  }

  #fail(error: unknown): void {
    this.#failed.reject(error);
    this.#context.store.pool.fail(error);
    this.#wake();
  }
}

/** What is known of a file that is being read. */
interface FoundFile {
  readonly start: string;
  readonly stat: FileStat;
  readonly attributes: NodeEnd;
  /** By the clock of `performance`. */
  readonly since: number;
}

const NO_ATTRIBUTES: NodeEnd = { device: 0n };

/** The number of a device stands behind its attributes, so that its start alone does not tell all of it. */
const isComparable = (kind: Step): boolean => kind !== 'failed' && kind !== 'way' && !kind.endsWith('dev');

function stateOf(json: string, before: ParentEntry | undefined): ItemState {
  if (before === undefined) return 'new';
  return before.saysSame(json) ? 'unmodified' : 'changed';
}

function splitIds(ids: Uint8Array): Buffer[] {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}
