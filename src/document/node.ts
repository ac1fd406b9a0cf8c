// Node: a file as a tree of located values. Passes of the loader turn trees into trees; no node is ever changed.
import type { Origin } from '../source/origin.ts';
import type { Span } from '../source/span.ts';

interface Located {
  readonly origin: Origin;
  /** An explicit YAML tag such as `!reset`, kept until compose/tags.ts has acted on it. */
  readonly tag?: string;
}

/**
 * A leaf, typed as the reference's YAML reader types it (loader.md §1.1): `010` is the int 8, `yes` a string, a date a timestamp.
 * `value` holds: string → string; int → number, or bigint beyond 2^53; float → number; bool → boolean; null → null; timestamp → its RFC 3339 text.
 */
export type Scalar = Located & {
  readonly kind: 'scalar';
  /** The text as written, without quotes; what a node made by a pass shows in messages. */
  readonly text: string;
} & (
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'int'; readonly value: number | bigint }
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'null'; readonly value: null }
    | { readonly type: 'timestamp'; readonly value: string }
  );

/** An entry of a mapping; `keySpan` is the place of the key, undefined where a pass made the entry. */
export interface Entry {
  readonly key: string;
  readonly keySpan?: Span | undefined;
  readonly value: Node;
}

/** Entries by key, in the order written. A Map, since objects would move keys that look like numbers to the front. */
export type Mapping = Located & { readonly kind: 'mapping'; readonly entries: ReadonlyMap<string, Entry> };

/** A list. `isNil`: a pass of the reference left nothing in it, which is `[]` in YAML and `null` in JSON. */
export type Sequence = Located & { readonly kind: 'sequence'; readonly items: readonly Node[]; readonly isNil?: true };

export type Node = Mapping | Sequence | Scalar;

/** The value under a key, where `node` is a mapping that has it. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

/** A string leaf. */
export function stringNode(value: string, origin: Origin): Scalar {
  return { kind: 'scalar', type: 'string', value, text: value, origin };
}

/** An integer leaf. */
export function intNode(value: number | bigint, origin: Origin): Scalar {
  return { kind: 'scalar', type: 'int', value, text: String(value), origin };
}

/** A floating-point leaf. */
export function floatNode(value: number, origin: Origin): Scalar {
  return { kind: 'scalar', type: 'float', value, text: String(value), origin };
}

/** A boolean leaf. */
export function boolNode(value: boolean, origin: Origin): Scalar {
  return { kind: 'scalar', type: 'bool', value, text: String(value), origin };
}

/** A null leaf. */
export function nullNode(origin: Origin): Scalar {
  return { kind: 'scalar', type: 'null', value: null, text: '', origin };
}

/** A sequence. */
export function sequenceNode(items: readonly Node[], origin: Origin): Sequence {
  return { kind: 'sequence', items, origin };
}

/** A mapping from pairs or entries; a later pair of the same key wins and keeps the first one's position. */
export function mappingNode(entries: Iterable<Entry | readonly [string, Node]>, origin: Origin): Mapping {
  const map = new Map<string, Entry>();
  for (const entry of entries) {
    const made: Entry = 'key' in entry ? entry : { key: entry[0], value: entry[1] };
    map.set(made.key, made);
  }
  return { kind: 'mapping', entries: map, origin };
}

/** The mapping with one key set (added last where it is new). */
export function withEntry(node: Mapping, key: string, value: Node, keySpan?: Span): Mapping {
  const entries = new Map(node.entries);
  entries.set(key, { key, value, keySpan: keySpan ?? node.entries.get(key)?.keySpan });
  return { ...node, entries };
}

/** The mapping without a key. */
export function withoutEntry(node: Mapping, key: string): Mapping {
  if (!node.entries.has(key)) return node;
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}
