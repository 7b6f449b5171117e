import { StorageError } from '../errors.ts';
import type { FileKind, FileWriter, StoredFile } from '../storage.ts';
import { Spool } from './spool.ts';

/** Sends a whole file under its name; rejects with `FileExistsError` when the name is taken. */
export type Publish = (file: StoredFile, content: Spool, signal: AbortSignal | undefined) => Promise<void>;

/**
 * A file that is kept here until it is committed, and sent then.
 * States: open → committing → committed, or open again after a temporary failure, or aborted.
 */
export class SpooledWriter implements FileWriter {
  readonly #kind: FileKind;
  readonly #publish: Publish;
  readonly #signal: AbortSignal | undefined;
  readonly #spool = new Spool();
  #ended = false;

  constructor(kind: FileKind, publish: Publish, signal: AbortSignal | undefined) {
    this.#kind = kind;
    this.#publish = publish;
    this.#signal = signal;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#signal?.throwIfAborted();
    await this.#spool.append(bytes);
  }

  async commit(name: string): Promise<void> {
    this.#assertOpen();
    try {
      this.#signal?.throwIfAborted();
      await this.#publish({ kind: this.#kind, name }, this.#spool, this.#signal);
    } catch (error) {
      if (!(error instanceof StorageError && error.temporary)) await this.abort();
      throw error;
    }
    await this.abort();
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#spool.close().catch(() => {});
  }

  #assertOpen(): void {
    if (this.#ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
  }
}
