import type { Instant } from '../platform/index.ts';
import type { PromiseState } from '../trust/index.ts';
import type { PromiseChangeReport } from './report.ts';

/** A time in which a promise was in one state. */
export interface Spell {
  readonly state: PromiseState;
  /** Absent when it began before what is told. */
  readonly from?: Instant;
  /** Absent while it lasts. */
  readonly until?: Instant;
}

/** The spells between changes, newest first as the changes are; one more than there are changes. */
export function spellsOf(changes: readonly PromiseChangeReport[]): Spell[] {
  const spells = changes.map((change, index): Spell => {
    const next = changes[index - 1];
    return { state: change.to, from: change.at, ...(next === undefined ? {} : { until: next.at }) };
  });
  const oldest = changes.at(-1);
  return oldest === undefined ? [] : [...spells, { state: oldest.from, until: oldest.at }];
}

/** Seconds of a spell up to now; undefined when nobody can tell when it began. */
export const lengthOf = ({ from, until }: Spell, now: Date): number | undefined =>
  from === undefined
    ? undefined
    : ((until === undefined ? now.getTime() : Date.parse(until)) - Date.parse(from)) / 1_000;
