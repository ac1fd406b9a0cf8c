// Attributes that tie a service to others: what it waits for, links to, and which models it uses.
import { boolNode, child, mappingNode, type Node, stringNode } from '../../document/node.ts';
import type { Attribute } from './attribute.ts';
import { mapValues, mergeByName, namesToMapping, set, textOf, toMapping } from './forms.ts';

const dependencies = 'services.*.depends_on';

const condition = stringNode('service_started', { how: 'defaulted', rule: 'depends_on.condition' });
const required = boolNode(true, { how: 'defaulted', rule: 'depends_on.required' });

/** A list becomes a mapping to what a name alone means. */
function byName(node: Node): Node {
  const started = (item: Node): Node =>
    mappingNode(
      [
        ['condition', condition],
        ['required', required],
      ],
      item.origin,
    );
  return node.kind === 'sequence' ? toMapping(node, started) : node;
}

function toDependencies(node: Node): Node {
  const named = byName(node);
  return named.kind === 'mapping' ? mapValues(named, withDefaults) : named;
}

function withDefaults(node: Node): Node {
  if (node.kind !== 'mapping' || (node.entries.has('condition') && node.entries.has('required'))) return node;
  const entries = new Map(node.entries);
  if (!entries.has('condition')) entries.set('condition', { key: 'condition', value: condition });
  if (!entries.has('required')) entries.set('required', { key: 'required', value: required });
  return { ...node, entries };
}

/** Whether a list holds anything. */
export function isFull(node: Node): boolean {
  return node.kind === 'sequence' && node.items.length > 0;
}

export const dependencyAttributes: readonly Attribute[] = [
  { at: dependencies, merge: mergeByName(byName), canonical: toDependencies },
  { at: `${dependencies}.*.required`, cast: 'bool' },
  { at: `${dependencies}.*.restart`, cast: 'bool' },
  // Read by compose/extends.ts, for a service of an extended file that itself extends another.
  { at: 'services.*.extends.file', hostPath: 'context' },
  // Old files; read by compose/extends.ts too.
  { at: 'services.*.extends', old: { marksService: node => textOf(node) !== undefined || textOf(child(node, 'service')) !== undefined } },
  { ...set('services.*.links'), old: { bindsService: isFull } },
  {
    at: 'services.*.models',
    merge: mergeByName(namesToMapping),
    canonical: namesToMapping,
  },
];

/** The part after `service:`, where a text names a service that way. */
export function sharedService(node: Node | undefined): string | undefined {
  const text = textOf(node);
  return text?.startsWith('service:') ? text.slice('service:'.length) : undefined;
}
