// Diagnostics as text: the sentence, the place, the line with what is wrong under it, the other places, and the way out.
import { isBrief } from '../diagnostics/codes.ts';
import type { Diagnostic, Related } from '../diagnostics/diagnostic.ts';
import { lineText } from '../source/file.ts';
import { type Span, spanPosition } from '../source/span.ts';
import { displayWidth, printable } from './printable.ts';
import { hiddenParts, mask, maskUrls } from './secrets.ts';
import { plainTheme, type Theme } from './theme.ts';

export interface DiagnosticsOptions {
  /** Absolute; paths below it are shown relative to it. */
  readonly directory: string;
  readonly theme?: Theme;
  /** How many are shown before the rest is counted. */
  readonly most?: number;
}

/** All diagnostics as lines of text; empty for none. Shows 50 and counts the rest, errors before warnings where not all fit. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticsOptions): string {
  const most = options.most ?? 50;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const ranked = diagnostics.length > most ? [...errors, ...diagnostics.filter(({ severity }) => severity === 'warning')] : diagnostics;
  const shown = ranked.slice(0, most);
  const rest = diagnostics.length - shown.length;
  const text = shown.map(diagnostic => printDiagnostic(diagnostic, options)).join('');
  return rest > 0 ? `${text}… and ${rest} more\n` : text;
}

/** One diagnostic, ending in a line end. */
export function printDiagnostic(diagnostic: Diagnostic, options: DiagnosticsOptions): string {
  const theme = options.theme ?? plainTheme;
  const colour = diagnostic.severity === 'error' ? theme.error : theme.warning;
  if (isBrief(diagnostic.code)) return `${briefLine(diagnostic, options, colour)}\n`;
  const message = diagnostic.message.split('\n', mostLines).map(line => maskUrls(printable(shortened(line))));
  const lines = [
    `${colour(`${diagnostic.severity}[${diagnostic.code}]`)}: ${theme.bold(message[0] ?? '')}`,
    ...message.slice(1).map(indent),
  ];
  if (diagnostic.span) lines.push(...excerpt(diagnostic.span, options, theme, colour));
  for (const related of diagnostic.related.slice(0, mostRelated)) lines.push(...relatedLines(related, options, theme));
  if (diagnostic.hint) lines.push(indent(`${theme.bold('hint')}: ${maskUrls(printable(shortened(diagnostic.hint)))}`));
  return `${lines.join('\n')}\n`;
}

/** The place, the sentence and the way out, in one line. */
function briefLine({ severity, code, message, span, hint }: Diagnostic, { directory }: DiagnosticsOptions, colour: Theme['error']): string {
  const sentence = [span && shownPlace(span, directory), maskUrls(printable(shortened(message)))].filter(Boolean).join(': ');
  return `${colour(`${severity}[${code}]`)}: ${sentence}${hint ? `. ${maskUrls(printable(shortened(hint)))}` : ''}`;
}

/** A message may quote a name or a value, and that may be as long as its file. */
const mostLines = 1000;
const mostRelated = 50;
const shortened = (line: string) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line);

const indent = (line: string) => `  ${line}`;

/** `compose.yaml:7:9`, relative where the file lies below the directory. */
export function shownPlace(span: Span, directory: string): string {
  const { line, column } = spanPosition(span);
  return `${shownPath(span.file.path, directory)}:${line}:${column}`;
}

/** A path as it is shown: relative where it lies below the directory. */
export function shownPath(path: string, directory: string): string {
  const below = directory.endsWith('/') ? directory : `${directory}/`;
  return printable(path.startsWith(below) ? path.slice(below.length) : path);
}

function relatedLines(related: Related, options: DiagnosticsOptions, theme: Theme): readonly string[] {
  const [place, ...source] = excerpt(related.span, options, theme, theme.faint);
  return [`${place}: ${maskUrls(printable(related.message))}`, ...source];
}

/** Longer lines are nothing to look at, and take long to search for secrets. */
const longestLine = 12_000;

/** The place, the line, and the marks under the wrong text. */
function excerpt(span: Span, options: DiagnosticsOptions, theme: Theme, colour: Theme['error']): readonly string[] {
  const { line, column } = spanPosition(span);
  const place = indent(theme.place(shownPlace(span, options.directory)));
  const text = lineText(span.file, line);
  if (text.length > longestLine || text.trim() === '') return [place];
  const start = column - 1;
  const end = Math.max(start + 1, Math.min(text.length, start + Math.max(1, span.end - span.start)));
  const pieces = cut(shownPieces(span, line), start, end);
  const gutter = `${line} │ `;
  return [
    place,
    indent(`${theme.faint(gutter)}${pieces.before}${pieces.marked}${pieces.after}`.trimEnd()),
    indent(`${' '.repeat(gutter.length + displayWidth(pieces.before))}${colour('^'.repeat(Math.max(1, displayWidth(pieces.marked))))}`),
  ];
}

/** A stretch of the source line and what is shown for it. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
}

/** The line character by character, a tab as four spaces, each secret as one piece. */
function shownPieces(span: Span, line: number): readonly Piece[] {
  const text = lineText(span.file, line);
  const hidden = hiddenParts(span.file, line);
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; ) {
    const secret = hidden.find(part => part.start === at);
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = secret ? secret.end : at + character.length;
    pieces.push({ start: at, end, shown: secret ? mask : character === '\t' ? '    ' : printable(character) });
    at = end;
  }
  return pieces;
}

/** Long lines are shown around the marked text only. */
const widest = 120;

function cut(pieces: readonly Piece[], start: number, end: number): { before: string; marked: string; after: string } {
  const join = (some: readonly Piece[]) => some.map(piece => piece.shown).join('');
  let before = join(pieces.filter(piece => piece.end <= start));
  let marked = join(pieces.filter(piece => piece.end > start && piece.start < end));
  let after = join(pieces.filter(piece => piece.start >= end));
  if (before.length > widest / 2) before = `…${before.slice(-widest / 2)}`;
  if (marked.length > widest / 2) marked = `${marked.slice(0, widest / 2)}…`;
  if (after.length > widest / 2) after = `${after.slice(0, widest / 2)}…`;
  return { before, marked, after };
}
