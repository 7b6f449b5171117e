/**
 * Where deleted files wait: `trash/<as in the repository>~<time of deletion in ms>` inside the repository's folder.
 * No client reaches it. Files come back by their name, or go for good when their time is over.
 */
import { link, lstat, mkdir, opendir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileKind, isFileName, pathOf, type StoredFile, syncFolder } from '@octobox/storage';

export type Deletable = Extract<FileKind, 'data' | 'index' | 'snapshot'>;

/** In the order in which they come back: what is pointed to before what points to it. */
const ORDER: readonly Deletable[] = ['data', 'index', 'snapshot'];
const FOLDERS: Readonly<Record<Deletable, string>> = { data: 'data', index: 'index', snapshot: 'snapshots' };

export interface DeletedFile {
  readonly file: StoredFile & { readonly kind: Deletable };
  readonly deletedAt: Date;
  /** bytes */
  readonly size: number;
  readonly path: string;
}

const isErrno = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException)?.code === code;

/** Moves a file out of the repository, durably. Rejects with ENOENT when there is none. */
export async function moveToTrash(
  repository: string,
  file: StoredFile & { readonly kind: Deletable },
  now = Date.now(),
): Promise<void> {
  const from = join(repository, pathOf(file));
  const folder = join(repository, 'trash', FOLDERS[file.kind]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(from, join(folder, `${file.name}~${now}`));
  await syncFolder(folder);
  await syncFolder(dirname(from));
}

/** Everything in the trash of a repository, in the order in which it may come back. */
export async function* listTrash(repository: string): AsyncIterable<DeletedFile> {
  for (const kind of ORDER) {
    const folder = join(repository, 'trash', FOLDERS[kind]);
    try {
      for await (const { name } of await opendir(folder)) {
        const [, base = '', time = ''] = /^(.+)~(\d{1,15})$/.exec(name) ?? [];
        if (!isFileName(kind, base)) continue;
        const path = join(folder, name);
        const { size } = await lstat(path);
        yield { file: { kind, name: base }, deletedAt: new Date(Number(time)), size, path };
      }
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
}

/** Puts one file back under its name. false when a file of that name is there already; both then stay. */
export async function bringBack(repository: string, deleted: DeletedFile): Promise<boolean> {
  const target = join(repository, pathOf(deleted.file));
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await link(deleted.path, target);
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    if (!isErrno(error, 'EPERM') && !isErrno(error, 'ENOTSUP')) throw error;
    // File systems without hard links.
    if (await exists(target)) return false;
    await rename(deleted.path, target);
    await syncFolder(dirname(target));
    return true;
  }
  await syncFolder(dirname(target));
  await unlink(deleted.path);
  return true;
}

/** Deletes for good what was deleted before `before`. Returns the bytes that became free. */
export async function purgeTrash(repository: string, before: Date): Promise<number> {
  let freed = 0;
  for await (const deleted of listTrash(repository)) {
    if (deleted.deletedAt >= before) continue;
    await unlink(deleted.path);
    freed += deleted.size;
  }
  return freed;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
