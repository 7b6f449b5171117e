/**
 * Walks the sources and gives the id of the snapshot's root tree.
 *
 * One folder after another is listed, its entries in the order of their bytes; a stack of open folders takes the place
 * of recursion. Contents are read by workers meanwhile, and each folder's tree is saved when its last entry is there.
 * The walk pauses when too many jobs, large files or unfinished entries wait.
 */
import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FileStat, kindOf, statPath, statTarget } from '../filesystem/file-stat.ts';
import { readNode } from '../filesystem/read-node.ts';
import type { Node } from '../format/node.ts';
import { encodeNode, encodeNodeHead } from '../format/tree.ts';
import type { BackupFilesOptions } from './backup-types.ts';
import { type BytePath, toBytes, toText } from './byte-path.ts';
import { type Entry, folderEntries, sourceEntries } from './entries.ts';
import { EmptyBackupError, SourceUnreadableError } from './errors.ts';
import { FileReader } from './file-reader.ts';
import { FolderBuilder, type HeldNodes } from './folder-builder.ts';
import { isUnchanged, ParentFolder } from './parent.ts';
import type { ParentEntry } from './parent-entry.ts';
import type { BackupContext } from './run-backup.ts';
import type { Selection } from './selection.ts';
import type { SourceTree } from './source-tree.ts';
import type { ItemState } from './tally.ts';
import type { FileRead, ReadFailure } from './worker-messages.ts';

/** Entries whose JSON may wait behind an unfinished one. */
const MAX_HELD = 20_000;
const ENTRIES_A_TURN = 64;

interface OpenFolder {
  readonly entries: Iterator<Entry>;
  readonly builder: FolderBuilder;
  before: ParentFolder | undefined;
  readonly absolute: BytePath;
  /** Called with the id of the folder's tree. */
  readonly done: (tree: Buffer) => void;
}

export class FileWalk {
  readonly #context: BackupContext;
  readonly #options: BackupFilesOptions;
  readonly #selection: Selection;
  readonly #reader: FileReader;
  readonly #held: HeldNodes = { count: 0 };
  readonly #folders: OpenFolder[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #progressed = Promise.withResolvers<void>();

  constructor(context: BackupContext, options: BackupFilesOptions, selection: Selection) {
    this.#context = context;
    this.#options = options;
    this.#selection = selection;
    this.#reader = new FileReader(context.store.pool, context.tally, (error) => this.#fail(error));
    this.#failed.promise.catch(() => {});
  }

  /** `parentTree` is the root tree of the parent snapshot. */
  async run(sources: SourceTree, parentTree: Buffer | undefined): Promise<Buffer> {
    const root = Promise.withResolvers<Buffer>();
    const before = await this.#loadParent('/', parentTree);
    const builder = this.#open('/', sourceEntries(sources), before, root.resolve);
    for (let steps = 1; this.#folders.length > 0; steps++) {
      await this.#step();
      if (steps % ENTRIES_A_TURN === 0) await nextTurn();
      await this.#pauseWhenCrowded();
    }
    this.#reader.flush();
    const tree = await Promise.race([root.promise, this.#failed.promise]);
    if (builder.count === 0) throw new EmptyBackupError();
    return tree;
  }

  async #step(): Promise<void> {
    const folder = this.#folders.at(-1);
    if (folder === undefined) return;
    const next = folder.entries.next();
    if (!next.done) {
      const before = folder.before && (await this.#findBefore(folder, next.value));
      await this.#visit(folder.builder, next.value, before);
      return;
    }
    this.#folders.pop();
    await folder.before?.close();
    folder.builder
      .close()
      .then(folder.done)
      .catch((error) => this.#fail(error));
  }

  async #findBefore(folder: OpenFolder, entry: Entry): Promise<ParentEntry | undefined> {
    try {
      return await folder.before?.find(toBytes(entry.name));
    } catch (error) {
      folder.before = undefined;
      this.#warnOfParent(folder.absolute, error);
      return undefined;
    }
  }

  async #visit(builder: FolderBuilder, entry: Entry, before: ParentEntry | undefined): Promise<void> {
    const { source } = entry;
    if (source !== undefined && source.path === undefined) {
      await this.#enterWay(builder, entry, source, before);
      return;
    }
    const explicit = source?.explicit ?? false;
    if (!explicit && this.#selection.excludesName(entry.absolute)) return;
    let stat: FileStat;
    try {
      stat = statPath(toBytes(entry.path));
      if (!explicit && this.#selection.excludes(entry.absolute, stat)) return;
    } catch (error) {
      this.#skip(entry, error);
      return;
    }
    const kind = kindOf(stat);
    if (kind === 'socket') return;
    if (kind === 'irregular') {
      this.#skip(entry, new Error('it is of a kind that cannot be backed up'));
    } else if (kind === 'dir') {
      await this.#enter(builder, entry, stat, before);
    } else {
      const node = this.#readNode(entry, stat);
      if (node === undefined) return;
      if (kind === 'file') this.#addFile(builder, entry, stat, node, before);
      else builder.add(encodeNode(node));
    }
  }

  /** A folder between the root and a source: of its entries only those on the way are kept. */
  async #enterWay(
    builder: FolderBuilder,
    entry: Entry,
    source: SourceTree,
    before: ParentEntry | undefined,
  ): Promise<void> {
    const metadata = source.metadata ?? entry.path;
    let stat: FileStat;
    try {
      // A link on the way to a source is stored as the folder that it leads to.
      stat = statTarget(toBytes(metadata));
      if (kindOf(stat) !== 'dir') throw new Error('it is no folder');
    } catch (error) {
      throw new SourceUnreadableError(toText(metadata), error);
    }
    const { node } = readNode(toBytes(metadata), toBytes(entry.name), stat, this.#options.withAtime);
    const parent = await this.#loadParent(entry.absolute, before?.node?.subtree);
    this.#open(entry.absolute, sourceEntries(source), parent, this.#folderDone(builder, entry, node, before));
  }

  async #enter(
    builder: FolderBuilder,
    entry: Entry,
    stat: FileStat,
    before: ParentEntry | undefined,
  ): Promise<void> {
    const node = this.#readNode(entry, stat);
    if (node === undefined) return;
    let names: BytePath[];
    try {
      names = readdirSync(toBytes(entry.path), { encoding: 'latin1' });
    } catch (error) {
      this.#skip(entry, error);
      return;
    }
    const kept = this.#selection.keptNames(entry.absolute);
    if (kept !== undefined) names = names.filter((name) => kept.has(name));
    names.sort();
    const parent = await this.#loadParent(entry.absolute, before?.node?.subtree);
    this.#open(
      entry.absolute,
      folderEntries(entry, names.join('/')),
      parent,
      this.#folderDone(builder, entry, node, before),
    );
  }

  #open(
    absolute: BytePath,
    entries: Iterator<Entry>,
    before: ParentFolder | undefined,
    done: (tree: Buffer) => void,
  ): FolderBuilder {
    const builder = new FolderBuilder(this.#held, this.#context.store);
    this.#folders.push({ absolute, entries, builder, before, done });
    return builder;
  }

  /** Keeps the folder's place among its siblings until its tree is saved. */
  #folderDone(
    builder: FolderBuilder,
    { absolute }: Entry,
    node: Node,
    before: ParentEntry | undefined,
  ): (tree: Buffer) => void {
    const place = builder.reserve();
    return (tree) => {
      node.subtree = tree;
      const json = encodeNode(node);
      const state = stateOf(json, before);
      this.#context.tally.folders[state]++;
      this.#options.onItem?.({ path: `${toText(absolute)}/`, state });
      place(json);
      this.#wake();
    };
  }

  #addFile(
    builder: FolderBuilder,
    entry: Entry,
    stat: FileStat,
    node: Node,
    before: ParentEntry | undefined,
  ): void {
    const { tally } = this.#context;
    const known = before && this.#unchanged(stat, node, before);
    if (known !== undefined) {
      builder.add(known);
      this.#countFile(entry, stateOf(known, before), stat.size);
      tally.bytesDone += Number(stat.size);
      tally.report();
      return;
    }
    const place = builder.reserve();
    this.#reader.read({
      path: entry.path,
      stat,
      done: (result) => {
        try {
          place(
            'size' in result ? this.#finishFile(entry, node, result, before) : this.#failFile(entry, result),
          );
        } catch (error) {
          this.#fail(error);
        }
        this.#wake();
      },
    });
  }

  /** The JSON of a file whose content need not be read; undefined for others. */
  #unchanged(stat: FileStat, node: Node, before: ParentEntry): string | undefined {
    if (this.#options.force === true) return undefined;
    const isStored = (content: readonly Buffer[]): boolean =>
      content.every((id) => this.#context.store.has('data', id));
    const content = before.contentAfter(encodeNodeHead(node));
    if (content !== undefined) return isStored(content) ? before.text : undefined;
    const old = before.node;
    if (old?.content === undefined || !isUnchanged(stat, old, this.#options) || !isStored(old.content))
      return undefined;
    node.content = old.content;
    return encodeNode(node);
  }

  #finishFile(
    entry: Entry,
    found: Node,
    result: FileRead,
    before: ParentEntry | undefined,
  ): string | undefined {
    const { tally } = this.#context;
    // The file was replaced between the listing and the opening: what was read has other metadata.
    const node = result.stat === undefined ? found : this.#readNode(entry, result.stat);
    if (node === undefined) return undefined;
    if (result.changed) tally.changedWhileReading.push(toText(entry.absolute));
    node.size = BigInt(result.size);
    node.content = splitIds(result.ids);
    const json = encodeNode(node);
    this.#countFile(entry, stateOf(json, before), node.size);
    return json;
  }

  #countFile({ absolute }: Entry, state: ItemState, size: bigint): void {
    this.#context.tally.files[state]++;
    this.#options.onItem?.({ path: toText(absolute), state, bytes: Number(size) });
  }

  #failFile(entry: Entry, { code, message }: ReadFailure): undefined {
    this.#skip(entry, Object.assign(new Error(message), { code }));
  }

  #readNode(entry: Entry, stat: FileStat): Node | undefined {
    try {
      const { node, problems } = readNode(
        toBytes(entry.path),
        toBytes(entry.name),
        stat,
        this.#options.withAtime,
      );
      for (const problem of problems) this.#report(entry.absolute, problem);
      return node;
    } catch (error) {
      this.#skip(entry, error);
      return undefined;
    }
  }

  /** Leaves an entry out. A source named by the user cannot be left out: the backup would not be what it says. */
  #skip(entry: Entry, error: unknown): void {
    if (entry.source?.explicit) throw new SourceUnreadableError(toText(entry.absolute), error);
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isGone) this.#context.tally.changedWhileReading.push(toText(entry.absolute));
    else this.#report(entry.absolute, error);
  }

  #report(absolute: BytePath, problem: unknown): void {
    const path = toText(absolute);
    const error = problem instanceof Error ? problem : new Error(String(problem));
    this.#context.tally.addError(path, error.message);
    this.#options.onError?.(path, error);
  }

  async #loadParent(path: BytePath, id: Buffer | undefined): Promise<ParentFolder | undefined> {
    if (id === undefined) return undefined;
    const { repository, signal } = this.#context;
    try {
      return await ParentFolder.load(repository, id, { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#warnOfParent(path, error);
      return undefined;
    }
  }

  /** Everything below is read again, so the backup is whole; but the repository has a hole. */
  #warnOfParent(absolute: BytePath, error: unknown): void {
    const path = toText(absolute);
    const reason = error instanceof Error ? error.message : String(error);
    this.#context.tally.warn(
      path,
      `the folder ${path} of the parent snapshot cannot be read (${reason}); what is in it was read again as if it were new`,
    );
  }

  async #pauseWhenCrowded(): Promise<void> {
    const { pool } = this.#context.store;
    pool.throwFailure();
    if (pool.isCrowded) {
      this.#reader.flush();
      await pool.room();
    }
    while (this.#held.count > MAX_HELD || this.#reader.largeFiles >= (this.#options.readConcurrency ?? 2)) {
      this.#reader.flush();
      await this.#progressed.promise;
      pool.throwFailure();
    }
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

function stateOf(json: string, before: ParentEntry | undefined): ItemState {
  if (before === undefined) return 'new';
  return before.saysSame(json) ? 'unmodified' : 'changed';
}

function splitIds(ids: Uint8Array): Buffer[] {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}
