// Trees of plain values as YAML or JSON text, byte for byte as the reference prints them. The last stage of exporters that write files.
import type { Node } from './node.ts';
import { plainMeaning } from './scalar.ts';

/** A number or a time whose texts differ between the two forms, ready to print. */
export interface Verbatim {
  readonly yaml: string;
  readonly json: string;
}

/**
 * What can be printed. `entries` keep their order where `ordered` is true (attributes of a struct); otherwise they are names, which YAML sorts
 * naturally and JSON by code points. Numbers of the tree are whole; other numbers are `Verbatim`.
 */
export type Tree =
  | null
  | boolean
  | number
  | bigint
  | string
  | Verbatim
  | readonly Tree[]
  | { readonly ordered: boolean; readonly entries: readonly (readonly [string, Tree])[] };

type Table = Extract<Tree, { readonly ordered: boolean }>;

/** A tree as it stands in a document, names sorted. `floatText` gives the text of a float in YAML (model/values.ts: goFloatText). */
export function treeOf(node: Node, floatText: (value: number) => string): Tree {
  if (node.kind === 'sequence' && node.isNil) return { yaml: '[]', json: 'null' };
  if (node.kind === 'sequence') return node.items.map(item => treeOf(item, floatText));
  if (node.kind === 'mapping') {
    return { ordered: false, entries: [...node.entries].map(([key, entry]) => [key, treeOf(entry.value, floatText)] as const) };
  }
  if (node.type === 'timestamp') return { yaml: node.value, json: jsonText(node.value) };
  if (node.type !== 'float') return node.value;
  if (!Number.isFinite(node.value)) return { yaml: Number.isNaN(node.value) ? '.nan' : node.value > 0 ? '.inf' : '-.inf', json: 'null' };
  return { yaml: floatText(node.value), json: Object.is(node.value, -0) ? '-0' : String(node.value) };
}

const isTable = (tree: Tree): tree is Table => typeof tree === 'object' && tree !== null && 'entries' in tree;

// ---- JSON

/** The tree as JSON with two blanks of indentation and no line end, escaped as Go does; `indent` 0 gives it without blanks. */
export function printJson(tree: Tree, indent = 2): string {
  return indent === 0 ? compactJson(tree) : indentedJson(tree, '\n', ' '.repeat(indent));
}

function compactJson(tree: Tree): string {
  if (Array.isArray(tree)) return `[${tree.map(compactJson).join(',')}]`;
  if (!isTable(tree)) return leafJson(tree as Exclude<Tree, Table | readonly Tree[]>);
  return `{${jsonEntries(tree)
    .map(([key, value]) => `${jsonText(key)}:${compactJson(value)}`)
    .join(',')}}`;
}

function indentedJson(tree: Tree, newLine: string, step: string): string {
  const inner = newLine + step;
  if (Array.isArray(tree)) {
    return tree.length === 0 ? '[]' : `[${tree.map(item => inner + indentedJson(item, inner, step)).join(',')}${newLine}]`;
  }
  if (!isTable(tree)) return leafJson(tree as Exclude<Tree, Table | readonly Tree[]>);
  if (tree.entries.length === 0) return '{}';
  const lines = jsonEntries(tree).map(([key, value]) => `${inner}${jsonText(key)}: ${indentedJson(value, inner, step)}`);
  return `{${lines.join(',')}${newLine}}`;
}

function jsonEntries(table: Table): readonly (readonly [string, Tree])[] {
  return table.ordered ? table.entries : table.entries.toSorted(([a], [b]) => compareCodePoints(a, b));
}

function leafJson(leaf: Exclude<Tree, Table | readonly Tree[]>): string {
  if (typeof leaf === 'string') return jsonText(leaf);
  return typeof leaf === 'object' && leaf !== null ? leaf.json : String(leaf);
}

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const JSON_ESCAPES = /[<>&\u2028\u2029]/g;

function jsonText(text: string): string {
  const quoted = JSON.stringify(SURROGATE.test(text) ? text.replace(LONE_SURROGATE, '\ufffd') : text);
  return quoted.replace(JSON_ESCAPES, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The order of code points, which is that of UTF-8 bytes; JavaScript's own differs beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // Surrogates stand for what comes after all else.
    const leftLate = left >= 0xd800 && left <= 0xdfff;
    const rightLate = right >= 0xd800 && right <= 0xdfff;
    return leftLate === rightLate ? left - right : leftLate ? 1 : -1;
  }
  return a.length - b.length;
}

// ---- YAML

/** How a document is laid out: blanks of indentation in a mapping, and the column past which a text is folded at the next single blank. */
export interface YamlLayout {
  readonly step: number;
  readonly width: number;
}

const usual: YamlLayout = { step: 2, width: 80 };

/** The tree as block-style YAML without document marks, with a line end. */
export function printYaml(tree: Tree, layout = usual): string {
  const out: Out = { ...layout, text: '', column: 0 };
  writeNode(out, tree, 0, 'root');
  newLine(out, 0);
  return out.text;
}

/** The text so far, and how many characters its last line has. */
interface Out extends YamlLayout {
  text: string;
  column: number;
}

function put(out: Out, text: string): void {
  out.text += text;
  out.column += text.length;
}

function newLine(out: Out, indent: number): void {
  out.text += (out.column === 0 ? '' : '\n') + ' '.repeat(indent);
  out.column = indent;
}

/** `place` says what stands before: nothing, `key:`, or a dash (or a complex key's mark), after which a block begins on the same line. */
function writeNode(out: Out, tree: Tree, indent: number, place: 'root' | 'value' | 'dash'): void {
  const children = Array.isArray(tree) ? tree.length : isTable(tree) ? tree.entries.length : 0;
  if (children === 0) {
    if (place === 'value') put(out, ' ');
    if (Array.isArray(tree)) put(out, '[]');
    else if (isTable(tree)) put(out, '{}');
    else writeLeaf(out, tree as Exclude<Tree, Table | readonly Tree[]>, indent);
  } else if (Array.isArray(tree)) {
    writeList(out, tree, indent, place !== 'value');
  } else {
    writeTable(out, tree as Table, indent, place !== 'value');
  }
}

function writeList(out: Out, items: readonly Tree[], indent: number, sameLine: boolean): void {
  for (const [index, item] of items.entries()) {
    if (index > 0 || !sameLine) newLine(out, indent);
    put(out, '- ');
    writeNode(out, item, indent + 2, 'dash');
  }
}

function writeTable(out: Out, table: Table, indent: number, sameLine: boolean): void {
  const entries = table.ordered ? table.entries : table.entries.toSorted(([a], [b]) => compareNaturally(a, b));
  for (const [index, [key, value]] of entries.entries()) {
    if (index > 0 || !sameLine) newLine(out, indent);
    const simple = isSimpleKey(key);
    if (simple) writeText(out, key, indent + out.step, true);
    else {
      put(out, '? ');
      writeText(out, key, indent + out.step, false);
      newLine(out, indent);
    }
    put(out, simple ? ':' : ': ');
    writeNode(out, value, indent + out.step, simple ? 'value' : 'dash');
  }
}

/** Bytes of UTF-8 that a key may have to stand before a colon on its line. */
const KEY_BYTES = 128;

function isSimpleKey(key: string): boolean {
  if (BREAK.test(key)) return false;
  // A UTF-16 unit is at most three bytes.
  return key.length * 3 <= KEY_BYTES || new TextEncoder().encode(key).length <= KEY_BYTES;
}

function writeLeaf(out: Out, leaf: Exclude<Tree, Table | readonly Tree[]>, indent: number): void {
  if (typeof leaf === 'string') writeText(out, leaf, indent, false);
  else put(out, typeof leaf === 'object' && leaf !== null ? leaf.yaml : String(leaf));
}

const PLAIN_WORD = /^[A-Za-z_/][A-Za-z0-9_/.@=+-]*$/;
const OLD_BOOLEAN = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

function writeText(out: Out, text: string, indent: number, isKey: boolean): void {
  const style = styleOf(text, isKey);
  const mayFold = !isKey;
  if (style === 'plain') writeFolded(out, text, indent, mayFold, false);
  else if (style === 'single') {
    put(out, "'");
    writeFolded(out, text, indent, mayFold, true);
    put(out, "'");
  } else if (style === 'double') writeDoubleQuoted(out, text, indent, mayFold);
  else writeLiteral(out, text, indent);
}

type Style = 'plain' | 'single' | 'double' | 'literal';

/** How a text has to be written so that it is read back as the same text. */
function styleOf(text: string, isKey: boolean): Style {
  if (PLAIN_WORD.test(text) && !OLD_BOOLEAN.test(text) && plainMeaning(text).type === 'string') return 'plain';
  const facts = analyse(text);
  let style: Style = 'plain';
  if (text.includes('\n')) style = text.length >= 2 && /[^\p{White_Space}]/u.test(text) ? 'literal' : 'double';
  else if (OLD_BOOLEAN.test(text) || BASE_60.test(text) || text === '<<') style = 'single';
  else if (plainMeaning(text).type !== 'string') style = 'double';
  if (isKey && facts.hasBreaks) style = 'double';
  if (style === 'plain' && !facts.plain) style = 'single';
  if (style === 'single' && !facts.single) style = 'double';
  if (style === 'literal' && (isKey || !facts.literal)) style = 'double';
  return style;
}

const FIRST_INDICATOR = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?:[ \t]|$)|^---|^\.\.\./;
const INNER_INDICATOR = /:(?:[ \t]|$)|[ \t\n\r\u0085\u2028\u2029]#/;
const BREAK = /[\n\r\u0085\u2028\u2029]/;
const UNPRINTABLE = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

interface TextFacts {
  readonly plain: boolean;
  readonly single: boolean;
  readonly literal: boolean;
  readonly hasBreaks: boolean;
}

/** Which styles can hold a text. */
function analyse(text: string): TextFacts {
  const special = UNPRINTABLE.test(text.replaceAll('\t', ''));
  const spaceBeforeBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
  const spaceAfterBreak = /[\n\r\u0085\u2028\u2029] /.test(text);
  const hasBreaks = BREAK.test(text);
  const single = !special && !text.includes('\t') && !spaceBeforeBreak && !spaceAfterBreak;
  const outerBlank = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text);
  return {
    plain: single && !hasBreaks && !outerBlank && !FIRST_INDICATOR.test(text) && !INNER_INDICATOR.test(text),
    single,
    literal: !special && !spaceBeforeBreak && !text.endsWith(' '),
    hasBreaks,
  };
}

/** The insides of a plain or single-quoted text. A fold point is a blank with no blank beside it, past the width. */
function writeFolded(out: Out, text: string, indent: number, mayFold: boolean, quoted: boolean): void {
  const escaped = quoted ? text.replaceAll("'", "''") : text;
  if (!BREAK.test(text) && (!mayFold || out.column + escaped.length <= out.width)) {
    put(out, escaped);
    return;
  }
  let afterBlank = false;
  let afterBreak = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === ' ') {
      const single = !afterBlank && text.charAt(i + 1) !== ' ' && (!quoted || (i > 0 && i < text.length - 1));
      if (mayFold && single && out.column > out.width) newLine(out, indent);
      else put(out, ' ');
      afterBlank = true;
    } else if (BREAK.test(character)) {
      out.text += character;
      out.column = 0;
      afterBreak = true;
    } else {
      if (afterBreak) newLine(out, indent);
      put(out, quoted && character === "'" ? "''" : character);
      afterBlank = false;
      afterBreak = false;
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function writeDoubleQuoted(out: Out, text: string, indent: number, mayFold: boolean): void {
  put(out, '"');
  // The reference escapes every character of a text that begins with a byte order mark.
  const escapeAll = text.startsWith('\ufeff');
  const characters = [...text];
  let afterBlank = false;
  for (const [i, character] of characters.entries()) {
    if (escapeAll || UNPRINTABLE.test(character) || BREAK.test(character) || character === '"' || character === '\\') {
      put(out, `\\${ESCAPES[character] ?? hexadecimalEscape(character.codePointAt(0) ?? 0)}`);
      afterBlank = false;
    } else if (character === ' ') {
      if (mayFold && !afterBlank && out.column > out.width && i > 0 && i < characters.length - 1) {
        newLine(out, indent);
        if (characters[i + 1] === ' ') put(out, '\\');
      } else put(out, ' ');
      afterBlank = true;
    } else {
      put(out, character);
      afterBlank = false;
    }
  }
  put(out, '"');
}

function hexadecimalEscape(codePoint: number): string {
  const digits = codePoint.toString(16).toUpperCase();
  if (codePoint <= 0xff) return `x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `u${digits.padStart(4, '0')}` : `U${digits.padStart(8, '0')}`;
}

/** A literal block; its head says where blanks at the start and line ends at the end would be lost otherwise. */
function writeLiteral(out: Out, text: string, indent: number): void {
  const keeps = /[\n\r\u0085\u2028\u2029]$/.test(text)
    ? /(?:^|[\n\r\u0085\u2028\u2029])[\n\r\u0085\u2028\u2029]$/.test(text)
      ? '+'
      : ''
    : '-';
  put(out, `|${text.startsWith(' ') ? out.step : ''}${keeps}`);
  out.text += '\n';
  out.column = 0;
  const margin = ' '.repeat(indent);
  // What Unicode calls a line or paragraph separator begins a line of its own as well.
  out.text += text.replace(/(^|[\n\u2028\u2029])(?=[^\n\u2028\u2029])/g, (_, before) => before + margin);
  out.column = BREAK.test(text.slice(-1)) ? 0 : 1;
}

const LETTER = /\p{L}/u;

/** The order of names in YAML: digits compare as numbers, and other signs come before letters but not after a digit (loader.md §5.1). */
export function compareNaturally(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  // Two characters may share the first half of their surrogates.
  if (at > 0 && /[\ud800-\udbff]/.test(a.charAt(at - 1))) at--;
  const left = a.codePointAt(at) ?? 0;
  const right = b.codePointAt(at) ?? 0;
  const leftLetter = LETTER.test(String.fromCodePoint(left));
  const rightLetter = LETTER.test(String.fromCodePoint(right));
  const before = a.slice(0, at);
  if (leftLetter !== rightLetter) return leftLetter === /\p{Nd}$/u.test(before) ? -1 : 1;
  if (!leftLetter) {
    // Where a zero is compared, and a digit other than zero stands before, the numbers count as longer.
    const inside = (left === 48 || right === 48) && /[^\P{Nd}0]\p{Nd}*$/u.test(before);
    const [leftValue, leftDigits] = digitRun(a.slice(at), inside);
    const [rightValue, rightDigits] = digitRun(b.slice(at), inside);
    if (leftValue !== rightValue) return leftValue < rightValue ? -1 : 1;
    if (leftDigits !== rightDigits) return leftDigits - rightDigits;
  }
  return left - right;
}

/** The number that a text begins with, in 64 bits as the reference computes it, and how many digits it has. */
function digitRun(text: string, inside: boolean): readonly [bigint, number] {
  const digits = [...(/^\p{Nd}+/u.exec(text)?.[0] ?? '')];
  let value = inside ? 1n : 0n;
  for (const digit of digits) value = BigInt.asIntN(64, value * 10n + BigInt((digit.codePointAt(0) ?? 48) - 48));
  return [value, digits.length];
}
