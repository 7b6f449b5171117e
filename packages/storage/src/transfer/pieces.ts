/** Many calls on their way at once: over a long line each answer takes its time. */

/** OpenSSH's limit for one read or write. */
export const PIECE = 256 * 1024;
const AT_ONCE = 8;

/** The parts of a span, in order. */
export function* pieces(start: number, end: number): Generator<{ from: number; to: number }> {
  for (let from = start; from < end; from += PIECE) yield { from, to: Math.min(from + PIECE, end) };
}

/** Works on items as they come, a few at once; the first failure ends it when nothing runs any more. */
export async function inTurns<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    if (failures.length > 0) break;
    const one = work(item)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
