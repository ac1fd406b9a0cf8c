// Mends: changes to a source text that surely put a diagnostic right. Passes add them to what they report; api/checking/mend.ts applies them.
import type { Span } from '../source/span.ts';

/** The text of a span is replaced by another; a span without length is a place to insert at. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** The edits that put one diagnostic right; all of them or none. */
export type Mend = readonly Edit[];

/**
 * Quotes around a plain value; undefined where the text does not hold it as it is. They are inserted, so that the mend itself does not show the
 * value, which may be a secret.
 */
export function quoting(span: Span | undefined, value: string): Mend | undefined {
  if (!span || value === '' || span.file.text.slice(span.start, span.end) !== value) return undefined;
  const { file, start, end } = span;
  return [
    { span: { file, start, end: start }, text: '"' },
    { span: { file, start: end, end }, text: '"' },
  ];
}

/** Another name in a span's text; undefined where the old one does not stand there exactly once, by itself. */
export function renaming(span: Span | undefined, from: string, to: string): Mend | undefined {
  if (!span || from === '') return undefined;
  const text = span.file.text.slice(span.start, span.end);
  const at = text.indexOf(from);
  if (at === -1 || text.includes(from, at + 1)) return undefined;
  if (/[\w.-]/.test(text.charAt(at - 1)) || /[\w.-]/.test(text.charAt(at + from.length))) return undefined;
  const start = span.start + at;
  return [{ span: { file: span.file, start, end: start + from.length }, text: to }];
}

/** Another value in the place of a whole one, quoted or not; undefined where the text does not hold it as it is. */
export function rewriting(span: Span | undefined, from: string, to: string): Mend | undefined {
  const text = span?.file.text.slice(span.start, span.end);
  return span && (text === from || text === `"${from}"` || text === `'${from}'`) ? [{ span, text: to }] : undefined;
}

/** The mends that can be applied together: of two that touch the same text, the first. */
export function compatible(mends: readonly Mend[]): readonly Mend[] {
  const taken: Span[] = [];
  return mends.filter(mend => {
    if (mend.some(({ span }) => taken.some(other => touches(span, other)))) return false;
    taken.push(...mend.map(({ span }) => span));
    return true;
  });
}

function touches(a: Span, b: Span): boolean {
  return a.file.path === b.file.path && a.start <= b.end && b.start <= a.end;
}

/** The text with its edits, none of which overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { span, text: put } of edits.toSorted((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) {
    result = result.slice(0, span.start) + put + result.slice(span.end);
  }
  return result;
}
