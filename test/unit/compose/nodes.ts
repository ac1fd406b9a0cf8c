// For tests: YAML text to a document, and back to plain values.
import { createReport } from '../../../src/diagnostics/report.ts';
import type { Mapping, Node } from '../../../src/document/node.ts';
import { parseDocuments } from '../../../src/document/parse.ts';

/** The first document of a text, which must be right. */
export async function mapping(text: string, path = '/p/compose.yaml'): Promise<Mapping> {
  const report = createReport();
  const [document] = await parseDocuments({ path, text }, report);
  if (document?.kind !== 'mapping' || report.failed)
    throw new Error(`not a mapping: ${JSON.stringify(report.all().map(one => one.message))}`);
  return document;
}

/** A tree without its places. */
export function plain(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}
