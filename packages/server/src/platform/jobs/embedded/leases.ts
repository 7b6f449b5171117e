import { type Clock, type Instant, instant } from '../../clock.ts';
import type { Database, Writer } from '../../database/index.ts';
import type { Claim, JobClaims, StoredJob } from '../job-claims.ts';
import { nextWaitingJob } from '../waiting-jobs.ts';

/** Claims in the records themselves: until when whoever has a job may keep it. Several processes may share the file. */
export class Leases implements JobClaims {
  readonly #leaseMs: number;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: string;

  constructor(options: { database: Database; clock: Clock; leaseMs: number; owner: string }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#leaseMs = options.leaseMs;
  }

  #inMs(ms: number): Instant {
    return instant(new Date(this.#clock.now().getTime() + ms));
  }

  async take(
    transaction: Writer,
    kinds: readonly string[],
    id: number | undefined,
  ): Promise<Claim | undefined> {
    const next = await nextWaitingJob(transaction, { now: this.#inMs(0), kinds, id });
    if (next === undefined) return undefined;
    await transaction
      .updateTable('jobs')
      .set({ lease_until: this.#inMs(this.#leaseMs) })
      .where('id', '=', next.id)
      .execute();
    const claimedAt = this.#clock.now().getTime();
    return { id: next.id, kind: next.kind, token: next.attempts + 1, claimedAt, leaseMs: this.#leaseMs };
  }

  async keep(transaction: Writer, claim: Claim): Promise<Claim | undefined> {
    const isHeld = await this.#lease(transaction, claim, this.#inMs(this.#leaseMs));
    return isHeld ? claim : undefined;
  }

  async end(transaction: Writer, claim: Claim): Promise<boolean> {
    return await this.#lease(transaction, claim, null);
  }

  async giveBack(transaction: Writer, claim: Claim): Promise<boolean> {
    return await this.end(transaction, claim);
  }

  /** Changes the lease of a job that this process still has. */
  async #lease(transaction: Writer, { id, token }: Claim, until: Instant | null): Promise<boolean> {
    const held = await transaction
      .updateTable('jobs')
      .set({ lease_until: until })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('lease_owner', '=', this.#owner)
      .where('attempts', '=', token)
      .returning('id')
      .executeTakeFirst();
    return held !== undefined;
  }

  async lost(kinds: readonly string[]): Promise<StoredJob[]> {
    return await this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'running')
      .where('lease_until', '<', this.#inMs(0))
      .where('kind', 'in', [...kinds])
      .execute();
  }

  async takeBack(transaction: Writer, { id, lease_owner }: StoredJob): Promise<boolean> {
    const taken = await transaction
      .updateTable('jobs')
      .set({ lease_until: null })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('lease_owner', '=', lease_owner)
      .where('lease_until', '<', this.#inMs(0))
      .returning('id')
      .executeTakeFirst();
    return taken !== undefined;
  }
}
