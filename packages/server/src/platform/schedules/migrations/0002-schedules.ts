import { sql } from 'kysely';
import type { Migration } from '../../database/index.ts';

export const schedules: Migration = {
  name: '0002-schedules',
  async up(database, { id, integer, refuse, table, text }) {
    await sql`create table schedules (
      id ${id},
      kind ${text} not null,
      subject ${text} not null,
      expression ${text} not null,
      anchor_at ${text} not null,
      next_due_at ${text} not null,
      last_due_at ${text},
      last_job_id ${integer},
      created_at ${text} not null,
      unique (kind, subject)
    ) ${table}`.execute(database);
    await sql`create index schedules_due on schedules (next_due_at)`.execute(database);
    await sql`create table schedule_lapses (
      id ${id},
      schedule_id ${integer} not null,
      kind ${text} not null check (kind in ('late', 'missed', 'overlap', 'clock')),
      schedule_kind ${text} not null,
      subject ${text} not null,
      first_due_at ${text} not null,
      last_due_at ${text} not null,
      count ${integer} not null,
      noticed_at ${text} not null,
      reason ${text} not null,
      unique (schedule_id, kind, first_due_at)
    ) ${table}`.execute(database);
    await sql`create table heartbeats (name ${text} primary key, at ${text} not null) ${table}`.execute(
      database,
    );
    await sql`create table silences (
      id ${id},
      name ${text} not null,
      from_at ${text} not null,
      to_at ${text} not null
    ) ${table}`.execute(database);
    for (const facts of ['schedule_lapses', 'silences']) {
      const trigger = `${facts}_appended_only`;
      await refuse(database, {
        ...{ trigger, table: facts, verb: 'update' },
        message: 'facts are appended, never edited',
      });
    }
  },
};
