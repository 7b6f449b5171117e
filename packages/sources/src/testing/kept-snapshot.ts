import { createReadStream, createWriteStream } from 'node:fs';
import { cp, lstat, mkdir, opendir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Capture, SnapshotReader, SourceContext } from '../source.ts';

/** Keeps a capture as plain files below a folder: what a repository does, without being one. */
export async function keepCapture(capture: Capture, root: string): Promise<KeptSnapshot> {
  if (capture.form === 'paths') {
    for (const path of capture.paths) {
      await mkdir(join(root, dirname(path)), { recursive: true });
      await copyTree(path, join(root, path));
    }
    return new KeptSnapshot(root);
  }
  const order: string[] = [];
  for await (const file of capture.files) {
    order.push(file.path);
    const path = join(root, capture.folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(file.content, createWriteStream(path));
  }
  return new KeptSnapshot(root, order);
}

const copyTree = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, force: true });

export class KeptSnapshot implements SnapshotReader {
  readonly description: string;
  readonly root: string;
  /** The files of a capture of streams, in the order of the capture. */
  readonly order: readonly string[];

  constructor(root: string, order: readonly string[] = []) {
    this.description = `snapshot kept in ${root}`;
    this.root = root;
    this.order = order;
  }

  async size(path: string): Promise<number> {
    return (await stat(join(this.root, path))).size;
  }

  async *read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    yield* createReadStream(join(this.root, path)) as AsyncIterable<Buffer>;
  }

  async *entries(): ReturnType<SnapshotReader['entries']> & AsyncGenerator {
    yield* this.#below('/');
  }

  async *#below(
    folder: string,
  ): AsyncGenerator<{ path: string; type: string; size: number; modified: string }> {
    for await (const entry of await opendir(join(this.root, folder))) {
      const path = join(folder, entry.name);
      const found = await lstat(join(this.root, path));
      const type = found.isDirectory() ? 'dir' : found.isSymbolicLink() ? 'symlink' : 'file';
      yield { path, type, size: found.isFile() ? found.size : 0, modified: found.mtime.toISOString() };
      if (found.isDirectory()) yield* this.#below(path);
    }
  }

  async extract(
    target: string,
    _options: { include?: readonly string[]; verify: boolean; context: SourceContext },
  ): Promise<{ files: number; bytes: number }> {
    let files = 0;
    let bytes = 0;
    for await (const entry of this.#below('/')) {
      if (entry.type !== 'file') continue;
      files += 1;
      bytes += entry.size;
    }
    await copyTree(this.root, target);
    return { files, bytes };
  }
}
