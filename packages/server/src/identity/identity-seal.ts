import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Tables } from '../platform/index.ts';
import type { Seal } from './schema.ts';
import { type SealedTable, sealedColumns } from './sealed-columns.ts';

const label = 'octobox identity 1';

/** What of a row is sealed. */
export type Sealable<Table extends SealedTable> = Pick<
  Selectable<Tables[Table]>,
  (typeof sealedColumns)[Table][number] & keyof Selectable<Tables[Table]>
>;

export type Sealed<Table extends SealedTable> = Sealable<Table> & { readonly seal: string | null };

/**
 * A seal over a row: its table, and its columns by name. Whoever can write to the database, and has no more, makes none,
 * and the seal of one row serves no other.
 */
export class IdentitySeal {
  /** Of the key; every seal begins with it. */
  readonly keyId: string;
  readonly #key: KeyObject;

  /** @param key 32 bytes as base64url */
  constructor(key: string) {
    const bytes = Buffer.from(key, 'base64url');
    this.#key = createSecretKey(bytes);
    this.keyId = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  }

  of<Table extends SealedTable>(table: Table, row: Sealable<Table>): Seal {
    const values: Readonly<Record<string, unknown>> = row;
    const columns = sealedColumns[table].map((column) => [column, values[column]]);
    const code = createHmac('sha256', this.#key).update(JSON.stringify([label, table, columns]));
    return `${this.keyId}.${code.digest('base64url')}` as Seal;
  }

  /** The row with its seal, as it is written. */
  on<Table extends SealedTable, Row extends Sealable<Table>>(table: Table, row: Row): Row & { seal: Seal } {
    return { ...row, seal: this.of(table, row) };
  }

  isRight<Table extends SealedTable>(table: Table, row: Sealed<Table>): boolean {
    const [right, given] = [this.of(table, row), row.seal ?? ''].map((text) => Buffer.from(text)) as [
      Buffer,
      Buffer,
    ];
    return right.length === given.length && timingSafeEqual(right, given);
  }
}
