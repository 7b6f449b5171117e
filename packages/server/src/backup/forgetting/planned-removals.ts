import type { Database, Writer } from '../../platform/index.ts';

const rowsAtOnce = 1_000;

/** Which snapshots a job was asked to forget: by them its next attempt knows the rest of what it began. */
export class PlannedRemovals {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  /** With the job that was added, in the same change. */
  async note(transaction: Writer, jobId: number, snapshots: readonly string[]): Promise<void> {
    for (let at = 0; at < snapshots.length; at += rowsAtOnce) {
      const rows = snapshots.slice(at, at + rowsAtOnce).map((id) => ({ job_id: jobId, snapshot_id: id }));
      await transaction.insertInto('planned_removals').values(rows).execute();
    }
  }

  /** Empty: of a job that was added before they were noted. */
  async of(jobId: number): Promise<ReadonlySet<string>> {
    const rows = await this.#database.read
      .selectFrom('planned_removals')
      .select('snapshot_id')
      .where('job_id', '=', jobId)
      .execute();
    return new Set(rows.map((row) => row.snapshot_id));
  }

  /** The job has ended well; of one that failed they go with its record. */
  async drop(jobId: number): Promise<void> {
    await this.#database.change((transaction) =>
      transaction.deleteFrom('planned_removals').where('job_id', '=', jobId).execute(),
    );
  }
}
