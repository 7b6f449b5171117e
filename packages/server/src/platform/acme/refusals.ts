import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../durable-file.ts';

const shape = z.object({ at: z.number(), times: z.int().min(1), reason: z.string() });
type Refusal = z.infer<typeof shape>;

/** Authorities bear five failures an hour. */
const firstPauseMs = 15 * 60_000;
const longestPauseMs = 12 * 3_600_000;

/** Remembers in a file how often in a row no certificate was got, so that restarts do not use up an authority's patience. */
export class Refusals {
  readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'refused.json');
  }

  /** The last one, while the time to ask again has not come; `until` in milliseconds since 1970. */
  async holding(now: number): Promise<{ reason: string; until: number } | undefined> {
    const last = await this.#last();
    if (last === undefined) return undefined;
    const until = last.at + Math.min(firstPauseMs * 2 ** (last.times - 1), longestPauseMs);
    // A clock that was set back must not hold for ever.
    return now < until && now >= last.at ? { reason: last.reason, until } : undefined;
  }

  async add(now: number, reason: string): Promise<void> {
    const times = ((await this.#last())?.times ?? 0) + 1;
    await replaceFile(this.file, JSON.stringify({ at: now, times, reason } satisfies Refusal), 0o600);
  }

  async clear(): Promise<void> {
    await rm(this.file, { force: true });
  }

  async #last(): Promise<Refusal | undefined> {
    const text = await readFile(this.file, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return shape.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }
}
