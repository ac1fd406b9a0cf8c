// Takes what was found wrong out of a document, so that later passes see only what they can read. Runs after each pass that checks.
import type { Entry, Mapping, Node } from '../document/node.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';

/**
 * The document without the entries and items at the wrong places: their key, their value, or a part of a single value. A mapping in a list (a
 * port, a mount) is one thing: without one of its entries it would seem to lack something, so it goes whole.
 */
export function withoutWrong(document: Mapping, wrong: readonly Span[]): Mapping {
  if (wrong.length === 0) return document;
  const isWrong = (node: Node) => {
    const span = originSpan(node.origin);
    return span !== undefined && wrong.some(place => isEqual(place, span) || (node.kind === 'scalar' && isInside(place, span)));
  };
  const visit = (node: Node): Node => {
    if (node.kind === 'scalar') return node;
    if (node.kind === 'mapping') return visitMapping(node);
    const items = node.items.map(item => (isWrong(item) ? undefined : visit(item)));
    return { ...node, items: items.filter((item, index) => item !== undefined && sizeOf(item) === sizeOf(node.items[index]!)) as Node[] };
  };
  const visitMapping = (node: Mapping): Mapping => {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) {
      const { keySpan } = entry;
      if (isWrong(entry.value) || (keySpan && wrong.some(place => isEqual(place, keySpan)))) continue;
      entries.set(key, { ...entry, value: visit(entry.value) });
    }
    return { ...node, entries };
  };
  return visitMapping(document);
}

const sizeOf = (node: Node) => (node.kind === 'mapping' ? node.entries.size : 0);
const isEqual = (a: Span, b: Span) => a.start === b.start && a.end === b.end && a.file.path === b.file.path;
const isInside = (a: Span, b: Span) => a.start >= b.start && a.end <= b.end && a.file.path === b.file.path;
