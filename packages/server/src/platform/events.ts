/** Something that happened, told to whoever listens in this process. The database is the record, not this. */
export interface Fact {
  readonly type: string;
}

export interface Emitter<F extends Fact> {
  emit(fact: F): void;
}

export type Listener<F> = (fact: F) => void;

/**
 * Facts in the order in which they happened. A listener that throws is reported through `onListenerError`
 * and never stops what it listened to.
 */
export class Events<F extends Fact> implements Emitter<F> {
  readonly #listeners = new Set<Listener<F>>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  emit(fact: F): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(fact);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  /** Calls `listener` for every fact of the type, or for all with `*`; the returned function ends it. */
  on<T extends F['type'] | '*'>(
    type: T,
    listener: Listener<T extends '*' ? F : Extract<F, { type: T }>>,
  ): () => void {
    const wrapped: Listener<F> = (fact) => {
      if (type === '*' || fact.type === type) {
        listener(fact as T extends '*' ? F : Extract<F, { type: T }>);
      }
    };
    this.#listeners.add(wrapped);
    return () => this.#listeners.delete(wrapped);
  }

  /** Facts from now on until the signal is aborted; a slow reader keeps them waiting in memory. */
  async *stream(signal: AbortSignal): AsyncIterable<F> {
    const waiting: F[] = [];
    let wake = (): void => undefined;
    const end = this.on('*', ((fact: F) => {
      waiting.push(fact);
      wake();
    }) as Parameters<typeof this.on<'*'>>[1]);
    const aborted = (): void => wake();
    signal.addEventListener('abort', aborted);
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      end();
      signal.removeEventListener('abort', aborted);
    }
  }
}
