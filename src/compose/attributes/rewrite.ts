// Walks a document alongside the attribute tree: what canonical.ts, defaults.ts and paths.ts have in common.
import type { Entry, Mapping, Node } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { type AttributeTree, attributesByPath, below } from './table.ts';

/**
 * What a pass makes of a node that has a row; undefined takes the node out of its parent. `path` is the pass's own while it runs: copy it to
 * keep it.
 */
export type Change = (node: Node, attribute: Attribute, path: readonly (string | number)[]) => Node | undefined;

/** The document with every node that has a row changed, parents before children. Branches without rows are not visited. */
export function rewriteAttributes(document: Mapping, change: Change): Mapping {
  const path: (string | number)[] = [];
  const visit = (node: Node, tree: AttributeTree, part: string | number): Node | undefined => {
    path.push(part);
    const made = tree.attribute ? change(node, tree.attribute, path) : node;
    const result = made && children(made, tree);
    path.pop();
    return result;
  };
  const children = (node: Node, tree: AttributeTree): Node => {
    if (node.kind === 'mapping') return tree.anyKey || tree.keys.size > 0 ? mapping(node, tree) : node;
    if (node.kind === 'scalar' || !tree.anyItem) return node;
    const item = tree.anyItem;
    const items = node.items.flatMap((one, index) => visit(one, item, index) ?? []);
    return items.length === node.items.length && items.every((one, index) => one === node.items[index]) ? node : { ...node, items };
  };
  const mapping = (node: Mapping, tree: AttributeTree): Mapping => {
    let entries: Map<string, Entry> | undefined;
    for (const [key, entry] of node.entries) {
      const next = below(tree, key);
      const value = next ? visit(entry.value, next, key) : entry.value;
      if (value === entry.value) continue;
      entries ??= new Map(node.entries);
      if (value) entries.set(key, { ...entry, value });
      else entries.delete(key);
    }
    return entries ? { ...node, entries } : node;
  };
  return mapping(document, attributesByPath);
}
