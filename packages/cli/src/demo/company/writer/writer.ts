import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StartMessage, StateMessage, StopMessage } from './messages.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** An order takes at most some seconds to fail; a writer that is not gone after that hangs. */
const grace = 8_000;
const goneMessage = "the shop's application has ended";

/** The shop's application as seen from outside: a process that can be watched and stopped. */
export class Writer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #state: StateMessage = { kind: 'state', orders: 0, invoices: 0 };

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#exited = once(child, 'exit');
    child.on('message', (state: StateMessage) => {
      this.#state = state;
    });
    // A process that was told to stop may be gone before it reads the message.
    child.on('error', () => undefined);
  }

  /** Resolves when the first order was acknowledged. */
  static async start(options: Omit<StartMessage, 'kind'>, signal?: AbortSignal): Promise<Writer> {
    signal?.throwIfAborted();
    // A group of its own: Ctrl-C on the terminal is for whoever started the shop, and he will close it.
    const child = fork(program, { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const writer = new Writer(child);
    try {
      child.send({ kind: 'start', ...options } satisfies StartMessage);
      await Promise.race([
        writer.until((state) => state.orders > 0, signal),
        writer.#exited.then(() => {
          throw new Error("the shop's application ended before it took an order");
        }),
      ]);
      return writer;
    } catch (error) {
      await writer.stop();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get #isGone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get state(): StateMessage {
    return this.#state;
  }

  /** Resolves when the state is as wanted; rejects with the signal's reason. */
  async until(wanted: (state: StateMessage) => boolean, signal?: AbortSignal): Promise<void> {
    if (wanted(this.#state)) return;
    if (this.#isGone) throw new Error(goneMessage);
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        this.#process.off('message', look);
        this.#process.off('exit', ended);
        signal?.removeEventListener('abort', aborted);
      };
      const look = () => {
        if (!wanted(this.#state)) return;
        done();
        resolve();
      };
      const ended = () => {
        done();
        reject(new Error(goneMessage));
      };
      const aborted = () => {
        done();
        reject(signal?.reason);
      };
      this.#process.on('message', look);
      this.#process.once('exit', ended);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Lets it finish the order in hand, kills it when it does not, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#isGone) return;
    if (this.#process.connected) this.#process.send({ kind: 'stop' } satisfies StopMessage);
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), grace);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Resolves with the exit code when the process is gone. */
  get ended(): Promise<number | null> {
    return this.#exited.then(() => this.#process.exitCode);
  }

  /** Cuts the connection without a word, as the death of this process would. */
  abandon(): void {
    this.#process.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
