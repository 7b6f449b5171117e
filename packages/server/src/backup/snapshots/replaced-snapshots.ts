import type { Database, Instant, Reader, Writer } from '../../platform/index.ts';
import type { ReplacementKind } from '../schema.ts';

export interface ReplacedSnapshot {
  /** An id that the snapshot had. */
  readonly id: string;
  readonly how: ReplacementKind;
  readonly at: Instant;
}

/** A statement takes only so many values. */
const idsAtOnce = 1_000;

/**
 * The book of snapshots that others took the place of: a snapshot with other tags or without some files has another id.
 * It leads from every id that one ever had to the one of now, in one step.
 */
export class ReplacedSnapshots {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** False when it is known already, from a run that was interrupted. */
  async note(
    transaction: Writer,
    { old, new: id, how, at }: { old: string; new: string; how: ReplacementKind; at: Instant },
  ): Promise<boolean> {
    const known = await rowOf(transaction, old);
    if (known?.new_id === id) return false;
    // The one of now was there before: an interrupted run left it, and a later one found it.
    await transaction.deleteFrom('replaced_snapshots').where('old_id', '=', id).execute();
    const earlier = () => transaction.updateTable('replaced_snapshots').where('new_id', '=', old);
    // What was changed on the way stays changed, whatever the last step was.
    if (how !== 'relabelled') await earlier().set({ how, replaced_at: at }).execute();
    await earlier().set({ new_id: id }).execute();
    await transaction
      .insertInto('replaced_snapshots')
      .values({ old_id: old, new_id: id, how, replaced_at: at })
      .onConflict((conflict) => conflict.column('old_id').doNothing())
      .execute();
    return true;
  }

  /**
   * What took the place of a snapshot, by its id or the beginning of one; undefined when nothing did, or more than one could
   * be meant.
   */
  async successor(
    id: string,
    reader: Reader = this.#database.read,
  ): Promise<{ readonly id: string; readonly how: ReplacementKind } | undefined> {
    const rows = await reader
      .selectFrom('replaced_snapshots')
      .select(['new_id', 'how'])
      .where('old_id', '>=', id)
      // Behind every digit that can follow.
      .where('old_id', '<', `${id}g`)
      .limit(2)
      .execute();
    const [row] = rows;
    return row === undefined || rows.length > 1 ? undefined : { id: row.new_id, how: row.how };
  }

  /** The same of many, by their ids; without those that nothing took the place of. */
  async successors(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      const rows = await this.#database.read
        .selectFrom('replaced_snapshots')
        .select(['old_id', 'new_id'])
        .where('old_id', 'in', ids.slice(at, at + idsAtOnce))
        .execute();
      for (const row of rows) found.set(row.old_id, row.new_id);
    }
    return found;
  }

  /** What each of these took the place of, the newest first. */
  async replacedBy(ids: readonly string[]): Promise<ReadonlyMap<string, ReplacedSnapshot[]>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#database.read
      .selectFrom('replaced_snapshots')
      .selectAll()
      .where('new_id', 'in', [...ids])
      .orderBy('replaced_at', 'desc')
      .orderBy('old_id')
      .execute();
    const known = Map.groupBy(rows, (row) => row.new_id);
    return new Map(
      [...known].map(([id, ones]) => [
        id,
        ones.map((row) => ({ id: row.old_id, how: row.how, at: row.replaced_at })),
      ]),
    );
  }
}

const rowOf = async (reader: Pick<Reader, 'selectFrom'>, id: string) =>
  await reader.selectFrom('replaced_snapshots').selectAll().where('old_id', '=', id).executeTakeFirst();
