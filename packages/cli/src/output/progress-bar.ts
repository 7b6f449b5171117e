import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import type { Output } from './output.ts';
import { amounts, shareDone, timing } from './progress-line.ts';
import type { Progress, ProgressState } from './progress-state.ts';
import { width } from './table.ts';

const barCells = 24;

const bar = (share: number): string => {
  const full = Math.floor(share * barCells);
  return `[${'='.repeat(full)}${full < barCells ? '>' : ''}${' '.repeat(Math.max(0, barCells - full - 1))}]`;
};

/** The end of a path says more than its beginning. */
const shorten = (text: string, cells: number): string => {
  if (width(text) <= cells) return text;
  let kept = '';
  for (const character of [...text].reverse()) {
    if (width(kept) + width(character) + 1 > cells) break;
    kept = character + kept;
  }
  return `…${kept}`;
};

/** What the line of a terminal shows; never wider than `columns`. */
export function barText(state: ProgressState, seconds: number, columns: number): string {
  const share = shareDone(state);
  const start =
    share === undefined
      ? `${state.step}  ${amounts(state)}`
      : `${state.step} ${bar(share)} ${(share * 100).toFixed(1).padStart(5)}%  ${amounts(state)}`;
  const text = `${start}  ${timing(state, seconds)}`;
  const room = columns - width(text) - 3;
  // File names may hold what would steer the terminal.
  const detail = (state.detail ?? '').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  if (detail !== '' && room >= 12) return `${text}  ${shorten(detail, room)}`;
  return width(text) < columns ? text : text.slice(0, columns - 1);
}

/**
 * One bar on a terminal's standard error, which disappears when it is disposed. Lines that are said
 * meanwhile appear above it.
 */
export class ProgressBar implements Progress {
  readonly #out: Output;
  readonly #rate: number;
  readonly #now: () => number;
  #bar: SingleBar | undefined;
  #step: { name: string; startedAt: number } | undefined;
  #newest: ProgressState | undefined;

  constructor(out: Output, rate: number, now: () => number) {
    this.#out = out;
    this.#rate = rate;
    this.#now = now;
    out.aside = (line) => {
      // The bar knows its own line by an absolute position, so it must not be there while lines scroll.
      this.#hide();
      out.stderr.write(`${line}\n`, () => undefined);
      if (this.#newest !== undefined) this.#show();
    };
  }

  update(state: ProgressState): void {
    if (this.#step?.name !== state.step) this.#step = { name: state.step, startedAt: this.#now() };
    this.#newest = state;
    if (this.#bar === undefined) this.#show();
    else this.#bar.update(state.done);
  }

  #show(): void {
    // Loaded when there is a bar: its twenty modules are no affair of commands without one.
    const progress = createRequire(import.meta.url)('cli-progress') as typeof import('cli-progress');
    this.#bar = new progress.SingleBar({
      stream: process.stderr,
      fps: this.#rate,
      clearOnComplete: true,
      hideCursor: true,
      // `null` keeps the terminal's own setting: the text is cut to the width here.
      linewrap: null,
      format: () =>
        this.#newest === undefined
          ? ''
          : barText(
              this.#newest,
              (this.#now() - (this.#step?.startedAt ?? 0)) / 1000,
              process.stderr.columns ?? 80,
            ),
    });
    this.#bar.start(1, 0);
  }

  #hide(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#out.aside = undefined;
    this.#hide();
  }
}
