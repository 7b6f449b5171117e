export interface Column<Row> {
  readonly title: string;
  /** One text a line of the cell. */
  readonly cell: (row: Row, at: number) => readonly string[] | string;
  readonly align?: 'left' | 'right';
  /** Left out when no row has a text for it. */
  readonly optional?: boolean;
}

/** Terminal cells, not UTF-16 units: combining marks take none, East Asian wide characters two. */
export function width(text: string): number {
  let cells = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    const point = character.codePointAt(0) ?? 0;
    const wide =
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xfe30 && point <= 0xfe6f) ||
      (point >= 0xff00 && point <= 0xff60) ||
      (point >= 0x1f300 && point <= 0x1faff) ||
      (point >= 0x20000 && point <= 0x3fffd);
    cells += wide ? 2 : 1;
  }
  return cells;
}

const pad = (text: string, cells: number, align: 'left' | 'right'): string => {
  const space = ' '.repeat(Math.max(0, cells - width(text)));
  return align === 'right' ? space + text : text + space;
};

/** A table in restic's shape: a title line, a rule, the rows, a rule. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row, at) => columns.map((column) => [column.cell(row, at)].flat()));
  const shown = columns
    .map((column, at) => ({
      column,
      at,
      filled: cells.some((row) => row[at]?.some((text) => text !== '')),
      cells: cells.reduce(
        (widest, row) => (row[at] ?? []).reduce((so, text) => Math.max(so, width(text)), widest),
        width(column.title),
      ),
    }))
    .filter(({ column, filled }) => filled || column.optional !== true);
  const line = (text: (at: number) => string): string =>
    shown
      .map((entry) => pad(text(entry.at), entry.cells, entry.column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(shown.reduce((sum, entry) => sum + entry.cells + 2, -2));
  const body = cells.flatMap((row) =>
    Array.from({ length: Math.max(1, ...row.map((cell) => cell.length)) }, (_, at) =>
      line((column) => row[column]?.[at] ?? ''),
    ),
  );
  return [line((at) => columns[at]?.title ?? ''), rule, ...body, rule];
}
