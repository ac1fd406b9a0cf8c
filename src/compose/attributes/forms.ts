// The conversions that several attributes share: pairs of keys and values, a text for a list of one, a list of names for a mapping.
// Part of the attribute table; run by merge.ts and canonical.ts.
import { quoting } from '../../diagnostics/mend.ts';
import {
  type Entry,
  type Mapping,
  type Node,
  nullNode,
  type Scalar,
  type Sequence,
  sequenceNode,
  stringNode,
} from '../../document/node.ts';
import { formatPath, type Path } from '../../document/path.ts';
import { isSecretName } from '../../model/secrets.ts';
import { goFloatText, goTimeText } from '../../model/values.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext } from './attribute.ts';

/** The text of a string leaf. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.type === 'string' ? node.value : undefined;
}

/** A leaf as the reference turns it into text: ints in decimal, floats and dates as Go prints them. null and mappings give undefined. */
export function goText(node: Node): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  switch (node.type) {
    case 'string':
      return node.value;
    case 'int':
      return String(node.value);
    case 'float':
      return goFloatText(node.value);
    case 'bool':
      return String(node.value);
    case 'timestamp':
      return goTimeText(node.value);
    case 'null':
      return undefined;
  }
}

/** The mapping with each value replaced; undefined drops the entry. The mapping itself where nothing changes. */
export function mapValues(node: Mapping, change: (value: Node, key: string) => Node | undefined): Mapping {
  let changed = false;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries) {
    const value = change(entry.value, key);
    if (value !== entry.value) changed = true;
    if (value) entries.set(key, value === entry.value ? entry : { ...entry, value });
  }
  return changed ? { ...node, entries } : node;
}

/** The sequence with each item replaced; undefined drops the item. The sequence itself where nothing changes. */
export function mapItems(node: Sequence, change: (item: Node, index: number) => Node | undefined): Sequence {
  let changed = false;
  const items: Node[] = [];
  node.items.forEach((item, index) => {
    const made = change(item, index);
    if (made !== item) changed = true;
    if (made) items.push(made);
  });
  return changed ? { ...node, items } : node;
}

/** A text becomes a list of one; anything else stays. */
export function textToList(node: Node): Node {
  return textOf(node) === undefined ? node : sequenceNode([node], node.origin);
}

/** Like `textToList`, for attributes whose text stays a text while variables are not yet put in. */
export function textToListAtLast(node: Node, context: CanonicalContext): Node {
  return context.uninterpolated ? node : textToList(node);
}

/** A list of names becomes a mapping whose values are all null. */
export function namesToMapping(node: Node): Node {
  return toMapping(node, item => nullNode(item.origin));
}

/** A list of texts becomes a mapping from each whole text. Other nodes stay, also lists with other items, which validation names. */
export function toMapping(node: Node, makeValue: (item: Node) => Node): Node {
  if (node.kind !== 'sequence') return node;
  const entries = new Map<string, Entry>();
  for (const item of node.items) {
    const key = textOf(item);
    if (key === undefined) return node;
    entries.set(key, { key, keySpan: originSpan(item.origin), value: makeValue(item) });
  }
  return { kind: 'mapping', entries, origin: node.origin };
}

/** A merge rule for what may be a list of names or a mapping: by name. When files are merged, a lone text is a list of one. */
export function mergeByName(named: (node: Node) => Node): NonNullable<Attribute['merge']> {
  return (base, over, general) => general(named(textToList(base)), named(textToList(over)));
}

/** `K=V` cut at the first `=`; the value is undefined where there is none. */
export function cutPair(text: string): { readonly key: string; readonly value: string | undefined } {
  const at = text.indexOf('=');
  return at === -1 ? { key: text, value: undefined } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** What a pair without a value stands for: the variable of that name, which an argument of a build does not have to have, or the empty text. */
type Bare = 'inherited' | 'argument' | 'empty';

/**
 * A list of `K=V` becomes a mapping. A bare `K` is null where it stands for a variable to inherit, else the empty text. Values that YAML
 * changed on the way (`1.10`, dates) bring a warning. Left alone while variables are not yet put in.
 */
export function pairsToMapping(bare: Bare): (node: Node, context: CanonicalContext) => Node {
  return (node, context) => {
    if (context.uninterpolated || node.kind === 'scalar') return node;
    if (node.kind === 'mapping') {
      for (const [key, entry] of node.entries) warnOfLostText(entry.value, [...context.path, key], context);
      return node;
    }
    const entries = new Map<string, Entry>();
    node.items.forEach((item, index) => {
      const text = textOf(item);
      const span = originSpan(item.origin);
      if (text === undefined) {
        if (item.kind === 'scalar' && item.type === 'timestamp') {
          const message = `${formatPath([...context.path, index])}: ${item.text} is a date, not a text`;
          context.report.add('value.invalid', { message, span, hint: `Put it in quotes: "${item.text}".`, mend: quoting(span, item.text) });
        }
        return;
      }
      const { key, value } = cutPair(text);
      if (/\s$/.test(key) && (bare === 'inherited' || (bare === 'argument' && value !== undefined))) {
        const message = `${formatPath([...context.path, index])}: environment variable ${key} is declared with a trailing space`;
        context.report.add('value.invalid', { message, span, hint: 'Remove the blank before "=".' });
        return;
      }
      const made = value === undefined && bare !== 'empty' ? nullNode(item.origin) : stringNode(value ?? '', item.origin);
      entries.set(key, { key, keySpan: span, value: made });
    });
    return { kind: 'mapping', entries, origin: node.origin };
  };
}

/** Says so where a number or date of a text mapping does not arrive as it was written. */
function warnOfLostText(value: Node, path: Path, context: CanonicalContext): void {
  if (value.kind !== 'scalar' || (value.type !== 'float' && value.type !== 'timestamp' && value.type !== 'int')) return;
  const text = goText(value);
  if (text === undefined || text === value.text || value.origin.how !== 'written') return;
  const isSecret = isSecretName(String(path.at(-1)));
  context.report.add('value.suspicious', {
    message: `${formatPath(path)}: ${isSecret ? 'the value is not a text, and becomes another' : `${value.text} is not a text, and becomes "${text}"`}`,
    span: originSpan(value.origin),
    hint: isSecret ? 'Put it in quotes.' : `Put it in quotes: "${value.text}".`,
  });
}

/** The key of a `K=V` item, or the whole item. */
export function pairKey(item: Node): string | undefined {
  const text = textOf(item);
  return text === undefined ? undefined : cutPair(text).key;
}

/** A row of `K=V` pairs: merged by key, and a mapping in canonical form. */
export function pairs(at: string, bare: Bare): Attribute {
  return { at, merge: 'key-values', unique: pairKey, canonical: pairsToMapping(bare) };
}

/** A row of a text or a list of texts, merged by appending. */
export function texts(at: string): Attribute {
  return { at, merge: 'list', unique: pairKey, canonical: textToListAtLast };
}

/** A row of a list whose equal items are one. */
export function set(at: string): Attribute {
  return { at, unique: pairKey };
}

/** The value of a whole number that 64 bits hold with its sign. */
export function int64Of(node: Scalar): bigint | undefined {
  const value = node.type === 'int' ? BigInt(node.value) : undefined;
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A whole number that only 64 bits without a sign hold, which most attributes of the reference refuse. */
export const isTooWide = (node: Scalar) => node.type === 'int' && int64Of(node) === undefined;
