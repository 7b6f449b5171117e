import type { Output } from '../../output/output.ts';
import { type ProgressState, startProgress } from '../../output/progress.ts';
import type { Fact } from './fact.ts';
import { coloured, plain } from './palette.ts';
import { sentences } from './sentences.ts';

export interface TellerOptions {
  readonly out: Output;
  readonly json: boolean;
  /** No progress. */
  readonly quiet: boolean;
  readonly colour: boolean;
  /** Columns of the terminal; absent in a pipe. */
  readonly columns: number | undefined;
  readonly progressRate: number | undefined;
}

/** Longer lines are hard to read even where there is room for them. */
const widest = 92;
const narrowest = 40;

/** Tells the story as sentences or as JSON lines on standard output; progress goes to standard error. */
export class Teller {
  readonly #options: TellerOptions;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  async tell(fact: Fact): Promise<void> {
    const { out, json, colour, columns } = this.#options;
    if (json) {
      const { type, ...fields } = fact;
      await out.printJson({ message_type: type, ...fields });
    } else {
      const width = Math.min(widest, Math.max(narrowest, (columns ?? widest + 1) - 1));
      await out.printAll(sentences(fact, { palette: colour ? coloured : plain, width }));
    }
    // Each step is seen when it happens, also by somebody who reads a pipe.
    await out.flush();
  }

  /** Does something that takes time and shows how far it is. */
  async during<T>(work: (progress: (state: ProgressState) => void) => Promise<T>): Promise<T> {
    const { out, json, quiet, progressRate } = this.#options;
    await using progress = startProgress({
      out,
      mode: quiet ? 'quiet' : json ? 'json' : 'human',
      rate: progressRate,
      json: (state, seconds) => ({ message_type: 'status', seconds_elapsed: Math.round(seconds), ...state }),
    });
    return await work((state) => progress.update(state));
  }
}
