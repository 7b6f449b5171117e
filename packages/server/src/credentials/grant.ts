import type { Instant } from '../platform/index.ts';
import type { Person } from './entry.ts';

/** `waiting`: it has not begun. The others are over: by time, by openings, by somebody, or by what is gone. */
export type GrantState =
  | 'active'
  | 'waiting'
  | 'over'
  | 'used-up'
  | 'withdrawn'
  | 'member-gone'
  | 'entry-gone';

export const grantStates = [
  'active',
  'waiting',
  'over',
  'used-up',
  'withdrawn',
  'member-gone',
  'entry-gone',
] as const satisfies readonly GrantState[];

/** The owner of an entry lets a member open it. */
export interface Grant {
  readonly number: number;
  readonly entryId: string;
  /** As it was then. */
  readonly entryName: string;
  readonly ownerId: string;
  readonly person: Person;
  readonly reason: string;
  readonly grantedAt: Instant;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly mostOpenings?: number;
  /** How often it was made use of. */
  readonly openings: number;
  readonly state: GrantState;
  /** When somebody withdrew it, and who. */
  readonly withdrawn?: { readonly at: Instant; readonly by: Person };
}

export function grantState(
  grant: Pick<Grant, 'startsAt' | 'endsAt' | 'mostOpenings' | 'openings' | 'withdrawn'>,
  { now, isMember, isEntry }: { now: Instant; isMember: boolean; isEntry: boolean },
): GrantState {
  if (grant.withdrawn !== undefined) return 'withdrawn';
  if (!isEntry) return 'entry-gone';
  if (!isMember) return 'member-gone';
  if (now >= grant.endsAt) return 'over';
  if (grant.mostOpenings !== undefined && grant.openings >= grant.mostOpenings) return 'used-up';
  return now < grant.startsAt ? 'waiting' : 'active';
}
