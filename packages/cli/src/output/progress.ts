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
/** A log of hours is to be read, too: a line for each tenth of the time that has passed, but one in five minutes. */
const atMostEvery = (seconds: number): number => Math.min(seconds / 10, 300);
const jsonEvery = 0.2;

interface Pace {
  readonly everySeconds: number;
  /** Seconds that a line is to be away from the one before, after so many seconds of work. */
  readonly apart?: (seconds: number) => number;
}

/** Shows the newest state every so many seconds, and nothing when nothing has changed. */
class Ticker<State extends ProgressState> implements Progress<State> {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  readonly #begun: number;
  readonly #out: Output;
  readonly #show: (state: State, stepSeconds: number, seconds: number) => void;
  #step: { name: string; startedAt: number } | undefined;
  #newest: State | undefined;
  #hasChanged = false;
  #shownAt = 0;

  constructor(
    out: Output,
    { everySeconds, apart }: Pace,
    now: () => number,
    show: (state: State, stepSeconds: number, seconds: number) => void,
  ) {
    this.#out = out;
    this.#now = now;
    this.#begun = now();
    this.#show = show;
    this.#timer = setInterval(() => {
      const seconds = this.#seconds();
      if (this.#hasChanged && (apart === undefined || seconds - this.#shownAt >= apart(seconds)))
        this.#showNewest();
    }, everySeconds * 1000);
    this.#timer.unref();
    out.showProgress = () => this.#showNewest();
  }

  update(state: State): void {
    if (this.#step?.name !== state.step) this.#step = { name: state.step, startedAt: this.#now() };
    this.#newest = state;
    this.#hasChanged = true;
  }

  #seconds(): number {
    return (this.#now() - this.#begun) / 1000;
  }

  #showNewest(): void {
    if (this.#newest === undefined || this.#step === undefined) return;
    this.#shownAt = this.#seconds();
    this.#show(this.#newest, (this.#now() - this.#step.startedAt) / 1000, this.#shownAt);
    this.#hasChanged = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#out.showProgress = undefined;
  }
}

const silent: Progress = { update: () => undefined, [Symbol.asyncDispose]: async () => undefined };

/** Bars on a terminal, plain lines in a pipe, rarer as time passes, status lines with `--json`. */
export function startProgress<State extends ProgressState>(options: ProgressOptions<State>): Progress<State> {
  const { out, mode, rate, json, now = () => performance.now() } = options;
  if (mode === 'quiet' || (mode === 'json' && json === undefined)) return silent;
  if (mode === 'json') {
    return new Ticker<State>(
      out,
      { everySeconds: rate === undefined ? jsonEvery : 1 / rate },
      now,
      (state, _, seconds) => {
        // A reader who has gone is reported by the output itself.
        void out
          .printJson(json?.(state, seconds))
          .then(() => out.flush())
          .catch(() => undefined);
      },
    );
  }
  if (out.stderr.isTTY === true) return new ProgressBar(out, rate ?? 10, now);
  const pace =
    rate === undefined ? { everySeconds: lineEvery, apart: atMostEvery } : { everySeconds: 1 / rate };
  return new Ticker<State>(out, pace, now, (state, seconds) => out.say(progressLine(state, seconds)));
}
