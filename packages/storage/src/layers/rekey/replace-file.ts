/**
 * Puts other bytes in the place of a stored file, on storages that never replace one. States, each of which survives
 * a crash, because at every moment one whole copy of the file is there:
 *
 *   only F → F and F.next (written and proven by the caller) → only F.next → F.next and F (a copy of it) → only F
 */
import { FileMissingError } from '../../errors.ts';
import { NEXT, SUFFIXES } from '../../names.ts';
import type { FileKind, Storage, StorageOptions, StoredFile } from '../../storage.ts';
import { appendAll, pieces, writeWhole } from './copy-file.ts';
import { nextStorage } from './next-storage.ts';

/** Config last: as long as it can be read, so can the repository. */
export const REKEY_KINDS: readonly FileKind[] = ['data', 'index', 'snapshot', 'key', 'lock', 'config'];

/** `file` of `base`; its `.next` is there and proven. */
export async function putNextInPlace(base: Storage, file: StoredFile): Promise<void> {
  await base.remove(file);
  await publishNext(base, file, {});
}

async function publishNext(base: Storage, file: StoredFile, options: StorageOptions): Promise<void> {
  const next = nextStorage(base);
  await writeWhole(base, file, options, (writer) => appendAll(writer, pieces(next, file, 0, options)));
  await next.remove(file, options);
}

/**
 * Ends what a crash cut off: of a file and its `.next` the file stays, as it is whole in every state; a `.next` alone
 * takes the file's place. Nobody else may use the repository meanwhile. Gives how many were found.
 */
export async function mendReplacements(
  base: Storage,
  options: StorageOptions = {},
  kinds: readonly FileKind[] = REKEY_KINDS,
): Promise<number> {
  const exists = (file: StoredFile): Promise<boolean> =>
    base.stat(file, options).then(
      () => true,
      (error: unknown) => {
        if (error instanceof FileMissingError) return false;
        throw error;
      },
    );
  let mended = 0;
  const mend = async (file: StoredFile): Promise<void> => {
    if (await exists(file)) await nextStorage(base).remove(file, options);
    else await publishNext(base, file, options);
    mended++;
  };
  for (const kind of kinds) {
    if (kind === 'config') {
      // Not every storage lists config files of all names.
      for (const name of SUFFIXES) if (await exists({ kind, name: name + NEXT })) await mend({ kind, name });
      continue;
    }
    const left: string[] = [];
    for await (const { name } of base.list(kind, options)) if (name.endsWith(NEXT)) left.push(name);
    for (const name of left) await mend({ kind, name: name.slice(0, -NEXT.length) });
  }
  return mended;
}
