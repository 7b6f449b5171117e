import { setTimeout as delay } from 'node:timers/promises';
import { SourceError } from '../errors.ts';
import type { SourceContext } from '../source.ts';
import type { SqliteDatabase } from './database.ts';

/** 4 MiB of the usual 4 KiB pages a step. */
const pagesPerStep = 1024;
const busyTries = 60;
const pauseMilliseconds = 500;

/** Copies a database while others use both ends, waiting for locks up to half a minute. */
export async function copyDatabase(
  database: SqliteDatabase,
  to: string,
  step: string,
  context: SourceContext,
): Promise<void> {
  const [mode] = await database.query<{ journal_mode: string }>('pragma journal_mode');
  const [page] = await database.query<{ page_size: number }>('pragma page_size');
  const size = page?.page_size ?? 4096;
  const onProgress = (done: number, total: number) =>
    context.onProgress?.({ step, done: done * size, total: total * size, unit: 'bytes' });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await database.copyTo(to, { pages: pagesPerStep, pinned: mode?.journal_mode === 'wal', onProgress });
      return;
    } catch (error) {
      const busy = error instanceof SourceError && error.code === 'source.busy';
      if (!busy || attempt === busyTries) throw error;
      await delay(pauseMilliseconds, undefined, { signal: context.signal });
    }
  }
}
