/**
 * The copies of one repository on the local disk, laid out as restic's cache: `<base>/<repository id>/` with `version`,
 * `snapshots`, `index` and `data`, each name below its first two digits. The folder's time is that of its last use.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byteSpan } from '../byte-range.ts';
import { FOLDERS } from '../layout.ts';
import { assertFileName } from '../names.ts';
import type { ByteRange, FileKind } from '../storage.ts';

export type CachedKind = Extract<FileKind, 'snapshot' | 'index' | 'data'>;

const KINDS: readonly CachedKind[] = ['snapshot', 'index', 'data'];
const VERSION = '1';
/** https://bford.info/cachedir/: backups leave such folders out. */
const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n';

export class CacheFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder when it is missing and notes that it is used. Rejects with the system's error. */
  static async open(base: string, repositoryId: string): Promise<CacheFolder> {
    assertFileName({ kind: 'data', name: repositoryId });
    const root = join(base, repositoryId);
    await mkdir(root, { recursive: true, mode: 0o700 });
    await writeFile(join(base, 'CACHEDIR.TAG'), CACHE_TAG, { flag: 'wx' }).catch(unlessThere);
    await writeFile(join(root, 'version'), VERSION, { flag: 'wx' }).catch(unlessThere);
    for (const kind of KINDS) await mkdir(join(root, FOLDERS[kind]), { recursive: true, mode: 0o700 });
    const now = new Date();
    await utimes(root, now, now);
    return new CacheFolder(root);
  }

  /** Rejects when there is no such copy, or it is shorter than the range. */
  async read(kind: CachedKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = this.#path(kind, name);
    await using file = await open(path);
    const { start, length } = byteSpan({ kind, name }, path, (await file.stat()).size, range);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, start);
    if (bytesRead !== length) throw new Error(`${path} ends early`);
    return bytes;
  }

  /** Whether there is a copy whose content has its name for a hash. A damaged one is removed. */
  async isSound(kind: CachedKind, name: string): Promise<boolean> {
    const path = this.#path(kind, name);
    try {
      await using file = await open(path);
      const hash = createHash('sha256');
      for await (const piece of file.createReadStream({ autoClose: false })) hash.update(piece as Buffer);
      if (hash.digest('hex') === name) return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await rm(path, { force: true });
    return false;
  }

  /** Keeps a copy, which appears whole; false, and nothing kept, when the bytes do not have that hash. */
  async write(kind: CachedKind, name: string, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
    const path = this.#path(kind, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
    try {
      const hash = createHash('sha256');
      {
        await using file = await open(temporary, 'wx', 0o600);
        for await (const piece of pieces) {
          hash.update(piece);
          await file.writeFile(piece);
        }
      }
      if (hash.digest('hex') !== name) return false;
      await rename(temporary, path);
      return true;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async remove(kind: CachedKind, name: string): Promise<void> {
    await rm(this.#path(kind, name), { force: true });
  }

  /** Removes the copies of a kind that are not among the names, and what a killed process left half-written. */
  async keepOnly(kind: CachedKind, names: ReadonlySet<string>): Promise<void> {
    const folder = join(this.#root, FOLDERS[kind]);
    for (const prefix of await readdir(folder)) {
      for (const entry of await readdir(join(folder, prefix))) {
        const path = join(folder, prefix, entry);
        // A part that is being written belongs to somebody at work.
        const isStale = entry.endsWith('.part') ? await isOlderThan(path, 86_400_000) : !names.has(entry);
        if (isStale) await rm(path, { force: true });
      }
    }
  }

  #path(kind: CachedKind, name: string): string {
    assertFileName({ kind, name });
    return join(this.#root, FOLDERS[kind], name.slice(0, 2), name);
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT');

function unlessThere(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}

async function isOlderThan(path: string, milliseconds: number): Promise<boolean> {
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > milliseconds;
}
