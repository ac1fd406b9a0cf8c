// `!reset` and `!override` (loader.md §1.2): what a document takes away from what came before it. Runs on each document as it was parsed.
import type { Entry, Mapping, Node } from '../document/node.ts';
import type { Path } from '../document/path.ts';

export interface Tagged {
  /** The document without what `!reset` marks, and without tags. */
  readonly document: Mapping;
  /** Paths to delete from what earlier documents, included files and extended services give. */
  readonly cleared: readonly Path[];
}

/** Finds the tags of a document and takes them out. Inside a list they drop the item of this document and clear nothing. */
export function extractTags(document: Mapping): Tagged {
  const cleared: Path[] = [];
  const visit = (node: Node, path: Path, isListed: boolean): Node | undefined => {
    if (node.tag === '!reset' || node.tag === '!override') {
      if (!isListed) cleared.push(path);
      return node.tag === '!reset' ? undefined : withoutTags(node);
    }
    if (node.kind === 'scalar') return node;
    if (node.kind === 'mapping') return visitMapping(node, path, isListed);
    const items = node.items.map((item, index) => visit(item, [...path, index], true));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items: items.filter(item => item !== undefined) };
  };
  const visitMapping = (node: Mapping, path: Path, isListed: boolean): Mapping => {
    const entries: Entry[] = [];
    let changed = false;
    for (const entry of node.entries.values()) {
      const value = visit(entry.value, [...path, entry.key], isListed);
      if (value !== entry.value) changed = true;
      if (value !== undefined) entries.push(value === entry.value ? entry : { ...entry, value });
    }
    return changed ? { ...node, entries: new Map(entries.map(entry => [entry.key, entry])) } : node;
  };
  return { document: visitMapping(document, [], false), cleared };
}

function withoutTags<T extends Node>(node: T): T {
  if (node.tag === undefined) return node;
  const { tag: _, ...rest } = node;
  return rest as T;
}

/** A tree without the nodes that were cleared. Both paths start at the root of the document. */
export function clearPaths(tree: Mapping, cleared: readonly Path[]): Mapping {
  return cleared.reduce<Mapping>((node, path) => without(node, path) as Mapping, tree);
}

function without(node: Node, path: Path): Node {
  const [key, ...rest] = path;
  if (node.kind !== 'mapping' || typeof key !== 'string') return node;
  const entry = node.entries.get(key);
  if (!entry) return node;
  const entries = new Map(node.entries);
  if (rest.length === 0) entries.delete(key);
  else {
    const value = without(entry.value, rest);
    if (value === entry.value) return node;
    entries.set(key, { ...entry, value });
  }
  return { ...node, entries };
}
