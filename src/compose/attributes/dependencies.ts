// Attributes that tie a service to others: what it waits for, links to, and which models it uses.
import { boolNode, mappingNode, type Node, stringNode } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { mapValues, namesToMapping, set, textOf, toMapping } from './forms.ts';

const dependencies = 'services.*.depends_on';

const condition = stringNode('service_started', { how: 'defaulted', rule: 'depends_on.condition' });
const required = boolNode(true, { how: 'defaulted', rule: 'depends_on.required' });

/** A list becomes a mapping to what a name alone means. A lone text is taken when files are merged, and refused by the schema. */
function toDependencies(node: Node): Node {
  const started = (item: Node): Node =>
    mappingNode(
      [
        ['condition', condition],
        ['required', required],
      ],
      item.origin,
    );
  if (node.kind === 'sequence') return toMapping(node, started);
  return node.kind === 'mapping' ? mapValues(node, withDefaults) : node;
}

function withDefaults(node: Node): Node {
  if (node.kind !== 'mapping' || (node.entries.has('condition') && node.entries.has('required'))) return node;
  const entries = new Map(node.entries);
  if (!entries.has('condition')) entries.set('condition', { key: 'condition', value: condition });
  if (!entries.has('required')) entries.set('required', { key: 'required', value: required });
  return { ...node, entries };
}

export const dependencyAttributes: readonly Attribute[] = [
  { at: dependencies, merge: (base, over, general) => general(toDependencies(base), toDependencies(over)), canonical: toDependencies },
  { at: `${dependencies}.*.required`, cast: 'bool' },
  { at: `${dependencies}.*.restart`, cast: 'bool' },
  // Read by compose/extends.ts, for a service of an extended file that itself extends another.
  { at: 'services.*.extends.file', hostPath: 'context' },
  set('services.*.links'),
  {
    at: 'services.*.models',
    merge: (base, over, general) => general(namesToMapping(base), namesToMapping(over)),
    canonical: namesToMapping,
  },
];

/** The part after `service:`, where a text names a service that way. */
export function sharedService(node: Node | undefined): string | undefined {
  const text = textOf(node);
  return text?.startsWith('service:') ? text.slice('service:'.length) : undefined;
}
