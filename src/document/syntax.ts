// What is wrong with a text that is not YAML, in sentences with a place and a way out. Runs only where parse.ts has failed.
// Sentences never repeat values: any value may be a secret.
import type { Finding, Report } from '../diagnostics/report.ts';
import { lineText, positionAt, type SourceFile } from '../source/file.ts';
import type { Span } from '../source/span.ts';
import type { Deepened } from './layout.ts';

/** What is known of a mistake: the yaml package's code, and its place. */
interface Mistake {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** How long a text the yaml package is asked about: in longer ones, the first mistake alone is told. */
const LONGEST_TEXT = 64 * 1024;

/** Reports every syntax error of a file. `stoppedAt` is the offset at which the first reader gave up. */
export async function reportSyntax(file: SourceFile, report: Report, layout: Deepened, stoppedAt: number): Promise<void> {
  const conflict = file.text.search(/^(?:<{7}|>{7}) /m);
  if (conflict !== -1) {
    const span = place(file, conflict, conflict + wordAt(file, conflict).length);
    report.add('yaml.syntax', { message: 'a merge conflict begins here', span, hint: 'Resolve the merge conflict.' });
    return;
  }
  const before = report.all().length;
  const unclosed = layout.unclosed ?? forgottenQuote(file, layout, stoppedAt);
  if (unclosed !== undefined) report.add('yaml.syntax', describeUnclosed(file, unclosed));
  for (const errors of await findMistakes(file.text)) {
    let first = true;
    for (const { code, pos } of errors) {
      // One slip often makes several errors; those that come later count where they stand for themselves.
      const independent = code === 'TAB_AS_INDENT' || code === 'BAD_SCALAR_START' || code === 'BAD_DQ_ESCAPE';
      const covered = unclosed !== undefined && (pos[0] >= unclosed || code === 'MISSING_CHAR');
      if ((first || independent) && !covered) report.add('yaml.syntax', describe(file, { code, start: pos[0], end: pos[1] }, stoppedAt));
      first = false;
    }
  }
  if (report.all().length === before) report.add('yaml.syntax', describe(file, { code: '', start: stoppedAt, end: stoppedAt }, stoppedAt));
}

/** What the yaml package has to say, by document. It takes 50 ms to load, and only broken files need it. */
async function findMistakes(
  text: string,
): Promise<readonly (readonly { readonly code: string; readonly pos: readonly [number, number] }[])[]> {
  if (text.length > LONGEST_TEXT) return [];
  const { parseAllDocuments } = await import('yaml');
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
    return Array.isArray(documents) ? documents.map(({ errors }) => errors) : [];
  } catch (failure) {
    // It goes into collections by recursion, and where a mistake stands before them, nobody has looked how deep they lie.
    if (failure instanceof RangeError) return [];
    throw failure;
  }
}

/** The quote of a text that swallowed lines with keys, and after which the first reader stumbled: its end was most likely forgotten. */
function forgottenQuote(file: SourceFile, layout: Deepened, stoppedAt: number): number | undefined {
  const line = positionAt(file, stoppedAt).line;
  const long = layout.longTexts.find(({ start, end }) => start < stoppedAt && positionAt(file, end).line >= line);
  return long && /\n\s*[\w.-]+:\s/.test(file.text.slice(long.start, long.end)) ? long.start : undefined;
}

/** The place from `start` to `end`, but at most to the end of its line and at least one character. */
function place(file: SourceFile, start: number, end: number): Span {
  const lineEnd = file.text.indexOf('\n', start);
  const last = Math.min(end, lineEnd === -1 ? file.text.length : lineEnd);
  return { file, start: Math.min(start, file.text.length), end: Math.max(Math.min(start + 1, file.text.length), last) };
}

function describeUnclosed(file: SourceFile, at: number): Finding {
  const character = file.text.charAt(at);
  const closing = { '[': ']', '{': '}' }[character] ?? character;
  const what = character === '[' ? 'list' : character === '{' ? 'mapping' : 'text';
  return {
    message: `this ${what} is never closed with ${closing}`,
    span: place(file, at, at + 1),
    hint: `Write ${closing} where it ends.`,
  };
}

function describe(file: SourceFile, mistake: Mistake, stoppedAt: number): Finding {
  const { code, start, end } = mistake;
  const span = place(file, start, end);
  const character = file.text.charAt(start);
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent', span, hint: 'Write blanks instead of the tab.' };
    case 'BAD_SCALAR_START':
      return {
        message: `a value cannot begin with ${character}`,
        span: place(file, start, start + wordAt(file, start).length),
        hint: 'Put quotes around the value.',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `"${file.text.slice(start, start + 2)}" means nothing between double quotes`,
        span: place(file, start, start + 2),
        hint: 'Double the backslash, or use single quotes.',
      };
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return describeKey(file, start, stoppedAt);
    case 'BAD_INDENT':
      return /[[{]/.test(character)
        ? { message: 'a list or mapping in brackets is not closed', span, hint: 'Write the closing bracket where it ends.' }
        : describeIndentation(file, start);
    case 'MISSING_CHAR':
      return describeMissing(file, start);
    case 'UNEXPECTED_TOKEN':
      return describeUnexpected(file, start);
    default:
      return describeCharacter(file, start, span);
  }
}

function wordAt(file: SourceFile, start: number): string {
  return /^[^\n\r#]*/.exec(file.text.slice(start, start + 200))?.[0].trim() ?? '';
}

/** The first word of the line in which an offset lies. */
function placeOfLine(file: SourceFile, offset: number): Span {
  const { line } = positionAt(file, offset);
  const text = lineText(file, line);
  const lineStart = offset - positionAt(file, offset).column + 1;
  const indent = text.search(/\S/);
  return place(file, lineStart + Math.max(0, indent), lineStart + text.trimEnd().length);
}

/** A line that is not where the mapping or list goes on that it seems to belong to. */
function describeIndentation(file: SourceFile, offset: number): Finding {
  const { line } = positionAt(file, offset);
  const span = placeOfLine(file, offset);
  const depth = lineText(file, line).search(/\S/);
  let above = line - 1;
  while (above > 0 && /^\s*(?:#|$)/.test(lineText(file, above))) above--;
  const text = lineText(file, above);
  const wanted = text.search(/\S/);
  if (wanted === depth && text.charAt(wanted) === '-') {
    if (/^\s*-["'\w]/.test(lineText(file, line)))
      return { message: 'a blank is missing after "-"', span, hint: 'Put a blank after the "-".' };
    return {
      message: 'a key stands where the list above would go on',
      span,
      hint: 'Indent it as the key of the list, or write "- " before it.',
    };
  }
  return {
    message: 'the indentation fits none of the lines above',
    span,
    hint: `Indent it by ${wanted} blanks, as the line before.`,
  };
}

/** `image:shop`: a key and its value without the blank between them. */
function describeJoined(file: SourceFile, start: number, word: string): Finding | undefined {
  const [, key, value] = /^([^\s:"']+):([^\s/][^\s]*)/.exec(word) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return {
    message: `a blank is missing after "${key}:"`,
    span: place(file, start, start + key.length + 1 + value.length),
    hint: 'Put a blank after the colon.',
  };
}

/** A key was expected, and something between text and key stands there. */
function describeKey(file: SourceFile, start: number, stoppedAt: number): Finding {
  const word = wordAt(file, start);
  const joined = describeJoined(file, start, word);
  if (joined) return joined;
  const line = positionAt(file, start).line;
  const stoppedLine = positionAt(file, stoppedAt).line;
  const before = lineText(file, line).slice(0, positionAt(file, start).column - 1);
  if (/:\s+$/.test(before)) {
    if (stoppedLine === line) {
      return { message: 'a value cannot hold ": "', span: place(file, start, start + word.length), hint: 'Put quotes around the value.' };
    }
    return {
      message: 'this line is indented below a key that has a value already',
      span: placeOfLine(file, stoppedAt),
      hint: 'Indent it as the line before, or remove the value of that key.',
    };
  }
  if (/^[\w.-]+$/.test(word)) {
    return { message: `"${word}" is not followed by a colon`, span: place(file, start, start + word.length), hint: `Write "${word}:".` };
  }
  return { message: 'a key and its value were expected here', span: place(file, start, start + word.length), hint: 'Write "KEY: VALUE".' };
}

function describeMissing(file: SourceFile, start: number): Finding {
  const last = Math.max(0, Math.min(start, file.text.length) - 1);
  const anchor = file.text.slice(0, last + 1).trimEnd().length - 1;
  const word = wordAt(file, start);
  const joined = /^\s/.test(file.text.charAt(start - 1)) ? describeJoined(file, start, word) : undefined;
  if (joined) return joined;
  if (/^\S/.test(word)) {
    return {
      message: 'something is missing before this',
      span: place(file, start, start + word.length),
      hint: 'Write a comma between two items.',
    };
  }
  return { message: 'the text ends too early', span: place(file, Math.max(0, anchor), anchor + 1), hint: 'Write the rest of it.' };
}

function describeUnexpected(file: SourceFile, start: number): Finding {
  const word = wordAt(file, start);
  const before = file.text.slice(Math.max(0, start - 1), start);
  const { column } = positionAt(file, start);
  if (/^[\]}]/.test(word))
    return {
      message: `nothing was opened that this ${word.charAt(0)} could close`,
      span: place(file, start, start + 1),
      hint: `Remove "${word.charAt(0)}".`,
    };
  if (/["']\s*$/.test(lineText(file, positionAt(file, start).line).slice(0, column - 1)) && before !== '') {
    return {
      message: 'the value ends with its quote, but more follows',
      span: place(file, start, start + word.length),
      hint: 'Put all of the value between the quotes.',
    };
  }
  if (column === 1) {
    const span = place(file, start, start + word.length);
    return { message: 'this line belongs to nothing above it', span, hint: 'Indent it below the key that it belongs to.' };
  }
  return { message: 'this was not expected here', span: place(file, start, start + word.length) };
}

/** What nothing else explains: often a character that may not be in a text at all. */
function describeCharacter(file: SourceFile, start: number, span: Span): Finding {
  const code = file.text.charCodeAt(start);
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code <= 0xdfff)) {
    return { message: `the character U+${code.toString(16).toUpperCase().padStart(4, '0')} cannot be in YAML`, span, hint: 'Remove it.' };
  }
  const tag = /^!\S*!\S*|\S*/.exec(file.text.slice(start, start + 80))?.[0] ?? '';
  if (tag.startsWith('!')) {
    return { message: `the tag ${tag} is not declared`, span: place(file, start, start + tag.length), hint: `Remove "${tag}".` };
  }
  return { message: 'the text is not YAML from here on', span };
}
