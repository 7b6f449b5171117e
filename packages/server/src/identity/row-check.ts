import { type Clock, type Database, Held, type Instant, instant } from '../platform/index.ts';
import { VaultError } from '../vault/index.ts';
import type { Sealed } from './identity-seal.ts';
import type { IdentitySeals } from './identity-seals.ts';
import { findPutBack } from './put-back.ts';
import { type SealedTable, sealedColumns, sealedTables } from './sealed-columns.ts';

/** What the rows say from which it follows who somebody is, and what that person may do. */
export interface RowReport {
  readonly checkedAt: Instant;
  readonly rows: number;
  /** That the platform did not write; by their table, tables without one left out. */
  readonly foreign: Readonly<Record<string, number>>;
  /** That are of the past by what the audit log says, with the seal of then. */
  readonly putBack: number;
  /** Why nothing can be verified here. `replaced`: the key that seals them is gone from the database, or another one. */
  readonly trouble?: 'no-key' | 'replaced';
}

const keptMs = 3_600_000;

/** Finds rows that somebody else wrote, also those of which nobody has made use. */
export class RowCheck {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #identity: IdentitySeals;
  readonly #held: Held<RowReport>;

  constructor(options: { database: Database; clock: Clock; identity: IdentitySeals }) {
    const { clock, identity } = options;
    this.#database = options.database;
    this.#clock = clock;
    this.#identity = identity;
    this.#held = new Held({
      ...{ clock, forMs: keptMs, make: () => this.check() },
      // One that was met is shown at once.
      database: {
        get changes() {
          return identity.met;
        },
      },
    });
  }

  /** Of this hour, or since one was met. */
  async current(): Promise<RowReport> {
    return await this.#held.get();
  }

  async check(): Promise<RowReport> {
    const checkedAt = instant(this.#clock.now());
    const foreign: Record<string, number> = {};
    let rows = 0;
    try {
      if (!(await this.#identity.look())) return { checkedAt, rows, foreign, putBack: 0 };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const trouble = error.code === 'server.vault-key-replaced' ? 'replaced' : 'no-key';
      return { checkedAt, rows, foreign, putBack: 0, trouble };
    }
    for (const table of sealedTables) {
      const all = await this.#rowsOf(table);
      const right = await this.#identity.rightOf(table, all);
      rows += all.length;
      if (right.length < all.length) foreign[table] = all.length - right.length;
    }
    return { checkedAt, rows, foreign, putBack: (await findPutBack(this.#database)).length };
  }

  async #rowsOf<Table extends SealedTable>(table: Table): Promise<Sealed<Table>[]> {
    const read = this.#database.read as unknown as AnyReader;
    const rows = await read
      .selectFrom(table)
      .select([...sealedColumns[table], 'seal'])
      .execute();
    return rows as Sealed<Table>[];
  }
}

interface AnyReader {
  selectFrom(table: string): { select(columns: readonly string[]): { execute(): Promise<unknown[]> } };
}
