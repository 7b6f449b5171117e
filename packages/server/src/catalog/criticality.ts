/** How much depends on a service, from most to least. */
export const criticalities = ['critical', 'high', 'normal', 'low'] as const;
export type Criticality = (typeof criticalities)[number];

const hour = 3_600;
const day = 24 * hour;

/** What a tier asks for as long as a service does not say otherwise. */
export interface TierObjectives {
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
  /** A restore is rehearsed again within this time. */
  readonly rehearseSeconds: number;
  /** Rehearsals run twice as often as promised, so that one failed rehearsal breaks no promise. */
  readonly drillSchedule: string;
}

export const tierObjectives: Readonly<Record<Criticality, TierObjectives>> = {
  critical: { rpoSeconds: hour, rtoSeconds: 15 * 60, rehearseSeconds: 2 * day, drillSchedule: 'every 1d' },
  high: { rpoSeconds: 6 * hour, rtoSeconds: hour, rehearseSeconds: 7 * day, drillSchedule: 'every 3d' },
  normal: { rpoSeconds: day, rtoSeconds: 4 * hour, rehearseSeconds: 30 * day, drillSchedule: 'every 2w' },
  low: { rpoSeconds: 7 * day, rtoSeconds: day, rehearseSeconds: 90 * day, drillSchedule: 'every 6w' },
};
