// Follows hints to the letter: edits the text that a diagnostic marks by what its hint's sentence says, and by nothing else.
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Span } from '../../src/source/span.ts';
import { spanPosition } from '../../src/source/span.ts';
import { type Asked, directory, foundIn, loadFiles } from './mistakes.ts';

/** A project as it is edited. */
export interface Draft extends Asked {
  readonly files: Readonly<Record<string, string>>;
}

/** A sentence, and what a reader does who has it and the marked text before them. */
type Rule = readonly [sentence: RegExp, follow: (edit: Edit, ...words: string[]) => Draft | undefined];

const rules: readonly Rule[] = [
  [/^Write "(.*)" for "(.*)"/, (edit, to, from) => edit.replace(edit.marked.replace(from, to))],
  [/^Write "external: true" and "(name: .*)"\.$/, (edit, name) => edit.replaceParent(`external: true`, name)],
  [/^Write "(.*?)" without indentation/, edit => edit.indented(0)],
  [/^Write "(.*?)"(?:\.|:|,| or | for a )/, (edit, text) => edit.write(text)],
  [/^Write it as one text: "(.*)"\.$/, (edit, text) => edit.replaceLine(`"${text}"`)],
  [/^Write each pair as an item of a list: - "(.*)"\.$/, (edit, text) => edit.replaceLine(`- "${text}"`, edit.related)],
  [/^Write a list: (\[.*\])\.$/, (edit, list) => edit.replace(list)],
  [/^Write a whole number|^Write a number/, edit => edit.write('1')],
  [/^Write (-?\d+) or (?:more|less)\.$/, (edit, number) => edit.write(number)],
  [/^Write } where the expression ends\.$/, edit => edit.replace(`${edit.marked}}`)],
  [/^Write ([\]}"']) where it ends\.$/, (edit, sign) => edit.atLineEnd(sign)],
  [/^Write \$\$ for a \$/, edit => edit.replace(edit.marked.replaceAll('$', '$$$$'))],
  [/^Write blanks instead of the tab\.$/, edit => edit.replace(edit.marked.replaceAll('\t', '    '))],
  [/^Write '(.*)' in quotes/, (edit, text) => edit.replace(`'${text}'`)],
  [/^Write (\w+) instead: /, (edit, word) => edit.write(word)],
  [/^Write ([a-z][\w+-]*)(?:,| or |\.$)/, (edit, word) => edit.write(word)],
  [/^(?:Put it in quotes|Quote the key): "(.*)"\.$/, (edit, text) => edit.replace(`"${text}"`)],
  [/^Put quotes around the value\.$/, edit => edit.replace(`'${edit.marked}'`)],
  [/^Put a blank after the colon\.$/, edit => edit.replace(edit.marked.replace(':', ': '))],
  [/^Put "CMD" in front of the list\.$/, edit => edit.replace(edit.marked.replace('[', '["CMD", '))],
  [/^Put "- " before "(.*)"\.$/, edit => edit.listed()],
  [/^Put "(.*)" under a top-level "(.*):"/, (edit, _, section) => edit.under(section)],
  [/^Add a unit: "(.*)" for seconds\.$/, (edit, text) => edit.write(text)],
  [/^Add "(.*?)", one of ([\w+-]+)/, (edit, key, word) => edit.add(`${key}: ${word}`)],
  [/^Add "(.*?)" with a whole number\.$/, (edit, key) => edit.add(`${key}: 1`)],
  [/^Add "(.*?)" with a duration/, (edit, key) => edit.addBeside(`${key}: 1s`)],
  [/^Add "(.*?)" with a (?:text|name|path)/, (edit, key) => edit.add(`${key}: a`)],
  [/^Remove the "- "/, edit => edit.unlisted()],
  [/^Remove the blank before "="\.$/, edit => edit.replace(edit.marked.replace(/\s+=/, '='))],
  [/^Remove (?:"(?!!!)[^"]*"|it|one of)/, edit => edit.remove()],
  [/^Keep one of them\.$/, (edit, ..._) => edit.removeRelated()],
  [/^Indent it by (\d+) blanks/, (edit, count) => edit.indentLine(Number(count))],
  [/^Indent ".*" less: it belongs to (.*)\.$/, (edit, place) => edit.indented(2 * place.split('.').length)],
  [/^Declare "(.*)" under the top-level "(.*):"(, with a "(.*)")?\.$/, (edit, name, section, _, key) => edit.declare(section, name, key)],
  [/^Set (\w+) in the environment/, (edit, name) => edit.set(name, 'a')],
  [/^Set (\w+) to 1 or 0\.$/, (edit, name) => edit.set(name, '1')],
  [/^Switch its profile on, with --profile (.*)\.$/, (edit, profile) => edit.profile(profile)],
];

/** The draft with the hint of a diagnostic followed; undefined where the sentence asks for more than a hand that copies. */
function follow({ span, hint, related }: Diagnostic, draft: Draft): Draft | undefined {
  if (!hint) return undefined;
  for (const [sentence, act] of rules) {
    const found = sentence.exec(hint);
    if (found) return act(new Edit(draft, span, related.at(-1)?.span), ...found.slice(1));
  }
  return undefined;
}

/** More steps than any project has mistakes. */
const mostSteps = 10;

export interface Followed {
  /** `open`: a hint of the mistake itself asks for more than copying. `failed`: what was followed led to something else that is wrong. */
  readonly end: 'mended' | 'open' | 'failed';
  /** The sentences that were followed, one after the other. */
  readonly hints: readonly string[];
  readonly left: readonly string[];
}

/** Follows the first hint of what is left, until nothing is left. */
export async function followToTheEnd(draft: Draft): Promise<Followed> {
  const own = foundIn(await loadFiles(draft.files, draft)).map(({ message }) => message);
  const hints: string[] = [];
  let now = draft;
  for (;;) {
    const found = foundIn(await loadFiles(now.files, now));
    const left = found.map(({ message, hint }) => `${message}: ${hint}`);
    const [first] = found;
    if (!first) return { end: 'mended', hints, left };
    const next = hints.length < mostSteps ? follow(first, now) : undefined;
    if (!next) return { end: own.includes(first.message) && hints.length < mostSteps ? 'open' : 'failed', hints, left };
    hints.push(first.hint ?? '');
    now = next;
  }
}

class Edit {
  private readonly draft: Draft;
  private readonly span: Span | undefined;
  /** The last of the other places. */
  readonly related: Span | undefined;

  constructor(draft: Draft, span: Span | undefined, related: Span | undefined) {
    this.draft = draft;
    this.span = span;
    this.related = related;
  }

  get marked(): string {
    return this.span ? this.span.file.text.slice(this.span.start, this.span.end) : '';
  }

  /** The text in place of the marked one, in quotes where that was; a name on the command line where nothing is marked. */
  write(text: string): Draft | undefined {
    const quote = /^["']/.exec(this.marked)?.[0] ?? '';
    if (this.span) return this.replace(quote + text + quote);
    const index = this.draft.args.indexOf('-p');
    if (index !== -1) return { ...this.draft, args: this.draft.args.toSpliced(index + 1, 1, text) };
    return this.draft.services.length === 1 ? { ...this.draft, services: [text] } : undefined;
  }

  replace(text: string): Draft | undefined {
    return this.span && this.change(this.span, text);
  }

  atLineEnd(sign: string): Draft | undefined {
    return this.span && this.changeLines((lines, at) => lines.toSpliced(at, 1, lines[at] + sign));
  }

  replaceLine(text: string, span = this.span): Draft | undefined {
    return this.changeLines((lines, at, column) => lines.toSpliced(at, 1, lines[at]!.slice(0, column) + text), span);
  }

  /** The marked key and what is below it, or the marked item of a list in brackets. */
  remove(span = this.span): Draft | undefined {
    if (!span) return undefined;
    const { text } = span.file;
    const before = text.slice(0, span.start);
    const isKeyOfBlock = /\n *(?:- )?$/.test(before) || before === '';
    const isValue = /\n *(?:- )?[\w.-]+: *$/.test(before);
    if (isKeyOfBlock || isValue) return this.changeLines(withoutBlock, span);
    // Between braces: with the key, where a value is marked, and with the comma before or after.
    const start = span.start - (/,? *(?:[\w.-]+: *)?$/.exec(before)?.[0].length ?? 0);
    const [entry = ''] = /^[^,\]}]*(?:\[[^\]]*\]|\{[^}]*\})?/.exec(text.slice(span.start)) ?? [];
    const end = span.start + entry.length;
    return this.change({ ...span, start, end: text.charAt(start) === ',' || text.charAt(end) !== ',' ? end : end + 1 }, '');
  }

  removeRelated(): Draft | undefined {
    return this.remove(this.related);
  }

  /** A key below the marked key, or beside the first key of a marked item. */
  add(entry: string): Draft | undefined {
    return this.changeLines((lines, at, column) => {
      const line = lines[at]!;
      const isItem = /^ *- $/.test(line.slice(0, column));
      const next = lines[at + 1] ?? '';
      const depth = isItem ? column : Math.max(column + 2, next.search(/\S/));
      if (/: *\{./.test(line) && !/: *\{\}$/.test(line)) return lines.toSpliced(at, 1, line.replace('{', `{${entry}, `));
      if (/: *\{\}$/.test(line)) return lines.toSpliced(at, 1, line.replace(/\{\}$/, `{${entry}}`));
      return lines.toSpliced(at + 1, 0, ' '.repeat(depth) + entry);
    });
  }

  /** A key beside the one whose value is marked. */
  addBeside(entry: string): Draft | undefined {
    return this.changeLines((lines, at) => lines.toSpliced(at + 1, 0, /^ */.exec(lines[at]!)![0] + entry));
  }

  /** The section that is there with one entry more, or a new one at the end. */
  declare(section: string, name: string, key: string | undefined): Draft | undefined {
    const entry = `  ${name}: ${key ? `{${key}: a}` : '{}'}`;
    return this.changeLines(lines => {
      const at = lines.indexOf(`${section}:`);
      return at === -1 ? [...lines, `${section}:`, entry] : lines.toSpliced(at + 1, 0, entry);
    });
  }

  /** The marked key with what is below it, as deep as said. */
  indented(depth: number): Draft | undefined {
    return this.changeLines((lines, at, column) => {
      const end = blockEnd(lines, at);
      const moved = lines.slice(at, end).map(line => ' '.repeat(depth) + line.slice(column));
      return lines.toSpliced(at, end - at, ...moved);
    });
  }

  indentLine(depth: number): Draft | undefined {
    return this.changeLines((lines, at) => lines.toSpliced(at, 1, ' '.repeat(depth) + lines[at]!.trimStart()));
  }

  /** The block below the marked key as the first item of a list. */
  listed(): Draft | undefined {
    return this.changeLines((lines, at) => {
      const block = lines.slice(at + 1, blockEnd(lines, at));
      const items = block.map((line, index) => line.replace(/^ */, blanks => blanks + (index === 0 ? '- ' : '  ')));
      return lines.toSpliced(at + 1, block.length, ...items);
    });
  }

  unlisted(): Draft | undefined {
    return this.changeLines((lines, at) => lines.toSpliced(at, 1, lines[at]!.replace('- ', '')));
  }

  under(section: string): Draft | undefined {
    return this.changeLines((lines, at) => {
      const end = blockEnd(lines, at);
      const moved = lines.slice(at, end).map(line => `  ${line}`);
      return lines.toSpliced(at, end - at, `${section}:`, ...moved);
    });
  }

  /** Entries in place of the key that is marked, or of the key around it. */
  replaceParent(...entries: readonly string[]): Draft | undefined {
    return this.changeLines((lines, at, column) => {
      const isInLine = lines[at]!.includes('{');
      const from = isInLine ? at : at - 1;
      const depth = isInLine ? lines[at]!.search(/\S/) : column - 2;
      return lines.toSpliced(from, at - from + 1, ...entries.map(entry => ' '.repeat(depth) + entry));
    });
  }

  set(name: string, value: string): Draft {
    return { ...this.draft, environment: { ...this.draft.environment, [name]: value } };
  }

  profile(name: string): Draft {
    return { ...this.draft, args: [...this.draft.args, '--profile', name] };
  }

  private change({ file, start, end }: Span, text: string): Draft {
    const changed = file.text.slice(0, start) + text + file.text.slice(end);
    return { ...this.draft, files: { ...this.draft.files, [file.path.replace(`${directory}/`, '')]: changed } };
  }

  /** `at` is the index of the line that is marked, `column` the offset of the mark in it. */
  private changeLines(
    how: (lines: readonly string[], at: number, column: number) => readonly string[],
    span = this.span,
  ): Draft | undefined {
    if (!span) return undefined;
    const { line, column } = spanPosition(span);
    const lines = span.file.text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const changed = how(lines, line - 1, column - 1).join('\n');
    return this.change({ file: span.file, start: 0, end: span.file.text.length }, `${changed}\n`);
  }
}

/** The lines without a block; without the key above it too, where nothing is left below that, and with the dash of an item moved to what is left. */
function withoutBlock(lines: readonly string[], at: number): readonly string[] {
  const line = lines[at]!;
  const dash = /^( *)- (?=\S)/.exec(line)?.[0];
  const next = lines[at + 1] ?? '';
  const isFirstOfItem = dash !== undefined && next.search(/\S/) === dash.length;
  if (isFirstOfItem) return lines.toSpliced(at, 2, dash + next.trimStart());
  const left = lines.toSpliced(at, blockEnd(lines, at) - at);
  const above = left[at - 1] ?? '';
  const isEmptied = /^ +[\w.-]+:$/.test(above) && blockEnd(left, at - 1) === at;
  return isEmptied ? left.toSpliced(at - 1, 1) : left;
}

/** The index of the line after the block that begins at a line: those below it are deeper. */
function blockEnd(lines: readonly string[], at: number): number {
  const depth = lines[at]!.search(/\S/);
  let end = at + 1;
  while (end < lines.length && lines[end]!.search(/\S/) > depth) end++;
  return end;
}
