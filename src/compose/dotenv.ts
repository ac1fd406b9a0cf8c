// Env files: `.env`, `--env-file`, `env_file` and `label_file` → variables, each with the place it came from. Grammar: loader.md §2.4.
import type { Report } from '../diagnostics/report.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { positionAt, type SourceFile } from '../source/file.ts';
import type { Origin } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { createRoom, type Lookup, substitute } from './template.ts';

export interface DotenvEntry {
  readonly value: string;
  readonly origin: Origin;
}

export type DotenvEntries = ReadonlyMap<string, DotenvEntry>;

/** Which grammar a file is in: the dotenv one, or lines that are taken as they are. */
export type DotenvFormat = 'dotenv' | 'raw';

type Findings = Pick<Report, 'add'>;

export interface DotenvOptions {
  readonly earlier: DotenvEntries;
  readonly lookup: Lookup;
  readonly report: Findings;
  readonly format?: DotenvFormat;
  /** The place that names the file, where one does. */
  readonly from?: Span | undefined;
}

/**
 * Reads one env file over the entries of earlier ones, and returns both; a later entry of a name wins.
 * `lookup` answers first, then what this and earlier files set. Every bad line is reported and left out.
 */
export function parseDotenv(source: SourceFile, options: DotenvOptions): DotenvEntries {
  const file: SourceFile = { ...source, hides: 'values' };
  const entries = new Map(options.earlier);
  const known: Lookup = name => options.lookup(name) ?? entries.get(name)?.value;
  const { from } = options;
  const related = from ? [{ span: from, message: 'the file is named here' }] : [];
  const report: Findings = { add: (code, finding) => options.report.add(code, { ...finding, related }) };
  if (options.format === 'raw') parseRaw(file, entries, options.lookup, report);
  else new DotenvParser(file, entries, known, options.lookup, report).parse();
  return entries;
}

// What Go calls a space: `\s` of JavaScript lacks U+0085, and counts the byte order mark as one.
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const spaces = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const blanks = /[\t\v\f\r \u0085\u00a0]*/y;
/** What a name may hold; blanks only around it, which is for later to say. */
const keyCharacters = /[\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00a0]*/uy;

/** The offset behind what a sticky pattern matches at an offset. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

const trimEnd = (text: string) => {
  let end = text.length;
  while (end > 0 && space.test(text[end - 1] ?? '')) end--;
  return text.slice(0, end);
};

/** A file with so many bad lines is no env file, and the rest of it says nothing new. */
const MOST_WRONGS = 100;
/** As many variables as a Compose file may have values. */
const MOST_ENTRIES = 100_000;

/** Whether there is room for no more variables; reports it at the place that wants one. */
function isFull(entries: DotenvEntries, file: SourceFile, at: number, report: Findings): boolean {
  if (entries.size < MOST_ENTRIES) return false;
  const message = `failed to read ${file.path}: more than ${MOST_ENTRIES} variables`;
  report.add('files.too-large', { message, span: { file, start: at, end: at + 1 }, hint: 'Remove variables that nothing uses.' });
  return true;
}

class DotenvParser {
  private readonly text: string;
  private readonly file: SourceFile;
  private readonly entries: Map<string, DotenvEntry>;
  private readonly known: Lookup;
  private readonly inherit: Lookup;
  private readonly report: Findings;
  private wrongs = 0;
  private readonly room = createRoom();
  /** Unset variables that a warning has named: one warning each. */
  private readonly warned = new Set<string>();
  private at = 0;

  constructor(file: SourceFile, entries: Map<string, DotenvEntry>, known: Lookup, inherit: Lookup, report: Findings) {
    this.file = file;
    this.text = file.text;
    this.entries = entries;
    this.known = known;
    this.inherit = inherit;
    this.report = report;
  }

  parse(): void {
    if (this.text.startsWith('\uFEFF')) this.at = 1;
    while (this.wrongs < MOST_WRONGS && this.toStatement()) {
      if (isFull(this.entries, this.file, this.at, this.report)) return;
      this.statement();
    }
  }

  /** Moves to the next statement, over blank lines and comments; false at the end of the file. */
  private toStatement(): boolean {
    for (;;) {
      this.at = skip(spaces, this.text, this.at);
      if (this.at >= this.text.length) return false;
      if (this.text[this.at] !== '#') return true;
      this.toNextLine();
    }
  }

  private toNextLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end === -1 ? this.text.length : end + 1;
  }

  private skipBlanks(): void {
    this.at = skip(blanks, this.text, this.at);
  }

  private statement(): void {
    if (/^export[\t\n\f\r ]/.test(this.text.slice(this.at, this.at + 7))) {
      this.at += 'export'.length;
      this.skipBlanks();
    }
    const start = this.at;
    const key = this.key(start);
    if (key === undefined) {
      this.toNextLine();
      return;
    }
    if (key.name.includes(' ')) {
      this.wrong(start, start + key.name.length, 'key cannot contain a space', { hint: key.isBare ? several : spaceless(key.name) });
      if (!key.isBare) this.toNextLine();
      return;
    }
    if (key.isBare) {
      const inherited = this.inherit(key.name);
      if (inherited !== undefined) this.set(key.name, inherited, start, start + key.name.length);
      return;
    }
    this.skipBlanks();
    this.value(key.name, start);
  }

  /** Reads `KEY =`, `KEY:` or a bare `KEY`, and stands behind it. Undefined after reporting. */
  private key(start: number): { readonly name: string; readonly isBare: boolean } | undefined {
    const at = skip(keyCharacters, this.text, start);
    const character = at === this.text.length ? '\n' : String.fromCodePoint(this.text.codePointAt(at) ?? 0);
    if (character === '=' || character === ':' || character === '\n') {
      this.at = Math.min(at + 1, this.text.length);
      return { name: trimEnd(this.text.slice(start, at)), isBare: character === '\n' };
    }
    const line = this.text.slice(start, this.lineEnd(start));
    const more = { named: nameShown(line), hint: `Remove ${JSON.stringify(character)}.` };
    this.wrong(at, at + character.length, `unexpected character ${JSON.stringify(character)} in variable name`, more);
    return undefined;
  }

  private value(name: string, start: number): void {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") {
      this.quoted(name, start, quote);
      return;
    }
    const from = this.at;
    this.toNextLine();
    const line = this.text.slice(from, this.at).replace(/\n$/, '');
    const comment = line.indexOf(' #');
    const value = trimEnd(comment === -1 ? line : line.slice(0, comment));
    this.set(name, this.expand(value, from), start, from + value.length);
  }

  private quoted(name: string, start: number, quote: '"' | "'"): void {
    const from = this.at;
    let end = from + 1;
    while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === '\\' ? 2 : 1;
    if (end >= this.text.length) {
      this.wrong(from, this.lineEnd(from), `unterminated quoted value of "${name}"`, { hint: `Write ${quote} where it ends.` });
      this.at = this.text.length;
      return;
    }
    this.at = end + 1;
    const written = this.text.slice(from + 1, end);
    const escaped = `\\${quote}`;
    // An escaped backslash before a quote that ends the value is none before an escaped quote: pairs are read from the left.
    const value = written.includes(escaped) ? written.replace(/\\./gs, pair => (pair === escaped ? quote : pair)) : written;
    this.set(name, quote === '"' ? this.expand(unescaped(value), from) : value, start, this.at);
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end === -1 ? this.text.length : end;
  }

  private expand(value: string, from: number): string {
    if (!value.includes('$')) return value;
    if (this.room.left < 0) return ''; // It was said where the room ended.
    const { text, problems, used } = substitute(value, this.known, this.room);
    for (const problem of problems) {
      const what = problem.kind === 'format' ? `invalid template: ${problem.message}` : problem.message;
      const hint = problem.kind === 'required' ? hintForVariable(problem.name ?? '', []) : (problem.hint ?? literal);
      this.wrong(from, this.lineEnd(from), what, { hint });
    }
    for (const { name, unset } of used) {
      if (!unset || this.warned.has(name)) continue;
      this.warned.add(name);
      warnUnset(name, { file: this.file, start: from, end: this.lineEnd(from) }, this.report);
    }
    return text;
  }

  private set(name: string, value: string, start: number, end: number): void {
    this.entries.set(name, { value, origin: { how: 'written', span: { file: this.file, start, end } } });
  }

  private wrong(start: number, end: number, what: string, { named = '', hint }: { named?: string; hint: string }): void {
    this.wrongs++;
    const { line } = positionAt(this.file, start);
    this.report.add('dotenv.syntax', {
      message: `failed to read ${this.file.path}: line ${line}: ${what}${named}`,
      span: { file: this.file, start, end },
      hint,
    });
  }
}

/** What has no value may itself be a part of one: the next line of a key or a certificate. It is not repeated. */
const several = 'Write KEY=VALUE, with quotes around a value of several lines.';

const spaceless = (name: string) => `Write "${name.replace(/ +/g, '_')}".`;

/** How an env file keeps variables out of a value. */
const literal = 'Put single quotes around a value whose $ is meant literally.';

/** A bad line is named by what stands before its value, which may be a secret; with nothing but `=` at its end, it may be a secret in base64. */
function nameShown(line: string): string {
  const end = line.search(/[=:]/);
  return end === -1 || /^=+\s*$/.test(line.slice(end)) ? '' : ` ${JSON.stringify(line.slice(0, end))}`;
}

/** The warning that a variable without a value became an empty text; the same words as the reference's. */
export function warnUnset(name: string, span: Span | undefined, report: Findings, known: readonly string[] = []): void {
  report.add('interpolation.unset-variable', {
    message: `The "${name}" variable is not set. Defaulting to a blank string.`,
    span,
    hint: hintForVariable(name, known, `, or give a default: \${${name}:-…}`),
  });
}

/** How a variable gets a value; or the name of one that has a value and that was most likely meant. Short names are like too many others. */
export function hintForVariable(name: string, known: readonly string[], otherwise = ''): string {
  const near = name.length < 4 ? undefined : suggest(name, known);
  const set = `Set ${name} in the environment or in .env${otherwise}.`;
  return near === undefined ? set : `Write "${near}" for "${name}": that variable is set.`;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  $: '$$',
};

/** Escapes of a double-quoted value. `\0` wants three octal digits; `\$` becomes `$$`, which expansion makes a `$`. */
function unescaped(value: string): string {
  return value.replace(/\\(?:([abfnrtv$"\\])|0(\d{0,3}))/g, (_, letter: string | undefined, digits: string | undefined) => {
    if (letter !== undefined) return escapes[letter] ?? letter;
    const code = /^[0-7]{3}$/.test(digits ?? '') ? Number.parseInt(digits ?? '', 8) : Number.NaN;
    return code <= 255 ? String.fromCharCode(code) : `\\${digits}`;
  });
}

/** `format: raw`: lines `KEY=value`, the value byte for byte; `KEY` alone inherits or is left out. */
function parseRaw(file: SourceFile, entries: Map<string, DotenvEntry>, inherit: Lookup, report: Findings): void {
  const { text: whole } = file;
  let wrongs = 0;
  for (let next = whole.startsWith('\uFEFF') ? 1 : 0; next < whole.length && wrongs < MOST_WRONGS; ) {
    const found = whole.indexOf('\n', next);
    const end = found === -1 ? whole.length : found;
    let at = next;
    while (at < end && space.test(whole[at] ?? '')) at++;
    next = end + 1;
    const text = whole.slice(at, end).replace(/\r$/, '');
    if (text === '' || text.startsWith('#')) continue;
    if (isFull(entries, file, at, report)) return;
    const equals = text.indexOf('=');
    const name = equals === -1 ? text : text.slice(0, equals);
    const span = { file, start: at, end: at + text.length };
    const wrong = (what: string, length: number, hint: string) => {
      wrongs++;
      report.add('dotenv.syntax', {
        message: `failed to parse env_file ${file.path}: ${what}`,
        span: { file, start: at, end: at + length },
        hint,
      });
    };
    if (name === '') wrong('no variable name before =', 1, 'Write a name before the =, or remove the line.');
    else if (/[ \t]/.test(name)) {
      wrong(`variable '${name}' contains whitespaces`, name.length, `Write "${name.trim().replace(/[ \t]+/g, '_')}".`);
    } else {
      const value = equals === -1 ? inherit(name) : text.slice(equals + 1);
      if (value !== undefined) entries.set(name, { value, origin: { how: 'written', span } });
    }
  }
}
