// Secrets in what fig prints: which names hold one, and a source line with its secrets masked (architecture.md §6).
import { isSecretName, replaceUrlPasswords } from '../model/secrets.ts';
import { lineText, type SourceFile } from '../source/file.ts';

/** What stands where a secret stood. */
export const mask = '•••';

/** The password of every URL in a text masked. */
export function maskUrls(text: string): string {
  return replaceUrlPasswords(text, () => mask);
}

/** A part of a line that must not be shown: offsets from the line's start, `end` exclusive. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
}

/** The parts of a source line (from 1) that hold secrets, in order, none overlapping. */
export function hiddenParts(file: SourceFile, line: number): readonly Hidden[] {
  const text = lineText(file, line);
  if (file.hides === 'values') return hiddenValue(text);
  const indent = text.length - text.trimStart().length;
  if (insideSecretBlock(file, line, indent)) return text.trim() === '' ? [] : [{ start: indent, end: text.trimEnd().length }];
  const hidden: Hidden[] = [];
  const holds = (name: string, at: number) =>
    isSecretName(name) ||
    (name === 'content' && (/\bsecrets["']?\s*:/.test(text.slice(0, at)) || hasAncestor(file, line, indent, 'secrets')));
  const hide = (name: string, value: string, at: number) => {
    const start = at + (/^(?:[&!]\S*\s+)*/.exec(value)?.[0].length ?? 0);
    const rest = text.slice(start, at + value.length).trimEnd();
    // A mapping may be a service or a secret of that name; a list can only be the secret itself, by mistake.
    if (rest !== '' && !/^[|>&*{]/.test(rest) && holds(name, at)) hidden.push({ start, end: start + rest.length });
  };
  // Each pattern begins where a word does, so that a long line is not searched from each of its characters to its end.
  const [first] = text.matchAll(/(?<![\w.-])([\w.-]+)["']?\s*(?::\s+|=\s*|:$)(.*)$/dgs);
  if (first) hide(first[1] ?? '', first[2] ?? '', first.indices?.[2]?.[0] ?? 0);
  for (const match of text.matchAll(/(?<![\w.-])([\w.-]+)["']?\s*[:=]\s*/dg)) {
    const at = match.index + match[0].length;
    hide(match[1] ?? '', valueAt(text, at), at);
  }
  for (const match of text.matchAll(/(?<![a-z\d+.-])[a-z\d+.-]+:\/\/[^\s:/@"']*:([^\s/"']+)@/dgi)) {
    const [start, end] = match.indices?.[1] ?? [0, 0];
    hidden.push({ start, end });
  }
  return withoutOverlaps(hidden);
}

/** The value of a line of an env file; a line without a name may go on with the value before it, also where it ends with `=` as base64 does. */
function hiddenValue(text: string): readonly Hidden[] {
  const shown = text.trimEnd();
  const indent = shown.length - shown.trimStart().length;
  const name = /^[^=:]*[=:]\s*/.exec(shown)?.[0] ?? '';
  const isPadding = /^=*$/.test(shown.slice(name.length)) && !/^\s*[\w.-]+\s*[=:]\s*$/.test(name);
  const start = name === '' || isPadding ? indent : name.length;
  return shown.length > start ? [{ start, end: shown.length }] : [];
}

/** The value that begins here: a quoted text, or what lasts to the next comma or bracket, within brackets with its spaces. */
function valueAt(text: string, at: number): string {
  const rest = text.slice(at);
  const quoted = /^(?:"(?:[^"\\]|\\.)*(?:"|$)|'(?:[^']|'')*(?:'|$))/.exec(rest)?.[0];
  if (quoted !== undefined) return quoted;
  const plain = /[[{]/.test(text.slice(0, at)) ? /^[^,}\]]+/ : /^[^\s,}\]]+/;
  return plain.exec(rest)?.[0] ?? '';
}

function withoutOverlaps(parts: readonly Hidden[]): readonly Hidden[] {
  const kept: Hidden[] = [];
  for (const part of parts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (part.start >= (kept.at(-1)?.end ?? 0) && part.end > part.start) kept.push(part);
  }
  return kept;
}

/** The keys that a line stands under, from the nearest up, with the text after each; read off the indentation. */
function* ancestors(file: SourceFile, line: number, indent: number): Iterable<{ readonly key: string; readonly after: string }> {
  let below = indent;
  for (let at = line - 1; at >= 1 && below > 0; at--) {
    const text = lineText(file, at);
    if (text.startsWith(' '.repeat(below))) continue; // Of the many lines above, few are further to the left.
    const match = /^(\s*)(?:- )?["']?([A-Za-z_][\w.-]*)["']?\s*:(.*)$/.exec(text);
    if (!match) continue;
    const [, space = '', key = '', after = ''] = match;
    if (space.length >= below) continue;
    below = space.length;
    yield { key, after: after.trim() };
  }
}

function hasAncestor(file: SourceFile, line: number, indent: number, name: string): boolean {
  for (const { key } of ancestors(file, line, indent)) if (key === name) return true;
  return false;
}

/** Whether the line belongs to a text of several lines whose key holds a secret. */
function insideSecretBlock(file: SourceFile, line: number, indent: number): boolean {
  for (const { key, after } of ancestors(file, line, indent)) {
    const value = after.replace(/^(?:[&!]\S*(?:\s+|$))*/, '');
    if (value === '' || /^[[{*#]/.test(value)) return false;
    return isSecretName(key) || (key === 'content' && hasAncestor(file, line, indent, 'secrets'));
  }
  return false;
}
