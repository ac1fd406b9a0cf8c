// Short forms → long forms, by the rows of the attribute table. Runs on the merged document, after validation; running twice changes nothing.
import type { Report } from '../diagnostics/report.ts';
import type { Mapping } from '../document/node.ts';
import type { CanonicalContext } from './attributes/attribute.ts';
import { rewriteAttributes } from './attributes/rewrite.ts';

export interface CanonicalOptions {
  readonly report: Report;
  /** `config --no-interpolate`: what cannot be read because of a `$` stays short, and texts that are decoded later stay texts. */
  readonly uninterpolated: boolean;
}

/**
 * The document in canonical form (loader.md §4; interop.md §3.4). A value that breaks the grammar of its attribute is reported and taken out; a
 * value of a type that the attribute does not take is left to validation.
 */
export function canonicalise(document: Mapping, { report, uninterpolated }: CanonicalOptions): Mapping {
  return rewriteAttributes(document, (node, attribute, path) => {
    if (!attribute.canonical) return node;
    const context: CanonicalContext = { report, uninterpolated, document, path };
    return attribute.canonical(node, context);
  });
}
