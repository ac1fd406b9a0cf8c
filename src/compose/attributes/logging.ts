// Attributes of where the output of a container goes.
import { child, type Mapping, mappingNode, type Node, withEntry, withoutEntry } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { textOf } from './forms.ts';

/** Options belong to a driver: with another driver, the later file's settings replace the earlier's. */
function mergeLogging(base: Node, over: Node, general: (base: Node, over: Node) => Node): Node {
  if (base.kind !== 'mapping' || over.kind !== 'mapping') return general(base, over);
  const [before, after] = [base, over].map(node => node.entries.get('driver')?.value);
  return !before || !after || textOf(before) === textOf(after) ? general(base, over) : over;
}

/** Old files had each setting of the log beside the others of the service. */
function loggingFrom(old: string, key: string): Attribute {
  const convert = (service: Mapping): Mapping => {
    const setting = service.entries.get(old)!;
    const logging = child(service, 'logging') ?? mappingNode([], setting.value.origin);
    const made = logging.kind === 'mapping' ? withEntry(logging, key, setting.value, setting.keySpan) : logging;
    return withEntry(withoutEntry(service, old), 'logging', made, setting.keySpan);
  };
  return { at: `services.*.${old}`, old: { convert } };
}

export const loggingAttributes: readonly Attribute[] = [
  loggingFrom('log_driver', 'driver'),
  loggingFrom('log_opt', 'options'),
  { at: 'services.*.logging', merge: mergeLogging },
];
