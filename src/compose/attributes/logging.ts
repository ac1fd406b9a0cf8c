// Attributes of where the output of a container goes.
import type { Node } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { textOf } from './forms.ts';

/** Options belong to a driver: with another driver, the later file's settings replace the earlier's. */
function mergeLogging(base: Node, over: Node, general: (base: Node, over: Node) => Node): Node {
  if (base.kind !== 'mapping' || over.kind !== 'mapping') return general(base, over);
  const [before, after] = [base, over].map(node => node.entries.get('driver')?.value);
  return !before || !after || textOf(before) === textOf(after) ? general(base, over) : over;
}

export const loggingAttributes: readonly Attribute[] = [{ at: 'services.*.logging', merge: mergeLogging }];
