import type { Repository } from '@octobox/repository';
import { sql } from 'kysely';
import { type Clock, type Database, Held, type Instant, instant } from '../../platform/index.ts';

/** Every file of the repository is looked at for it, which remote places count as requests. */
const measuredEveryMs = 20 * 3_600_000;
const dayMs = 86_400_000;

/** So far back days are told. */
export const longestDays = 1_100;

const dayBefore = (now: Date, days: number): string =>
  instant(new Date(now.getTime() - days * dayMs)).slice(0, 10);

export interface GrownDay {
  /** `2026-11-26`, UTC */
  readonly day: string;
  /** Good backups that ended on it. */
  readonly backups: number;
  /** What the repository grew by with them, before anything was removed. */
  readonly bytesStored: number;
  /** What they read of their sources. */
  readonly bytesRead: number;
}

export interface MeasuredSize {
  readonly at: Instant;
  /** Of all packs as they lie there, layers included. */
  readonly bytes: number;
  readonly files: number;
}

/** How large the platform's repository is, and what it grew by. */
export class RepositoryGrowth {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Each sum is made of all its runs, which is too much for everybody who asks. */
  readonly #days: Held<GrownDay[]>;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#days = new Held({ ...options, make: () => this.#allDays() });
  }

  /** Once a day; what is measured stands for what removing has freed, too. */
  async measureWhenDue({ storage }: Repository, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const [last] = await this.measured({ limit: 1 });
    if (last !== undefined && now.getTime() - Date.parse(last.at) < measuredEveryMs) return;
    let bytes = 0;
    let files = 0;
    for await (const { size } of storage.list('data', { signal })) {
      bytes += size;
      files++;
    }
    await this.#database.change((transaction) =>
      transaction
        .insertInto('repository_sizes')
        .values({ at: instant(now), bytes, files })
        .onConflict((conflict) => conflict.column('at').doUpdateSet({ bytes, files }))
        .execute(),
    );
  }

  /** The newest first. */
  async measured({ limit, since = '' }: { limit: number; since?: Instant }): Promise<MeasuredSize[]> {
    const rows = await this.#database.read
      .selectFrom('repository_sizes')
      .selectAll()
      .where('at', '>=', since)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ at, bytes, files }) => ({ at, bytes: Number(bytes), files: Number(files) }));
  }

  /** Of today and so many days before it (at most `longestDays`) those with a good backup, the oldest first. */
  async days(back: number): Promise<GrownDay[]> {
    const first = dayBefore(this.#clock.now(), back);
    return (await this.#days.get()).filter(({ day }) => day >= first);
  }

  async #allDays(): Promise<GrownDay[]> {
    const since = dayBefore(this.#clock.now(), longestDays);
    const day = sql<string>`substr(finished_at, 1, 10)`;
    const rows = await this.#database.read
      .selectFrom('runs')
      .select((e) => [
        day.as('day'),
        e.fn.countAll<number>().as('backups'),
        e.fn.sum<number>('bytes_stored').as('stored'),
        e.fn.sum<number>('bytes_read').as('read'),
      ])
      // As `runs_grown` has it: those that succeeded, and no others, have one.
      .where('snapshot_id', 'is not', null)
      .where(day, '>=', since)
      .groupBy(day)
      .orderBy(day)
      .execute();
    return rows.map((row) => ({
      day: row.day,
      backups: Number(row.backups),
      bytesStored: Number(row.stored ?? 0),
      bytesRead: Number(row.read ?? 0),
    }));
  }
}
