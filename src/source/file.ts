// A source file: a path and its text. The first value of the pipeline; every place in every message points into one.

/** A text that was read. `path` is absolute, or `-` for standard input, or a label such as `environment` for text fig made itself. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Set for env files: whatever its names, a value may be a secret, and is never shown. */
  readonly hides?: 'values';
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

/** Offsets at which the lines of `file` begin; computed once per file, since most files are never asked for a place. */
function startsOf(file: SourceFile): readonly number[] {
  const known = lineStarts.get(file);
  if (known) return known;
  const starts = [0];
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1);
  lineStarts.set(file, starts);
  return starts;
}

/** A place as people write it: both numbers count from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset (0-based, UTF-16 units). Offsets past the end give the end. */
export function positionAt(file: SourceFile, offset: number): Position {
  const starts = startsOf(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const column = Math.min(offset, file.text.length) - (starts[low] ?? 0) + 1;
  return { line: low + 1, column: low === 0 && hasMark(file) ? Math.max(1, column - 1) : column };
}

/** A byte order mark is no part of the first line: no editor shows it, or counts it. */
const hasMark = ({ text }: SourceFile) => text.startsWith('\uFEFF');

/** The text of a line (from 1) without its line end; empty past the last line. */
export function lineText(file: SourceFile, line: number): string {
  const starts = startsOf(file);
  const start = starts[line - 1];
  if (start === undefined) return '';
  return file.text.slice(line === 1 && hasMark(file) ? 1 : start, starts[line] ?? file.text.length).replace(/\r?\n$/, '');
}
