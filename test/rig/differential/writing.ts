// Trees of YAML as a person may write them, and their text: plain, quoted, in blocks or in flow, as chance wills. What a text means is not
// known here, and need not be: both programs read the same text.
import type { Random } from './random.ts';

/** `before` stands in front of a value: an anchor (`&a`), a tag (`!reset`). */
interface Marked {
  readonly before?: string;
}

export type Tree =
  /** `raw` is written as it is; `text` in any style that keeps it. */
  | ({ readonly kind: 'raw'; readonly raw: string } & Marked)
  | ({ readonly kind: 'text'; readonly text: string } & Marked)
  | ({ readonly kind: 'list'; readonly items: readonly Tree[] } & Marked)
  | ({ readonly kind: 'map'; readonly entries: readonly Entry[] } & Marked);

export type Entry = readonly [key: string, value: Tree];

export const raw = (text: string): Tree => ({ kind: 'raw', raw: text });
export const text = (value: string): Tree => ({ kind: 'text', text: value });
export const list = (items: readonly Tree[]): Tree => ({ kind: 'list', items });
export const map = (entries: readonly Entry[]): Tree & { readonly kind: 'map' } => ({ kind: 'map', entries });

/** Plain text that ends nowhere early, also in flow, and is neither a number nor a word with a meaning. */
const PLAIN = /^(?:[A-Za-z_/$]|\.{1,2}\/)(?:[\w ./@%*?=+~$:-]*[\w./@*?=+~$-])?$/;
const isPlain = (value: string) => PLAIN.test(value) && !/^(?:true|false|null)$/i.test(value) && !value.includes(': ');

export const singleQuoted = (value: string) => `'${value.replaceAll("'", "''")}'`;
const doubleQuoted = (value: string) => JSON.stringify(value).replaceAll('\u007f', '\\x7f');

function inline(value: string, random: Random): string {
  if (isPlain(value) && random.chance(0.6)) return value;
  if (/[\u0000-\u001f\u007f-\u009f\ufeff]/.test(value) || random.chance(0.5)) return doubleQuoted(value);
  return singleQuoted(value);
}

/** A key: plain where it can be, and where a plain one would be refused for its type, in quotes. */
export function key(name: string, random: Random): string {
  if (name === '<<') return '<<';
  if (/^[A-Za-z_][\w./-]*$/.test(name) && !/^(?:true|false|null)$/i.test(name) && !random.chance(0.03)) return name;
  return random.chance(0.5) && !/[^ -~\u00a0-\ud7ff]/.test(name) ? singleQuoted(name) : doubleQuoted(name);
}

/** The text of a document, with a line end. */
export function writeYaml(tree: Tree, random: Random): string {
  return `${block(tree, 0, random).replace(/^ ?\n?/, '')}\n`;
}

const before = (tree: Tree) => (tree.before === undefined ? '' : ` ${tree.before}`);

/** A value after `key:` or `-`: begins with a blank or a line end. */
function block(tree: Tree, indent: number, random: Random): string {
  if (tree.kind === 'raw') return `${before(tree)} ${tree.raw}`.replace(/ $/, '');
  if (tree.kind === 'text') return `${before(tree)} ${blockText(tree.text, indent, random)}`;
  const members = tree.kind === 'list' ? tree.items : tree.entries;
  if (members.length === 0 || (indent > 0 && random.chance(0.08) && isShallow(tree))) return `${before(tree)} ${flow(tree, random)}`;
  const margin = ' '.repeat(indent);
  if (tree.kind === 'list') {
    return `${before(tree)}\n${tree.items.map(item => `${margin}-${block(item, indent + 2, random)}`).join('\n')}`;
  }
  const comment = random.chance(0.01) ? `${margin}# a remark: ["\n` : '';
  return `${before(tree)}\n${comment}${tree.entries.map(([name, value]) => `${margin}${key(name, random)}:${block(value, indent + 2, random)}`).join('\n')}`;
}

function blockText(value: string, indent: number, random: Random): string {
  const canBeBlock = /^[^\s#][\s\S]*\n/.test(value) && !/[\t\r\u0085\u2028\ufeff]| \n| $|\n\s*\n$|\n\n/.test(value) && indent > 0;
  if (!canBeBlock || !random.chance(0.7)) return inline(value, random);
  const margin = ' '.repeat(indent);
  const isEnded = value.endsWith('\n');
  const lines = (isEnded ? value.slice(0, -1) : value).split('\n');
  return `|${isEnded ? '' : '-'}\n${lines.map(line => (line === '' ? '' : margin + line)).join('\n')}`;
}

const isShallow = (tree: Tree): boolean =>
  tree.kind === 'list' ? tree.items.every(isSingle) : tree.kind === 'map' && tree.entries.every(([, value]) => isSingle(value));
const isSingle = (tree: Tree) => (tree.kind === 'raw' && tree.raw !== '' && !tree.raw.startsWith('*')) || tree.kind === 'text';

function flow(tree: Tree, random: Random): string {
  if (tree.kind === 'list') return `[${tree.items.map(item => flow(item, random)).join(', ')}]`;
  if (tree.kind === 'map') return `{${tree.entries.map(([name, value]) => `${key(name, random)}: ${flow(value, random)}`).join(', ')}}`;
  return `${before(tree)} ${tree.kind === 'raw' ? tree.raw : inline(tree.text, random)}`.trim();
}
