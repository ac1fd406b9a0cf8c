// Diagnostics as JSON (`fig check --format json`), in the shape of schemas/diagnostic.json; and the places that other formats share with it.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { positionAt } from '../source/file.ts';
import { type Span, spanPosition } from '../source/span.ts';
import { shownPath } from './diagnostics.ts';
import { printable } from './printable.ts';
import { maskUrls } from './secrets.ts';

/** A place in a file; all numbers count from 1, columns count UTF-16 units, and `endColumn` is the first one behind. */
export interface Place {
  /** Relative where it lies below the directory, else absolute; `-` is standard input. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function placeIn(span: Span, directory: string): Place {
  const { line, column } = spanPosition(span);
  const end = positionAt(span.file, span.end);
  return { file: shownPath(span.file.path, directory), line, column, endLine: end.line, endColumn: end.column };
}

/** A text of a diagnostic without secrets, and without what could drive a terminal. Its line ends stay. */
export function plainText(text: string): string {
  return text
    .split('\n')
    .map(line => maskUrls(printable(line)))
    .join('\n');
}

/** An array of objects, indented, ending in a line end. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[], directory: string): string {
  const records = diagnostics.map(({ code, severity, message, span, hint, related, mend }) => ({
    code,
    severity,
    message: plainText(message),
    ...(span ? placeIn(span, directory) : {}),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
    ...(related.length > 0
      ? { related: related.map(other => ({ message: plainText(other.message), ...placeIn(other.span, directory) })) }
      : {}),
    ...(mend ? { mend: mend.map(edit => ({ ...placeIn(edit.span, directory), text: edit.text })) } : {}),
  }));
  return `${JSON.stringify(records, null, 2)}\n`;
}
