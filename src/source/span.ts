// A range of text in a source file: the place that a value or a message has.
import { type Position, positionAt, type SourceFile } from './file.ts';

/** `start` and `end` are offsets in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Where a span starts, as `line` and `column`, both from 1. */
export function spanPosition(span: Span): Position {
  return positionAt(span.file, span.start);
}

/** `path:line:column`, the form that editors and terminals make clickable. */
export function formatPlace(span: Span): string {
  const { line, column } = spanPosition(span);
  return `${span.file.path}:${line}:${column}`;
}

/** The first, or last, place of a text inside of a span; the span itself where the text is not in it, since escapes or variables made it. */
export function partOf(span: Span, text: string, which: 'first' | 'last' = 'first'): Span {
  const whole = span.file.text.slice(span.start, span.end);
  const at = text === '' ? -1 : which === 'first' ? whole.indexOf(text) : whole.lastIndexOf(text);
  return at === -1 ? span : { file: span.file, start: span.start + at, end: span.start + at + text.length };
}
