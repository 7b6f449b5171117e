import { setImmediate } from 'node:timers/promises';

/** How long the event loop may be kept from everything else, in milliseconds. */
const longest = 20;

/** Lets a long row of synchronous calls pause now and then, so that a server in the same process goes on. */
export class Breath {
  #last = performance.now();

  /** Undefined when there is no need to wait yet. */
  taken(): Promise<void> | undefined {
    if (performance.now() - this.#last < longest) return undefined;
    return setImmediate().then(() => {
      this.#last = performance.now();
    });
  }
}
