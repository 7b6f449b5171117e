import type { Writer } from '../platform/index.ts';
import type { IdentitySeal, Sealable } from './identity-seal.ts';
import { type SealedTable, sealedColumns, sealedTables } from './sealed-columns.ts';

/** Seals every row as it stands, whatever seal it has; gives how many there were. */
export async function sealAllRows(transaction: Writer, seal: IdentitySeal): Promise<number> {
  let rows = 0;
  for (const table of sealedTables) rows += await sealRows(transaction, seal, table);
  return rows;
}

async function sealRows<Table extends SealedTable>(
  transaction: Writer,
  seal: IdentitySeal,
  table: Table,
): Promise<number> {
  // That all of them have a column `seal` is known here, and not to a type that stands for any of them.
  const any = transaction as unknown as AnyWriter;
  const columns = sealedColumns[table];
  const rows = await any.selectFrom(table).select(columns).execute();
  for (const row of rows) {
    let update = any.updateTable(table).set({ seal: seal.of(table, row as Sealable<Table>) });
    for (const column of columns) {
      const value = row[column];
      update = value === null ? update.where(column, 'is', null) : update.where(column, '=', value);
    }
    await update.execute();
  }
  return rows.length;
}

type Row = Readonly<Record<string, unknown>>;

interface AnyWriter {
  selectFrom(table: string): {
    select(columns: readonly string[]): { execute(): Promise<Row[]> };
  };
  updateTable(table: string): { set(values: Row): Update };
}

interface Update {
  where(column: string, operator: '=' | 'is', value: unknown): Update;
  execute(): Promise<unknown>;
}
