/** Backs up streams, such as the output of a database dump, as the files of a folder in a snapshot. */
import { posix } from 'node:path';
import { Chunker, MAX_CHUNK_SIZE } from '../chunker/chunker.ts';
import { RepositoryError } from '../errors.ts';
import { goFileMode } from '../format/go/file-mode.ts';
import type { Node } from '../format/trees/node.ts';
import { encodeNode } from '../format/trees/tree.ts';
import type { Repository } from '../store/repository.ts';
import type { BackupResult, BackupStreamsOptions, StreamFile } from './backup-types.ts';
import { FolderBuilder } from './folder-builder.ts';
import { findParent } from './parent/parent.ts';
import { type BackupContext, runBackup } from './run-backup.ts';
import { untilAborted } from './until-aborted.ts';

/** A folder while its files arrive; they may come in any order. */
interface StreamFolder {
  readonly folders: Map<string, StreamFolder>;
  readonly files: Map<string, Node>;
}

/**
 * Reads the streams one after another. When one throws there is no snapshot: half a dump must not look like a backup.
 */
export function backupStreams(repository: Repository, options: BackupStreamsOptions): Promise<BackupResult> {
  const folder = posix.normalize(options.folder).replace(/(?<=.)\/$/, '');
  return runBackup(repository, options, async (context) => {
    if (!posix.isAbsolute(folder)) throw invalidPath(options.folder, 'is not absolute');
    // A stream is read once, and a program that writes one is not started for nothing.
    await context.lockHeld;
    const paths = options.snapshotPaths ?? [folder];
    const wanted = { host: options.host, paths, before: context.time };
    const parent = await findParent(context, wanted);
    context.tally.expected = parent?.summary;
    const root: StreamFolder = newFolder();
    const reader = new StreamReader(context, repository.polynomial);
    for await (const file of options.files) {
      context.signal.throwIfAborted();
      await addFile(root, folder, file, reader, context);
    }
    return {
      tree: await saveFolder(root, context),
      paths,
      excludes: [],
      parent: parent?.id,
      compared: false,
    };
  });
}

const newFolder = (): StreamFolder => ({ folders: new Map(), files: new Map() });

const invalidPath = (path: string, problem: string): RepositoryError =>
  new RepositoryError('repository.stream-path', `the path ${JSON.stringify(path)} ${problem}`);

async function addFile(
  root: StreamFolder,
  base: string,
  file: StreamFile,
  reader: StreamReader,
  context: BackupContext,
): Promise<void> {
  const names = file.path.split('/').filter((name) => name !== '');
  if (names.length === 0 || names.some((name) => name === '.' || name === '..' || name.includes('\0')))
    throw invalidPath(file.path, 'names no file inside the folder');
  const name = names.pop() as string;
  let at = root;
  for (const part of [...base.split('/').filter((part) => part !== ''), ...names]) {
    if (at.files.has(part)) throw invalidPath(file.path, 'lies in a file');
    const next = at.folders.get(part) ?? newFolder();
    at.folders.set(part, next);
    at = next;
  }
  if (at.files.has(name) || at.folders.has(name)) throw invalidPath(file.path, 'comes twice');
  context.tally.current.add(file.path);
  const { content, size } = await reader.read(file.content);
  context.tally.current.delete(file.path);
  context.tally.files.new++;
  at.files.set(name, { ...newNode(name, 'file', context.time), content, size: BigInt(size), links: 1n });
}

function newNode(name: string, type: 'file' | 'dir', time: bigint): Node {
  const node: Node = {
    name: Buffer.from(name),
    type,
    mode: goFileMode(type === 'file' ? 0o100600 : 0o040700),
    mtime: time,
    atime: time,
    ctime: time,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 0n,
    device: 0n,
  };
  return node;
}

async function saveFolder(folder: StreamFolder, context: BackupContext): Promise<Buffer> {
  const nodes = [...folder.files.values()];
  for (const [name, child] of folder.folders) {
    nodes.push({ ...newNode(name, 'dir', context.time), subtree: await saveFolder(child, context) });
    context.tally.folders.new++;
  }
  const builder = new FolderBuilder({ count: 0 }, context.store);
  for (const node of nodes.sort((a, b) => Buffer.compare(a.name, b.name))) builder.add(encodeNode(node));
  return (await builder.close()).id;
}

/** Cuts streams into chunks on this thread, in order, and has the workers store them. */
class StreamReader {
  readonly #context: BackupContext;
  readonly #chunker: Chunker;
  /**
   * Memory for chunks goes round and is shared: what is made anew, or handed to and fro, counts as new memory each time
   * and would keep the collector busy.
   */
  readonly #free: Uint8Array<SharedArrayBuffer>[] = [];

  constructor(context: BackupContext, polynomial: bigint) {
    this.#context = context;
    this.#chunker = new Chunker(polynomial);
  }

  async read(stream: AsyncIterable<Uint8Array>): Promise<{ content: Buffer[]; size: number }> {
    const { store, tally } = this.#context;
    const content: Buffer[] = [];
    const running = new Set<Promise<void>>();
    const limit = store.pool.size + 1;
    let chunk = this.#memory();
    let filled = 0;
    let size = 0;
    let chunks = 0;
    const save = async (): Promise<void> => {
      const at = chunks++;
      const length = filled;
      const memory = chunk;
      const done = store.saveChunk(memory.buffer, length).then((id) => {
        content[at] = id;
        this.#free.push(memory);
        tally.bytesDone += length;
        tally.report();
      });
      const tracked = done.finally(() => running.delete(tracked));
      // A failure is thrown below, by whoever waits next.
      tracked.catch(() => {});
      running.add(tracked);
      while (running.size >= limit) await Promise.race(running);
      chunk = this.#memory();
      filled = 0;
    };
    // Copied, because a source may use its buffer again. A chunk is never larger than its memory.
    const take = (bytes: Uint8Array): void => {
      chunk.set(bytes, filled);
      filled += bytes.length;
    };
    this.#chunker.reset();
    for await (const piece of untilAborted(stream, store.pool.signal)) {
      size += piece.length;
      let start = 0;
      for (let cut = this.#chunker.next(piece); cut !== -1; cut = this.#chunker.next(piece, cut)) {
        take(piece.subarray(start, cut));
        start = cut;
        await save();
        if (cut === piece.length) break;
      }
      take(piece.subarray(start));
    }
    if (filled > 0) await save();
    await Promise.all(running);
    this.#free.push(chunk);
    return { content, size };
  }

  #memory(): Uint8Array<SharedArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(MAX_CHUNK_SIZE));
  }
}
