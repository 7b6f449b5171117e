import { OutputClosedError } from '../errors.ts';

export interface Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(chunk: string | Uint8Array, callback: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface OutputOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Called once when the reader of standard output has gone. */
  readonly onClosed: (error: OutputClosedError) => void;
}

const batchBytes = 64 * 1024;

/**
 * The two streams of the command. Standard output carries results and nothing else; everything said to
 * people meanwhile goes to standard error, above a progress bar when there is one.
 */
export class Output {
  /** What a running progress bar does to get out of the way of a line. */
  aside: ((line: string) => void) | undefined;
  /** What shows how far the work under way is, now. */
  showProgress: (() => void) | undefined;
  readonly stderr: Writable;
  readonly #stdout: Writable;
  readonly #onClosed: (error: OutputClosedError) => void;
  #batch: (string | Uint8Array)[] = [];
  #batched = 0;
  #closed: OutputClosedError | undefined;

  constructor(options: OutputOptions) {
    this.#stdout = options.stdout;
    this.stderr = options.stderr;
    this.#onClosed = options.onClosed;
    this.#stdout.on('error', (error) => this.#lost(error));
    // Nobody is left to be told when standard error is gone.
    this.stderr.on('error', () => undefined);
  }

  /** Whether results go to a terminal: then control characters of file names must not reach it. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  /** One line of results. Kept back until 64 KiB are together or `flush` is called. */
  async print(line: string | Uint8Array): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    this.#batch.push(line, '\n');
    this.#batched += line.length + 1;
    if (this.#batched >= batchBytes) await this.flush();
  }

  /** A part of a line: what is printed next stands right behind it. */
  async put(text: string): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    this.#batch.push(text);
    this.#batched += text.length;
    if (this.#batched >= batchBytes) await this.flush();
  }

  /** For callbacks that cannot wait. A reader who has gone is noticed by the next line that can. */
  printSoon(line: string): void {
    this.print(line).catch(() => undefined);
  }

  /** `put` for callbacks that cannot wait. */
  putSoon(text: string): void {
    this.put(text).catch(() => undefined);
  }

  async printAll(lines: Iterable<string>): Promise<void> {
    for (const line of lines) await this.print(line);
  }

  /** One JSON value on a line of its own. */
  printJson(value: unknown): Promise<void> {
    return this.print(JSON.stringify(value));
  }

  /** Result bytes as they are; resolves when the reader has taken them. */
  async write(chunk: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(chunk);
  }

  async flush(): Promise<void> {
    if (this.#batched === 0) return;
    const parts = this.#batch;
    this.#batch = [];
    this.#batched = 0;
    const whole = parts.every((part) => typeof part === 'string')
      ? parts.join('')
      : Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    await this.#write(whole);
  }

  /** A line for people, on standard error. */
  say(line: string): void {
    if (this.aside !== undefined) this.aside(line);
    else this.stderr.write(`${line}\n`, () => undefined);
  }

  #write(chunk: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      this.#stdout.write(chunk, (error) => (error ? reject(this.#lost(error)) : resolve()));
    });
  }

  #lost(error: NodeJS.ErrnoException): Error {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') return error;
    if (this.#closed === undefined) {
      this.#closed = new OutputClosedError(error);
      this.#onClosed(this.#closed);
    }
    return this.#closed;
  }
}
