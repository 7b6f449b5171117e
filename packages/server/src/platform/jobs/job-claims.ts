import type { Selectable } from 'kysely';
import type { Writer } from '../database/index.ts';
import type { JobRow } from './schema.ts';

export type StoredJob = Selectable<JobRow>;

/** One attempt at a job that this process was given; `token` tells it from every other attempt at the same job. */
export interface Claim {
  readonly id: number;
  readonly kind: string;
  readonly token: number;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
  /** How long after its last sign of life the job is left to this process. */
  readonly leaseMs: number;
}

/**
 * Whose turn it is and who has which job: all in which the queue in the database itself and pg-boss differ. What people see of
 * a job (state, progress, log, result) is its record, in both. Everything here happens in the caller's transaction, together
 * with what is written in the record; so the two never disagree.
 */
export interface JobClaims {
  /** Makes ready what it needs in the database for these kinds; may be called again. */
  open?(kinds: readonly string[]): Promise<void>;
  close?(): Promise<void>;

  /** The job waits from now on. Without these two it is its record that waits. */
  add?(transaction: Writer, job: StoredJob): Promise<void>;
  /** A waiting job waits no more. */
  remove?(transaction: Writer, job: StoredJob): Promise<void>;
  /** Gives this process the next job of these kinds that may run, or the given one. */
  take(transaction: Writer, kinds: readonly string[], id: number | undefined): Promise<Claim | undefined>;
  /** A sign of life; gives the claim that holds from now on, or undefined when the job is not this process's any more. */
  keep(transaction: Writer, claim: Claim): Promise<Claim | undefined>;
  /** The attempt is over for good; false when the job is not this process's any more. */
  end(transaction: Writer, claim: Claim): Promise<boolean>;
  /** The attempt is over, and another may follow after that time; false when the job is not this process's any more. */
  giveBack(transaction: Writer, claim: Claim, againInMs: number): Promise<boolean>;

  /** Jobs of these kinds whose workers have been silent for too long. */
  lost(kinds: readonly string[]): Promise<StoredJob[]>;
  /** Takes a lost job from its worker; false when that one has come back meanwhile. */
  takeBack(transaction: Writer, job: StoredJob, again: boolean): Promise<boolean>;
}
