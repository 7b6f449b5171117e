import type { ProbeFinding } from '@octobox/sources';
import type { Selectable } from 'kysely';
import { type Clock, type Database, instant, type Writer } from '../platform/index.ts';
import type { HealthDay, SourceHealth } from './facts.ts';
import { secondsByDay } from './observed-days.ts';
import type { HealthState, SourceHealthRow } from './schema.ts';

interface Options {
  readonly database: Database;
  readonly clock: Clock;
  /** How often a source is probed, and how long that may take. */
  readonly intervalMs: number;
  readonly probeTimeoutMs: number;
}

/** How each source was found the last time, and for how long of each day it was well. */
export class HealthBook {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Keeps what a probe found, with the time since the one before. Gives also how often in a row it was found so. */
  async keep(
    transaction: Writer,
    found: {
      readonly sourceId: string;
      readonly state: HealthState;
      readonly findings: readonly ProbeFinding[];
    },
    now: Date,
  ): Promise<{ readonly health: SourceHealth; readonly streak: number }> {
    const { sourceId, state, findings } = found;
    const before = await transaction
      .selectFrom('source_health')
      .selectAll()
      .where('source_id', '=', sourceId)
      .executeTakeFirst();
    const same = before?.state === state;
    const row = {
      source_id: sourceId,
      state,
      since: same ? before.since : instant(now),
      checked_at: instant(now),
      streak: same ? Math.min(before.streak + 1, 1_000) : 1,
      findings: JSON.stringify(findings),
    };
    await transaction
      .insertInto('source_health')
      .values(row)
      .onConflict((conflict) => conflict.column('source_id').doUpdateSet(row))
      .execute();
    if (before !== undefined) await this.#keepDays(transaction, state, before, now);
    return { health: healthFrom(row), streak: row.streak };
  }

  /** As last probed; a result that is older than three intervals says nothing any more. */
  async now(): Promise<Map<string, SourceHealth>> {
    const rows = await this.#options.database.read.selectFrom('source_health').selectAll().execute();
    const { clock, intervalMs, probeTimeoutMs } = this.#options;
    const now = clock.now().getTime();
    const stale = intervalMs * 3 + probeTimeoutMs;
    return new Map(
      rows.map((row) => {
        const health = healthFrom(row);
        const silent = now - Date.parse(health.checkedAt) > stale;
        return [health.sourceId, silent ? { ...health, state: 'unknown', since: health.checkedAt } : health];
      }),
    );
  }

  async days(since: string): Promise<Map<string, HealthDay[]>> {
    const rows = await this.#options.database.read
      .selectFrom('health_days')
      .selectAll()
      .where('day', '>=', since)
      .orderBy('day')
      .execute();
    const bySource = new Map<string, HealthDay[]>();
    for (const row of rows) {
      const days = bySource.get(row.source_id) ?? [];
      days.push({ day: row.day, upSeconds: row.up_seconds, downSeconds: row.down_seconds });
      bySource.set(row.source_id, days);
    }
    return bySource;
  }

  /** The time since the probe before belongs to the worse of both results; longer gaps to neither. */
  async #keepDays(
    transaction: Writer,
    state: HealthState,
    before: Selectable<SourceHealthRow>,
    now: Date,
  ): Promise<void> {
    const { intervalMs, probeTimeoutMs } = this.#options;
    const from = Date.parse(before.checked_at);
    const gap = now.getTime() - from;
    if (gap <= 0 || gap > Math.max(intervalMs * 2.5, intervalMs + probeTimeoutMs)) return;
    const up = state === 'ok' && before.state === 'ok';
    for (const [day, seconds] of secondsByDay(from, now.getTime())) {
      const add = { up_seconds: up ? seconds : 0, down_seconds: up ? 0 : seconds };
      await transaction
        .insertInto('health_days')
        .values({ source_id: before.source_id, day, ...add })
        .onConflict((conflict) =>
          conflict.columns(['source_id', 'day']).doUpdateSet((e) => ({
            up_seconds: e('health_days.up_seconds', '+', add.up_seconds),
            down_seconds: e('health_days.down_seconds', '+', add.down_seconds),
          })),
        )
        .execute();
    }
  }
}

const healthFrom = (row: Selectable<SourceHealthRow>): SourceHealth => ({
  sourceId: row.source_id,
  state: row.state,
  since: row.since,
  checkedAt: row.checked_at,
  findings: JSON.parse(row.findings) as ProbeFinding[],
});
