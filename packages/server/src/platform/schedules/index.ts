export { beat, lastBeat } from './heartbeat.ts';
export { type Lapse, type Schedule, type ScheduleFact, Scheduler } from './scheduler.ts';
export type { LapseKind } from './schema.ts';
export { parseTimetable, ScheduleError, type Timetable } from './timetable.ts';
