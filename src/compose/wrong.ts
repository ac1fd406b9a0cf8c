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
  const places = new Places(wrong);
  const isWrong = (node: Node) => {
    const span = originSpan(node.origin);
    return span !== undefined && (node.kind === 'scalar' ? places.isInside(span) : places.has(span));
  };
  const visit = (node: Node): Node => {
    if (node.kind === 'scalar') return node;
    if (node.kind === 'mapping') return visitMapping(node);
    const items = node.items.flatMap(item => {
      if (isWrong(item)) return [];
      const left = visit(item);
      return sizeOf(left) === sizeOf(item) ? [left] : [];
    });
    return { ...node, items };
  };
  const visitMapping = (node: Mapping): Mapping => {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of node.entries) {
      if (isWrong(entry.value) || (entry.keySpan && places.has(entry.keySpan))) continue;
      entries.set(key, { ...entry, value: visit(entry.value) });
    }
    return { ...node, entries };
  };
  return visitMapping(document);
}

const sizeOf = (node: Node) => (node.kind === 'mapping' ? node.entries.size : 0);

/** Wrong places, by file and in the order of their starts: a document may have thousands of nodes and of mistakes. */
class Places {
  private readonly byFile = new Map<string, Span[]>();

  constructor(wrong: readonly Span[]) {
    for (const span of wrong) {
      const known = this.byFile.get(span.file.path);
      if (known) known.push(span);
      else this.byFile.set(span.file.path, [span]);
    }
    for (const spans of this.byFile.values()) spans.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  /** Whether this very place is wrong. */
  has(span: Span): boolean {
    const { spans, from } = this.from(span);
    for (let i = from; spans[i]?.start === span.start; i++) if (spans[i]!.end === span.end) return true;
    return false;
  }

  /** Whether a place inside of this one is wrong, or this very one. */
  isInside(span: Span): boolean {
    const { spans, from } = this.from(span);
    for (let i = from; i < spans.length && spans[i]!.start <= span.end; i++) if (spans[i]!.end <= span.end) return true;
    return false;
  }

  /** The wrong places of a span's file, and which is the first that starts with it or after its start. */
  private from({ file, start }: Span): { readonly spans: readonly Span[]; readonly from: number } {
    const spans = this.byFile.get(file.path) ?? [];
    return { spans, from: lowerBound(spans, start) };
  }
}

/** The index of the first span that starts at `start` or later. */
function lowerBound(spans: readonly Span[], start: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.start < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
