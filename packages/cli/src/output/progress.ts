import type { Output } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { progressLine } from './progress-line.ts';
import type { Progress, ProgressState } from './progress-state.ts';

export type { Progress, ProgressState } from './progress-state.ts';

export interface ProgressOptions<State extends ProgressState> {
  readonly out: Output;
  readonly mode: 'human' | 'json' | 'quiet';
  /** Updates a second, instead of what suits the kind of output. */
  readonly rate: number | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
  /** The status line of `--json`; without it, that mode shows no progress. */
  readonly json?: (state: State, seconds: number) => object;
}

const lineEvery = 5; // seconds: often enough to see life in a log, seldom enough not to fill it
const jsonEvery = 0.2;

/** Shows the newest state every so many seconds, and nothing when nothing has changed. */
class Ticker<State extends ProgressState> implements Progress<State> {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  readonly #begun: number;
  #step: { name: string; startedAt: number } | undefined;
  #newest: State | undefined;

  constructor(
    everySeconds: number,
    now: () => number,
    show: (state: State, stepSeconds: number, seconds: number) => void,
  ) {
    this.#now = now;
    this.#begun = now();
    this.#timer = setInterval(() => {
      if (this.#newest === undefined || this.#step === undefined) return;
      show(this.#newest, (now() - this.#step.startedAt) / 1000, (now() - this.#begun) / 1000);
      this.#newest = undefined;
    }, everySeconds * 1000);
    this.#timer.unref();
  }

  update(state: State): void {
    if (this.#step?.name !== state.step) this.#step = { name: state.step, startedAt: this.#now() };
    this.#newest = state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }
}

const silent: Progress = { update: () => undefined, [Symbol.asyncDispose]: async () => undefined };

/** Bars on a terminal, a plain line every few seconds in a pipe, status lines with `--json`. */
export function startProgress<State extends ProgressState>(options: ProgressOptions<State>): Progress<State> {
  const { out, mode, rate, json, now = () => performance.now() } = options;
  if (mode === 'quiet' || (mode === 'json' && json === undefined)) return silent;
  if (mode === 'json') {
    return new Ticker<State>(rate === undefined ? jsonEvery : 1 / rate, now, (state, _, seconds) => {
      // A reader who has gone is reported by the output itself.
      void out
        .printJson(json?.(state, seconds))
        .then(() => out.flush())
        .catch(() => undefined);
    });
  }
  if (out.stderr.isTTY === true) return new ProgressBar(out, rate ?? 10, now);
  return new Ticker<State>(rate === undefined ? lineEvery : 1 / rate, now, (state, seconds) =>
    out.say(progressLine(state, seconds)),
  );
}
