// Merging: what a later document, file or extending service does to an earlier one (loader.md §3.1–§3.3). The general rule is here; the rules of
// single attributes are in their rows of the table.
import type { Report } from '../diagnostics/report.ts';
import { type Entry, type Mapping, type Node, type Sequence, sequenceNode, stringNode } from '../document/node.ts';
import { formatPath, type Path } from '../document/path.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import { goText, textOf } from './attributes/forms.ts';
import { type AttributeTree, attributeAt, attributesByPath, below } from './attributes/table.ts';

/** How the result came to be: a later file over an earlier one, or a service over the one it extends. */
export type MergeMode = 'merged' | 'inherited';

export interface MergeOptions {
  readonly mode: MergeMode;
  readonly report: Report;
  /** Where both trees sit in the document; the root where not given. */
  readonly path?: Path;
}

/** `over` merged onto `base`; neither is changed. Types that do not fit are reported, and `base` stays. */
export function mergeNodes(base: Node, over: Node, { mode, report, path = [] }: MergeOptions): Node {
  const at = (path: Path, base: Node, over: Node): Node => {
    const rule = attributeAt(path)?.merge;
    if (rule === 'replace') return replaced(base, over);
    if (isNull(over)) return base;
    if (isNull(base)) return replaced(base, over);
    if (rule === 'key-values') return byKey(joined(asList(base), asList(over)));
    if (rule === 'list') return joined(asList(base), asList(over));
    if (rule !== undefined) return rule(base, over, (base, over) => general(path, base, over));
    return general(path, base, over);
  };
  const general = (path: Path, base: Node, over: Node): Node => {
    if (base.kind === 'scalar') return replaced(base, over);
    if (base.kind === 'mapping' && over.kind === 'mapping') return mappings(path, base, over);
    if (base.kind === 'sequence' && over.kind === 'sequence') return joined(base, over);
    const span = originSpan(base.origin);
    report.add('merge.type', {
      message: `cannot override ${formatPath(path)}: a ${kindName(over)} cannot be merged into a ${kindName(base)}`,
      span: originSpan(over.origin),
      related: span ? [{ span, message: `the ${kindName(base)} is here` }] : [],
      hint: hintForClash(base, over),
    });
    return base;
  };
  const mappings = (path: Path, base: Mapping, over: Mapping): Mapping => {
    const entries = new Map<string, Entry>(base.entries);
    for (const [key, entry] of over.entries) {
      const known = base.entries.get(key);
      entries.set(key, known ? { ...entry, value: at([...path, key], known.value, entry.value) } : entry);
    }
    return { kind: 'mapping', entries, origin: originOf(base, over) };
  };
  const joined = (base: Sequence, over: Sequence): Sequence => {
    const known = new Set(base.items.map(sayingOf));
    const fresh = over.items.filter(item => {
      const saying = sayingOf(item);
      return !known.has(saying) && known.add(saying);
    });
    return sequenceNode([...base.items, ...fresh], originOf(base, over));
  };
  const originOf = (base: Node, over: Node): Origin => ({ how: mode, base: base.origin, over: over.origin });
  const replaced = (base: Node, over: Node): Node => ({ ...over, origin: originOf(base, over) });
  return at(path, base, over);
}

/** A lone text can be written as a list; no hint shows one that may hold a secret. */
function hintForClash(base: Node, over: Node): string {
  const text = base.kind === 'sequence' ? textOf(over) : undefined;
  if (text !== undefined && !text.includes('=')) return `Write a list: [${JSON.stringify(text)}].`;
  return `Write a ${kindName(base)}, or replace the value with !override.`;
}

const isNull = (node: Node) => node.kind === 'scalar' && node.type === 'null';

function kindName(node: Node): string {
  return node.kind === 'sequence' ? 'list' : node.kind === 'mapping' ? 'mapping' : 'single value';
}

/** A value as a list: a text is one item, a mapping its `KEY=value` in the order of the keys, one for each item where the value is a list. */
function asList(node: Node): Sequence {
  if (node.kind === 'sequence') return node;
  if (node.kind === 'scalar') return sequenceNode([node], node.origin);
  const items = [...node.entries.values()].flatMap(({ key, value }) => {
    if (isNull(value)) return [stringNode(key, value.origin)];
    const values = value.kind === 'sequence' ? value.items : [value];
    return values.map(one => stringNode(`${key}=${one.kind === 'scalar' ? (goText(one) ?? '<nil>') : ''}`, one.origin));
  });
  return sequenceNode(items.toSorted(byText), node.origin);
}

const byText = (a: Node, b: Node) => Buffer.compare(Buffer.from(textOf(a) ?? ''), Buffer.from(textOf(b) ?? ''));

/** Of the items with one key, the last one, at the place of the first. */
function byKey(list: Sequence): Sequence {
  return keepLast(list, item => textOf(item)?.split('=', 1)[0]);
}

function keepLast(list: Sequence, keyOf: (item: Node, index: number) => string | undefined): Sequence {
  const items: Node[] = [];
  const places = new Map<string, number>();
  for (const [index, item] of list.items.entries()) {
    const key = keyOf(item, index);
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined) items[place] = item;
    else {
      if (key !== undefined) places.set(key, items.length);
      items.push(item);
    }
  }
  return items.length === list.items.length ? list : { ...list, items };
}

/** The document with the lists that name each thing once reduced to its last entry (loader.md §3.3). Items of lists are not looked into. */
export function deduplicate(document: Mapping, report: Report): Mapping {
  const visit = (node: Node, path: Path, tree: AttributeTree | undefined): Node => {
    if (node.kind === 'scalar' || !tree) return node;
    if (node.kind === 'mapping') return visitMapping(node, path, tree);
    const unique = tree.attribute?.unique;
    return unique ? keepLast(node, (item, index) => unique(item, [...path, index], report)) : node;
  };
  const visitMapping = (node: Mapping, path: Path, tree: AttributeTree): Mapping => {
    let entries: Map<string, Entry> | undefined;
    for (const [key, entry] of node.entries) {
      const value = visit(entry.value, [...path, key], below(tree, key));
      if (value === entry.value) continue;
      entries ??= new Map(node.entries);
      entries.set(key, { ...entry, value });
    }
    return entries ? { ...node, entries } : node;
  };
  return visitMapping(document, [], attributesByPath);
}

/** A text that is the same for trees that say the same, as equalNodes has it: a long list is not compared item by item with another. */
function sayingOf(node: Node): string {
  if (node.kind === 'scalar') return `${node.type} ${JSON.stringify(String(node.value))}`;
  if (node.kind === 'sequence') return `[${node.items.map(sayingOf).join()}]`;
  const entries = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}:${sayingOf(value)}`);
  return `{${entries.sort().join()}}`;
}

/** Whether two trees say the same; places, and the order of mappings, do not count. The short and the long form of a thing differ. */
export function equalNodes(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.type === b.type && a.value === b.value;
  if (a.kind === 'sequence') {
    return b.kind === 'sequence' && a.items.length === b.items.length && a.items.every((item, index) => equalNodes(item, b.items[index]!));
  }
  if (b.kind !== 'mapping' || a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([key, { value }]) => {
    const other = b.entries.get(key);
    return other !== undefined && equalNodes(value, other.value);
  });
}
