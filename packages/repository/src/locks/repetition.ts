/** Something that is done again and again, one at a time, without keeping the process alive. */
export interface Repetition {
  /** Ends it; resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** `work` must not reject. */
export function repeatOften(work: () => Promise<void>, everyMs: number): Repetition {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = undefined;
    });
  }, everyMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
