import type { Instant } from '../clock.ts';

export interface LeaderLeaseRow {
  name: string;
  /** Process and a random part. */
  holder: string;
  held_until: Instant;
}

export interface LeaderTables {
  leader_leases: LeaderLeaseRow;
}
