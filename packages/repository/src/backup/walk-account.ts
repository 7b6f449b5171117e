/** What a walk tells of the entries that it came to: the counts of the summary, items, and what could not be read. */
import type { BackupFilesOptions, BackupItem } from './backup-types.ts';
import { SourceUnreadableError } from './errors.ts';
import { type BytePath, toText } from './listing/byte-path.ts';
import type { Entry } from './listing/entries.ts';
import type { ItemState, Tally } from './tally.ts';
import type { NewBlobs } from './threads/new-blobs.ts';
import type { FileNote, NodesMade, ReadFailure } from './threads/worker-messages.ts';

export interface Stored {
  readonly fresh: NewBlobs;
  /** When the walk came to it, by the clock of `performance`. */
  readonly found: number;
}

export class WalkAccount {
  readonly #tally: Tally;
  readonly #options: Pick<BackupFilesOptions, 'onItem' | 'onError'>;

  constructor(tally: Tally, options: Pick<BackupFilesOptions, 'onItem' | 'onError'>) {
    this.#tally = tally;
    this.#options = options;
  }

  folder(absolute: BytePath, state: ItemState, stored: Stored): void {
    this.#tally.folders[state]++;
    this.#options.onItem?.({ path: `${toText(absolute)}/`, state, ...whatBecame(stored) });
  }

  file({ absolute }: Entry, state: ItemState, size: number, stored?: Stored): void {
    this.#tally.files[state]++;
    this.#options.onItem?.({ path: toText(absolute), state, bytes: size, ...whatBecame(stored) });
  }

  /** A file that need not be read. */
  unreadFile(entry: Entry, size: number, state: ItemState): void {
    this.file(entry, state, size);
    this.#tally.bytesDone += size;
    this.#tally.report();
  }

  newFiles({ size, fresh }: NodesMade, count: number): void {
    this.#tally.addBlobs('data', fresh);
    this.#tally.bytesDone += size;
    this.#tally.files.new += count;
    this.#tally.report();
  }

  newFile(entry: Entry, { failure, changed, problems = [] }: FileNote): void {
    for (const problem of problems) this.problem(entry.absolute, problem);
    if (changed) this.changed(entry);
    if (failure !== undefined) this.unreadable(entry, failure);
  }

  /** It was not the same at the end of reading as at its beginning. */
  changed({ absolute }: Entry): void {
    this.#tally.changedWhileReading.push(toText(absolute));
  }

  unreadable(entry: Entry, { code, message }: ReadFailure): void {
    this.leftOut(entry, Object.assign(new Error(message), { code }));
  }

  /** An entry is left out. A source named by the user cannot be left out: the backup would not be what it says. */
  leftOut(entry: Entry, error: unknown): void {
    if (entry.source?.explicit) throw new SourceUnreadableError(toText(entry.absolute), error);
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isGone) this.changed(entry);
    else this.problem(entry.absolute, error);
  }

  problem(absolute: BytePath, problem: unknown): void {
    const path = toText(absolute);
    const error = problem instanceof Error ? problem : new Error(String(problem));
    this.#tally.addError(path, error.message);
    this.#options.onError?.(path, error);
  }

  /** Everything below is read again, so the backup is whole; but the repository has a hole. */
  parentUnreadable(absolute: BytePath, error: unknown): void {
    const path = toText(absolute);
    const reason = error instanceof Error ? error.message : String(error);
    this.#tally.warn(
      path,
      `the folder ${path} of the parent snapshot cannot be read (${reason}); what is in it was read again as if it were new`,
    );
  }
}

function whatBecame(stored: Stored | undefined): Pick<BackupItem, 'added' | 'seconds'> {
  if (stored === undefined) return { added: { bytes: 0, stored: 0 }, seconds: 0 };
  const { fresh, found } = stored;
  return {
    added: { bytes: fresh.bytes, stored: fresh.stored },
    seconds: Math.max(0, performance.now() - found) / 1000,
  };
}
