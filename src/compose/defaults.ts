// Entries that are filled where nobody wrote them, by the rows of the attribute table (loader.md §4.7). Runs once, on the canonical document.
import type { Mapping } from '../document/node.ts';
import { rewriteAttributes } from './attributes/rewrite.ts';

/** The document with implied entries written out; each says by its origin which rule made it. */
export function fillDefaults(document: Mapping): Mapping {
  return rewriteAttributes(document, (node, attribute) =>
    attribute.defaults && node.kind === 'mapping' ? attribute.defaults(node) : node,
  );
}
