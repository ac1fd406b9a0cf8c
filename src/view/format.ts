// Format: rows as a table, as JSON or through a template (`--format`). What scripts cut their answers from.
import { printTable } from './table.ts';
import { goJson, parseTemplate, type Row } from './template.ts';

/** A column: its heading, and the field of a row that it shows. */
export interface Column {
  readonly heading: string;
  readonly field: string;
}

export interface TableFormat {
  readonly columns: readonly Column[];
  /** Headings of fields that only templates show. */
  readonly headings: Readonly<Record<string, string>>;
  readonly least: number;
  readonly padding: number;
}

/** `table`, `table TEMPLATE`, `json` or `TEMPLATE`; empty means `table`. Throws TemplateFailure. */
export function printFormatted(rows: readonly Row[], format: string, table: TableFormat): string {
  if (format === '' || format === 'table') {
    const cells = rows.map(row => table.columns.map(({ field }) => String(row[field])));
    return printTable([table.columns.map(({ heading }) => heading), ...cells], table);
  }
  if (format === 'json') return rows.map(row => `${goJson(row)}\n`).join('');
  const isTable = format.startsWith('table ');
  const template = parseTemplate(withRealTabs(isTable ? format.slice('table '.length).trim() : format));
  if (!isTable) return rows.map(row => `${template.fill(row)}\n`).join('');
  const lines = [template.fill(headingRow(table)), ...rows.map(row => template.fill(row))];
  return printTable(
    lines.map(line => line.split('\t')),
    table,
  );
}

/** A shell hands `\t` and `\n` over as two characters each. */
function withRealTabs(format: string): string {
  return format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
}

/** The row of headings that a table template is filled with first. A label's heading is the last part of its name. */
function headingRow({ columns, headings }: TableFormat): Row {
  const all = { ...Object.fromEntries(columns.map(({ heading, field }) => [field, heading])), ...headings };
  const label = (name: unknown) => String(name).split('.').at(-1)?.replace(/[-_]/g, ' ');
  return new Proxy({ ...all, Label: label } as Row, {
    has: () => true,
    get: (row, field: string) => row[field] ?? '<no value>',
  });
}
