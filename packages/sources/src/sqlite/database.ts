import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SourceError } from '../errors.ts';
import { sqliteError } from './sqlite-error.ts';

export interface ThreadOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly busyMilliseconds: number;
}

export type ThreadRequest =
  | { readonly id: number; readonly kind: 'query'; readonly sql: string }
  | {
      readonly id: number;
      readonly kind: 'copy';
      readonly to: string;
      readonly pages: number;
      readonly pinned: boolean;
    };

export type ThreadReply =
  | { readonly id: number; readonly form: 'rows'; readonly rows: readonly Record<string, unknown>[] }
  | { readonly id: number; readonly form: 'progress'; readonly done: number; readonly total: number }
  | {
      readonly id: number;
      readonly form: 'error';
      readonly message: string;
      readonly sqliteCode: number | undefined;
    };

type Pending = {
  resolve: (rows: readonly Record<string, unknown>[]) => void;
  reject: (error: unknown) => void;
  onProgress: ((done: number, total: number) => void) | undefined;
};

/**
 * A SQLite database on a thread of its own: counting and checking a large one takes minutes, in which
 * the process must go on working. An abort ends the thread in the middle of whatever it does.
 */
export class SqliteDatabase implements AsyncDisposable {
  readonly path: string;
  readonly #worker: Worker;
  readonly #signal: AbortSignal | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  readonly #abort = () => void this.#worker.terminate();
  #failure: unknown;
  #next = 1;

  /** Opens nothing yet: the first query does, and reports what is wrong with the file. */
  constructor(path: string, options: { readOnly?: boolean; signal?: AbortSignal | undefined } = {}) {
    options.signal?.throwIfAborted();
    this.path = path;
    this.#signal = options.signal;
    const workerData: ThreadOptions = { path, readOnly: options.readOnly ?? true, busyMilliseconds: 10_000 };
    this.#worker = new Worker(new URL(`./thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
    });
    this.#worker.on('message', (reply: ThreadReply) => this.#receive(reply));
    this.#worker.on('error', (error) => {
      this.#failure ??= error;
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    void this.#exited.then(() => {
      options.signal?.removeEventListener('abort', this.#abort);
      for (const { reject } of this.#pending.values()) reject(this.#ended());
      this.#pending.clear();
    });
    options.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  async query<Row>(sql: string): Promise<Row[]> {
    return (await this.#ask((id) => ({ id, kind: 'query', sql }))) as Row[];
  }

  /** Copies the whole database into another file by SQLite's online backup, as one transaction there. */
  async copyTo(
    to: string,
    options: { pages: number; pinned: boolean; onProgress?: (done: number, total: number) => void },
  ): Promise<void> {
    const { pages, pinned } = options;
    await this.#ask((id) => ({ id, kind: 'copy', to, pages, pinned }), options.onProgress);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#signal?.aborted !== true) this.#worker.postMessage('close');
    await this.#exited;
  }

  #ask(request: (id: number) => ThreadRequest, onProgress?: Pending['onProgress']) {
    this.#signal?.throwIfAborted();
    const id = this.#next++;
    return new Promise<readonly Record<string, unknown>[]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage(request(id));
    });
  }

  #receive(reply: ThreadReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.form === 'progress') {
      pending.onProgress?.(reply.done, reply.total);
      return;
    }
    this.#pending.delete(reply.id);
    if (reply.form === 'rows') pending.resolve(reply.rows);
    else pending.reject(sqliteError(this.path, reply.message, reply.sqliteCode));
  }

  #ended(): unknown {
    if (this.#signal?.aborted === true) return this.#signal.reason;
    return new SourceError('source.failed', `The thread that reads ${this.path} ended`, {
      cause: this.#failure,
    });
  }
}
