import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** The shop acknowledged an order: its transaction is committed. */
export interface OrderEntry {
  readonly kind: 'order';
  /** UUID that the customer was told; unlike the id it is never given twice, also after a restore. */
  readonly reference: string;
  readonly id: number;
  /** ISO 8601, UTC: when the acknowledgement arrived. */
  readonly at: string;
  /** cents */
  readonly total: number;
}

/** An invoice lies on disk, synced. */
export interface InvoiceEntry {
  readonly kind: 'invoice';
  /** Below the web server's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly at: string;
}

/** The shop stopped taking orders, for a reason, and later takes them again. */
export interface OutEntry {
  readonly kind: 'out';
  readonly at: string;
  readonly reason: string;
}

export interface BackEntry {
  readonly kind: 'back';
  readonly at: string;
  readonly milliseconds: number;
}

export type JournalEntry = OrderEntry | InvoiceEntry | OutEntry | BackEntry;

/**
 * The writer's own record of what it was told is safe, one JSON object a line, each synced to disk
 * before the next order is placed. It lies outside of everything that is backed up and destroyed, so
 * that what a disaster cost can be counted and not estimated.
 */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<Journal> {
    return new Journal(await open(path, 'a', 0o600));
  }

  async append(entry: JournalEntry): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#file.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/**
 * Every entry that was written to its end, oldest first. A last line that lacks its end belongs to a
 * writer that was killed while writing it, so nobody has acted on it and it is left out.
 */
export async function* readJournal(path: string): AsyncIterable<JournalEntry> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    let entry: JournalEntry;
    try {
      entry = JSON.parse(line) as JournalEntry;
    } catch {
      return;
    }
    yield entry;
  }
}
