/** Goes through every file of a repository and writes it anew where it is not as it should be. */
import { FileMissingError } from '../../errors.ts';
import type { Storage, StorageOptions, StoredFile } from '../../storage.ts';
import { isDamage } from '../layer-errors.ts';
import { putNextInPlace, REKEY_KINDS } from './replace-file.ts';

export interface RekeyProgress {
  readonly done: number;
  readonly total: number;
  /** plain bytes of the files looked at so far, and of all */
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly rewritten: number;
}

export interface RekeyOptions extends StorageOptions {
  readonly onProgress?: (progress: RekeyProgress) => void;
}

export interface RekeyResult {
  readonly files: number;
  readonly rewritten: number;
  /** Files that could not be opened, and stay as they are. */
  readonly damaged: readonly { readonly file: StoredFile; readonly problem: string }[];
}

/** One way of changing keys. */
export interface Rekeying {
  /** Lists the files; what their names are is the matter of `needs` and `write`. */
  readonly storage: Storage;
  needs(file: StoredFile, options: StorageOptions): Promise<boolean>;
  /** Writes the `.next` of a file and proves it by reading it back. Gives the file's name in `base`. */
  write(file: StoredFile, options: StorageOptions): Promise<StoredFile>;
}

/**
 * Nobody else may use the repository meanwhile. Can be cut off at any moment and started again: what is done is not
 * done again. A file that cannot be opened is reported, and the others go on.
 */
export async function rekey(
  base: Storage,
  rekeying: Rekeying,
  options: RekeyOptions = {},
): Promise<RekeyResult> {
  const { signal } = options;
  const files: { readonly file: StoredFile; readonly size: number }[] = [];
  for (const kind of REKEY_KINDS)
    for await (const { name, size } of rekeying.storage.list(kind, { signal }))
      files.push({ file: { kind, name }, size });
  const bytesTotal = files.reduce((sum, { size }) => sum + size, 0);
  const damaged: { file: StoredFile; problem: string }[] = [];
  let [rewritten, bytesDone] = [0, 0];
  for (const [at, { file, size }] of files.entries()) {
    signal?.throwIfAborted();
    try {
      if (await rekeying.needs(file, { signal })) {
        // Not to be interrupted half-way: only a crash leaves work for `mendReplacements`.
        await putNextInPlace(base, await rekeying.write(file, { signal }));
        rewritten++;
      }
    } catch (error) {
      // Locks go; everything else must stay.
      if (error instanceof FileMissingError && file.kind === 'lock') continue;
      if (!isDamage(error)) throw error;
      damaged.push({ file, problem: error.message });
    }
    bytesDone += size;
    options.onProgress?.({ done: at + 1, total: files.length, bytesDone, bytesTotal, rewritten });
  }
  return { files: files.length, rewritten, damaged };
}
