import { closeSync, openSync } from 'node:fs';
import { InterruptedError, type InterruptingSignal, OutputClosedError } from './errors.ts';
import { exitCodeOf } from './exit-code.ts';

const signals: readonly InterruptingSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Whether there is a terminal that can end this process by being closed. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

const showCursor = '\u001b[?25h';

/**
 * Turns the first signal into an abort that every verb passes on, so that locks are removed and
 * temporary files deleted. The second one means that somebody has lost patience: end at once.
 *
 * SIGHUP counts when the terminal is gone. Else it is restic, which asks in this way whether the process of a lock still
 * lives.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #listeners = signals.map((name) => ({ name, listener: () => this.#arrived(name) }));
  readonly #onFirst: (error: InterruptedError) => void;
  readonly #hadTerminal = hasTerminal();

  constructor(onFirst: (error: InterruptedError) => void) {
    this.#onFirst = onFirst;
    for (const { name, listener } of this.#listeners) process.on(name, listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  outputClosed(error: OutputClosedError): void {
    this.#controller.abort(error);
  }

  /** The reason to report: what a verb throws after an abort may be anything. */
  get reason(): InterruptedError | OutputClosedError | undefined {
    const { aborted, reason } = this.#controller.signal;
    return aborted && (reason instanceof InterruptedError || reason instanceof OutputClosedError)
      ? reason
      : undefined;
  }

  #arrived(name: InterruptingSignal): void {
    if (name === 'SIGHUP' && (!this.#hadTerminal || hasTerminal())) return;
    const error = new InterruptedError(name);
    if (this.#controller.signal.aborted) {
      if (process.stderr.isTTY) process.stderr.write(showCursor);
      process.exit(exitCodeOf(error));
    }
    this.#onFirst(error);
    this.#controller.abort(error);
  }

  [Symbol.dispose](): void {
    for (const { name, listener } of this.#listeners) process.off(name, listener);
  }
}
