import type { Selectable } from 'kysely';
import { type Clock, type Instant, instant } from '../clock.ts';
import type { Database, Writer } from '../database/index.ts';
import { formatDuration } from '../duration.ts';
import type { Emitter } from '../events.ts';
import type { JobQueue, JobRequest } from '../jobs/index.ts';
import type { Log } from '../log.ts';
import { Recurring } from '../recurring.ts';
import { beat, lastBeat } from './heartbeat.ts';
import type { LapseKind, LapseRow, ScheduleRow } from './schema.ts';
import { parseTimetable } from './timetable.ts';

export interface Schedule {
  readonly id: number;
  readonly kind: string;
  readonly subject: string;
  readonly expression: string;
  readonly nextDueAt: Instant;
  readonly lastDueAt?: Instant;
}

/** A due time that was met late or not at all; nothing is skipped without one of these. */
export interface Lapse {
  readonly kind: LapseKind;
  readonly scheduleKind: string;
  readonly subject: string;
  readonly firstDueAt: Instant;
  readonly lastDueAt: Instant;
  readonly count: number;
  readonly noticedAt: Instant;
  readonly reason: string;
}

export type ScheduleFact = { readonly type: 'schedule.lapsed'; readonly lapse: Lapse };

/** The job that is due; its `uniqueKey` keeps two of them from running at once. */
export type DueHandler = (due: { subject: string; dueAt: Instant }) => JobRequest<unknown>;

const beatName = 'scheduler';
const tickMs = 1_000;
/** How far back a clock must jump before schedules are laid anew; less is usual adjustment. */
const jumpMs = 60_000;

/**
 * Turns due times into jobs. The next due time is kept in the database, so that a restart finds what
 * became due meanwhile: the last due time is caught up once, those before it are recorded as missed.
 */
export class Scheduler {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queue: JobQueue;
  readonly #events: Emitter<ScheduleFact>;
  readonly #graceMs: number;
  readonly #handlers = new Map<string, DueHandler>();
  readonly recurring: Recurring;

  constructor(options: {
    database: Database;
    clock: Clock;
    log: Log;
    queue: JobQueue;
    events: Emitter<ScheduleFact>;
    graceMs: number;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#queue = options.queue;
    this.#events = options.events;
    this.#graceMs = options.graceMs;
    this.recurring = new Recurring({
      everyMs: tickMs,
      clock: options.clock,
      log: options.log,
      failure: 'the scheduler cannot work',
      turn: () => this.tick(),
    });
  }

  handle(kind: string, handler: DueHandler): void {
    this.#handlers.set(kind, handler);
  }

  /** Sets or replaces the schedule of a subject; the same expression leaves its due time as it is. */
  async set(kind: string, subject: string, expression: string, transaction: Writer): Promise<void> {
    parseTimetable(expression, this.#clock.now());
    const existing = await transaction
      .selectFrom('schedules')
      .select(['id', 'expression'])
      .where('kind', '=', kind)
      .where('subject', '=', subject)
      .executeTakeFirst();
    if (existing?.expression === expression) return;
    await this.remove(kind, subject, transaction);
    await this.add(kind, subject, expression, transaction);
  }

  /** The first schedule of a subject that is new. */
  async add(kind: string, subject: string, expression: string, transaction: Writer): Promise<void> {
    const now = this.#clock.now();
    const timetable = parseTimetable(expression, now);
    await transaction
      .insertInto('schedules')
      .values({
        kind,
        subject,
        expression,
        anchor_at: instant(now),
        next_due_at: instant(timetable.next(now)),
        last_due_at: null,
        last_job_id: null,
        created_at: instant(now),
      })
      .execute();
  }

  async remove(kind: string, subject: string, transaction: Writer): Promise<void> {
    await transaction
      .deleteFrom('schedules')
      .where('kind', '=', kind)
      .where('subject', '=', subject)
      .execute();
  }

  async list(): Promise<Schedule[]> {
    const rows = await this.#database.read
      .selectFrom('schedules')
      .selectAll()
      .orderBy('next_due_at')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      subject: row.subject,
      expression: row.expression,
      nextDueAt: row.next_due_at,
      ...(row.last_due_at === null ? {} : { lastDueAt: row.last_due_at }),
    }));
  }

  /** Newest first. */
  async lapses(filter: { since?: Instant; limit?: number } = {}): Promise<Lapse[]> {
    let query = this.#database.read
      .selectFrom('schedule_lapses')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.since !== undefined) query = query.where('noticed_at', '>=', filter.since);
    return (await query.execute()).map(lapseFrom);
  }

  /** Of each subject those that were noticed since its time, for due times after it; newest first. */
  async lapsesSince(since: ReadonlyMap<string, Instant>): Promise<ReadonlyMap<string, Lapse[]>> {
    if (since.size === 0) return new Map();
    const earliest = [...since.values()].sort()[0] ?? '';
    const rows = await this.#database.read
      .selectFrom('schedule_lapses')
      .selectAll()
      .where('subject', 'in', [...since.keys()])
      .where('noticed_at', '>=', earliest)
      .orderBy('id', 'desc')
      .execute();
    const told = rows.filter(({ subject, noticed_at }) => noticed_at >= (since.get(subject) ?? ''));
    return Map.groupBy(told.map(lapseFrom), ({ subject }) => subject);
  }

  /** The scheduler's last sign of life, from this process or another. */
  async lastBeat(): Promise<Instant | undefined> {
    return await lastBeat(this.#database, beatName);
  }

  #lastWrittenBeat = 0;

  /** One look at the clock: everything that became due is taken, each in a transaction of its own. */
  async tick(): Promise<void> {
    const now = this.#clock.now();
    let silentSince: Instant | undefined;
    // The beat is written to disk; every ten seconds is fine enough for a grace of a minute.
    if (Math.abs(now.getTime() - this.#lastWrittenBeat) >= 10_000) {
      this.#lastWrittenBeat = now.getTime();
      const silence = await this.#database.change((transaction) =>
        beat(transaction, beatName, this.#clock, Math.max(this.#graceMs, 60_000)),
      );
      silentSince = silence?.silentSince;
    }
    const rows = await this.#database.read.selectFrom('schedules').selectAll().execute();
    const lapses: Lapse[] = [];
    for (const row of rows) {
      lapses.push(...(await this.#look(row, now, silentSince)));
    }
    for (const lapse of lapses) {
      this.#log.warn({ ...lapse }, 'a due time was not met');
      this.#events.emit({ type: 'schedule.lapsed', lapse });
    }
  }

  async #look(row: Selectable<ScheduleRow>, now: Date, silentSince: Instant | undefined): Promise<Lapse[]> {
    const handler = this.#handlers.get(row.kind);
    if (handler === undefined) return [];
    const timetable = parseTimetable(row.expression, new Date(row.anchor_at));
    const nextDue = new Date(row.next_due_at);
    if (nextDue > now) {
      const expected = timetable.next(now);
      if (nextDue.getTime() - expected.getTime() > jumpMs) return await this.#relay(row, now, expected);
      return await this.#lookAtWaiting(row, now);
    }
    const found = timetable.within(new Date(nextDue.getTime() - 1), now);
    // The stored time always counts as due, also when it is no longer on the timetable's grid.
    const due = found ?? { count: 1, first: nextDue, last: nextDue };
    return await this.#database.change(async (transaction) => {
      const taken = await transaction
        .updateTable('schedules')
        .set({ next_due_at: instant(timetable.next(now)), last_due_at: instant(due.last) })
        .where('id', '=', row.id)
        .where('next_due_at', '=', row.next_due_at)
        .returning('id')
        .executeTakeFirst();
      if (taken === undefined) return [];
      const lapses: Lapse[] = [];
      const late = now.getTime() - due.last.getTime();
      const why =
        silentSince === undefined
          ? 'the scheduler was late'
          : `the scheduler was not running since ${silentSince}`;
      if (due.count > 1) {
        const beforeLast = timetable.within(
          new Date(nextDue.getTime() - 1),
          new Date(due.last.getTime() - 1),
        );
        lapses.push(
          await this.#record(transaction, row, 'missed', {
            first: due.first,
            last: beforeLast?.last ?? due.first,
            count: due.count - 1,
            now,
            reason: `${why}; caught up by one run at ${instant(now)}`,
          }),
        );
      }
      const request = handler({ subject: row.subject, dueAt: instant(due.last) });
      const { job, added } = await this.#queue.enqueue(request, transaction);
      await transaction
        .updateTable('schedules')
        .set({ last_job_id: job.id })
        .where('id', '=', row.id)
        .execute();
      if (!added) {
        lapses.push(
          await this.#record(transaction, row, 'overlap', {
            first: due.last,
            last: due.last,
            count: 1,
            now,
            reason: `the run before it (job ${job.id}) had not ended`,
          }),
        );
      } else if (late > this.#graceMs) {
        lapses.push(
          await this.#record(transaction, row, 'late', {
            first: due.last,
            last: due.last,
            count: 1,
            now,
            reason: `started ${formatDuration(late / 1_000)} late: ${why}`,
          }),
        );
      }
      return lapses;
    });
  }

  /** A due job that waits in the queue for longer than the grace is late, whatever it waits for. */
  async #lookAtWaiting(row: Selectable<ScheduleRow>, now: Date): Promise<Lapse[]> {
    if (row.last_job_id === null || row.last_due_at === null) return [];
    const lastDue = new Date(row.last_due_at);
    if (now.getTime() - lastDue.getTime() <= this.#graceMs) return [];
    const job = await this.#queue.get(row.last_job_id);
    if (job?.state !== 'queued' || job.attempts > 0) return [];
    return await this.#database.change(async (transaction) => {
      const known = await transaction
        .selectFrom('schedule_lapses')
        .select('id')
        .where('schedule_id', '=', row.id)
        .where('first_due_at', '=', instant(lastDue))
        .executeTakeFirst();
      if (known !== undefined) return [];
      return [
        await this.#record(transaction, row, 'late', {
          first: lastDue,
          last: lastDue,
          count: 1,
          now,
          reason: `its job ${job.id} still waits for another one to end`,
        }),
      ];
    });
  }

  /** The clock went back: a due time far ahead would leave a gap, so the schedule starts from now. */
  async #relay(row: Selectable<ScheduleRow>, now: Date, expected: Date): Promise<Lapse[]> {
    return await this.#database.change(async (transaction) => {
      await transaction
        .updateTable('schedules')
        .set({ next_due_at: instant(expected) })
        .where('id', '=', row.id)
        .execute();
      return [
        await this.#record(transaction, row, 'clock', {
          first: new Date(row.next_due_at),
          last: new Date(row.next_due_at),
          count: 1,
          now,
          reason: `the clock went back; due at ${instant(expected)} instead`,
        }),
      ];
    });
  }

  async #record(
    transaction: Writer,
    row: Selectable<ScheduleRow>,
    kind: LapseKind,
    lapse: { first: Date; last: Date; count: number; now: Date; reason: string },
  ): Promise<Lapse> {
    const fact: Lapse = {
      kind,
      scheduleKind: row.kind,
      subject: row.subject,
      firstDueAt: instant(lapse.first),
      lastDueAt: instant(lapse.last),
      count: lapse.count,
      noticedAt: instant(lapse.now),
      reason: lapse.reason,
    };
    await transaction
      .insertInto('schedule_lapses')
      .values({
        schedule_id: row.id,
        kind,
        schedule_kind: row.kind,
        subject: row.subject,
        first_due_at: fact.firstDueAt,
        last_due_at: fact.lastDueAt,
        count: fact.count,
        noticed_at: fact.noticedAt,
        reason: fact.reason,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return fact;
  }
}

const lapseFrom = (row: Selectable<LapseRow>): Lapse => ({
  kind: row.kind,
  scheduleKind: row.schedule_kind,
  subject: row.subject,
  firstDueAt: row.first_due_at,
  lastDueAt: row.last_due_at,
  count: row.count,
  noticedAt: row.noticed_at,
  reason: row.reason,
});
