import { FileMissingError, type StoredFile } from '@octobox/storage';
import { Refusal } from '../errors.ts';
import type { Accounts } from '../quota/accounts.ts';
import type { ServedRepository } from '../repositories.ts';
import { type Deletable, moveToTrash } from '../trash.ts';

export interface DeletionRules {
  /** Clients add, and delete nothing but locks. */
  readonly appendOnly: boolean;
  /** With append-only: what a client deletes waits so long in the trash. */
  readonly delayMs: number | undefined;
}

const isDeletable = (file: StoredFile): file is StoredFile & { readonly kind: Deletable } =>
  file.kind === 'data' || file.kind === 'index' || file.kind === 'snapshot';

export async function deleteFile(
  { segments, folder, storage }: ServedRepository,
  file: StoredFile,
  rules: DeletionRules,
  accounts: Accounts,
): Promise<void> {
  if (rules.appendOnly && file.kind !== 'lock') {
    if (!isDeletable(file)) throw new Refusal(403, 'append-only: keys and config are never deleted');
    if (rules.delayMs === undefined) throw new Refusal(403, 'append-only: nothing is deleted');
    await storage.stat(file);
    try {
      await moveToTrash(folder, file);
    } catch (error) {
      // Two clients at once.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new FileMissingError(file, folder);
      throw error;
    }
    return;
  }
  await accounts.settled(segments);
  const { size } = await storage.stat(file);
  await storage.remove(file);
  accounts.freed(segments, size);
}
