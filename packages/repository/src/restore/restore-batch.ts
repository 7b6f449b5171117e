/**
 * Bounds the memory of a restore: files are gathered in batches, their contents brought in together, and then
 * what must come after the contents is done in the order of the walk (metadata, links, finished folders).
 * While the contents of one batch are written, those of the one before end and the walk gathers the next.
 */
import { Breath } from '../runtime/breathe.ts';
import type { FileContents } from './contents/file-contents.ts';
import type { FileRestore } from './contents/file-restore.ts';

/** A batch is full with this many entries, or contents of files; what larger ones hold outlives the cheap collections. */
const batchWeight = 256;

export class RestoreBatches {
  readonly #contents: FileContents;
  readonly #signal: AbortSignal | undefined;
  readonly #breath = new Breath();
  #files: FileRestore[] = [];
  #later: (() => void)[] = [];
  #weight = 0;
  /** Ends after all batches before, as the one before it. */
  #newest: Promise<void> = Promise.resolve();
  #before: Promise<void> = Promise.resolve();

  constructor(contents: FileContents, signal: AbortSignal | undefined) {
    this.#contents = contents;
    this.#signal = signal;
  }

  file(file: FileRestore): void {
    this.#files.push(file);
    this.#weight += file.parts.length;
  }

  /** To be done after the contents of all files that were added before. Must not throw. */
  later(work: () => void): void {
    this.#later.push(work);
    this.#weight++;
  }

  /** Waits when three batches are full. Call it between entries. */
  async pause(): Promise<void> {
    if (this.#weight >= batchWeight) await this.#start();
    await this.#breath.taken();
  }

  /** Works everything off. */
  async finish(): Promise<void> {
    await this.#start();
    await this.#newest;
  }

  /** Waits for what is under way, whatever its end. */
  async settle(): Promise<void> {
    await this.#newest.catch(() => {});
  }

  async #start(): Promise<void> {
    await this.#before;
    const files = this.#files;
    const later = this.#later;
    this.#files = [];
    this.#later = [];
    this.#weight = 0;
    this.#before = this.#newest;
    this.#newest = this.#workOff(files, later, this.#before);
    // Awaited before the batch after the next; until then a failure must not count as unhandled.
    this.#newest.catch(() => {});
  }

  async #workOff(
    files: readonly FileRestore[],
    later: readonly (() => void)[],
    before: Promise<void>,
  ): Promise<void> {
    const ends = await Promise.allSettled([before, this.#contents.restore(files)]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    for (const work of later) {
      this.#signal?.throwIfAborted();
      work();
      await this.#breath.taken();
    }
  }
}
