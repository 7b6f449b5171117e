import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  /** Numbers stand below each other. */
  readonly numeric?: boolean;
}

/** A table that is one on a screen, and a card for each row on a phone. */
export function DataTable<T>(table: {
  /** Read out before the table. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
}) {
  return (
    <Paper withBorder className="stacking">
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <caption className="shown-to-readers">{table.caption}</caption>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map(({ name, numeric }) => (
              <Table.Th key={name} scope="col" ta={numeric === true ? 'right' : undefined}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row) => (
            <Table.Tr key={table.keyOf(row)}>
              {table.columns.map(({ name, cell, numeric }) => (
                <Table.Td key={name} data-column={name} ta={numeric === true ? 'right' : undefined}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
