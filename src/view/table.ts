// Tables: columns padded as Go's tabwriter pads them, so that what scripts cut out of `ps` and `ls` stays where it was.

export interface TableOptions {
  /** The least width of a column, padding included: 10 for ps, 20 for ls and images. */
  readonly least: number;
  /** Spaces after the widest cell. */
  readonly padding: number;
}

/** Rows of cells as text, one line a row. The last cell of a row is not padded; widths are counted in characters, as Go counts. */
export function printTable(rows: readonly (readonly string[])[], options: TableOptions): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? options.least, characters(cell) + options.padding);
    });
  }
  const padded = (cell: string, column: number, row: readonly string[]) =>
    column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - characters(cell));
  return rows.map(row => `${row.map((cell, column) => padded(cell, column, row)).join('')}\n`).join('');
}

function characters(text: string): number {
  return [...text].length;
}
