// A unified diff of two texts: what `fig check --fix` changes. Lines that hold a secret are shown with the secret masked, so it is for reading.
import { lineText, type SourceFile } from '../source/file.ts';
import { shownPath } from './diagnostics.ts';
import { printable } from './printable.ts';
import { hiddenParts, mask } from './secrets.ts';
import { plainTheme, type Theme } from './theme.ts';

export interface DiffOptions {
  /** Absolute; paths below it are shown relative to it. */
  readonly directory: string;
  readonly theme?: Theme;
}

/** A line of either text, by its number from 1; `undefined` where the other text alone has it. */
interface Row {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Lines around a change that are shown with it. */
const context = 3;

/** The changes from `before` to the text `after`; empty where there are none. */
export function unifiedDiff(before: SourceFile, after: string, { directory, theme = plainTheme }: DiffOptions): string {
  const changed: SourceFile = { path: before.path, text: after };
  const rows = compare(linesOf(before.text), linesOf(after));
  const hunks = hunksOf(rows);
  if (hunks.length === 0) return '';
  const path = shownPath(before.path, directory);
  const name = (side: string) => (path.startsWith('/') ? path : `${side}/${path}`);
  const lines = [`--- ${name('a')}`, `+++ ${name('b')}`];
  for (const hunk of hunks) {
    lines.push(theme.place(`@@ -${rangeOf(hunk.map(row => row.before))} +${rangeOf(hunk.map(row => row.after))} @@`));
    for (const row of hunk) {
      if (row.after === undefined) lines.push(theme.error(`-${shownLine(before, row.before!)}`));
      else if (row.before === undefined) lines.push(theme.done(`+${shownLine(changed, row.after)}`));
      else lines.push(` ${shownLine(changed, row.after)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Lines with their line ends, so that a changed line end is a change. */
const linesOf = (text: string): readonly string[] => text.split(/(?<=\n)/).filter(line => line !== '');

/** The rows of both texts in order: mends change few lines, so what is equal is followed greedily and looked for nearby after a change. */
function compare(before: readonly string[], after: readonly string[]): readonly Row[] {
  const rows: Row[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    if (a < before.length && before[a] === after[b]) rows.push({ before: ++a, after: ++b });
    else {
      const [removed, added] = nextMeeting(before, after, a, b);
      for (const end = a + removed; a < end; ) rows.push({ before: ++a, after: undefined });
      for (const end = b + added; b < end; ) rows.push({ before: undefined, after: ++b });
    }
  }
  return rows;
}

/** How many lines of each text to leave behind until both go on alike; as few in all as can be. */
function nextMeeting(before: readonly string[], after: readonly string[], a: number, b: number): readonly [number, number] {
  const [restA, restB] = [before.length - a, after.length - b];
  for (let sum = 1; sum < restA + restB; sum++) {
    for (let removed = Math.max(0, sum - restB); removed <= Math.min(sum, restA); removed++) {
      const [line, other] = [a + removed, b + sum - removed];
      if (before[line] === undefined || before[line] !== after[other]) continue;
      // One line without a word may be alike by chance: a blank one, a lone bracket.
      const isSure = /\w/.test(before[line]) || before[line + 1] === after[other + 1];
      if (isSure) return [removed, sum - removed];
    }
  }
  return [restA, restB];
}

/** The rows around each change, changes that are near each other together. */
function hunksOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const isChange = ({ before, after }: Row) => before === undefined || after === undefined;
  const shown = new Set<number>();
  for (const [index, row] of rows.entries()) {
    if (isChange(row)) for (let near = index - context; near <= index + context; near++) if (rows[near]) shown.add(near);
  }
  const hunks: Row[][] = [];
  for (const index of [...shown].sort((a, b) => a - b)) {
    if (shown.has(index - 1)) hunks.at(-1)!.push(rows[index]!);
    else hunks.push([rows[index]!]);
  }
  return hunks;
}

/** `START,COUNT` of one side of a hunk; the start of an empty side is the line before it. */
function rangeOf(numbers: readonly (number | undefined)[]): string {
  const own = numbers.filter(number => number !== undefined);
  return own.length === 1 ? `${own[0]}` : `${own[0] ?? 0},${own.length}`;
}

function shownLine(file: SourceFile, line: number): string {
  const text = lineText(file, line);
  let shown = '';
  let at = 0;
  for (const { start, end } of hiddenParts(file, line)) {
    shown += text.slice(at, start) + mask;
    at = end;
  }
  return printable(shown + text.slice(at));
}
