// Attributes of networks: those of the project, those a service joins, and the names it resolves.
import { type Mapping, mappingNode, type Node, stringNode, withEntry, withoutEntry } from '../../document/node.ts';
import type { Attribute, OldContext } from './attribute.ts';
import { externalResource } from './external.ts';
import { mapItems, mergeByName, namesToMapping, pairs, set, textOf, texts, textToList } from './forms.ts';

/** A row of entries for /etc/hosts. */
export function hosts(at: string): Attribute {
  return { at, merge: 'list' };
}

/** Empty name servers count as none. */
function toServers(node: Node): Node {
  const list = textToList(node);
  return list.kind === 'sequence' ? mapItems(list, item => (textOf(item) === '' || isNull(item) ? undefined : item)) : list;
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

/**
 * Pools of both sides, matched by subnet as the reference does it, step by step: an earlier pool stays where a later one has its subnet, or is
 * brought together with one that is there already; else the later ones take its place. An empty side changes nothing.
 */
function mergePools(base: Node, over: Node, general: (base: Node, over: Node) => Node): Node {
  if (base.kind !== 'sequence' || over.kind !== 'sequence') return general(base, over);
  if (base.items.length === 0 || over.items.length === 0) return base.items.length === 0 ? over : base;
  const kept: { pool: Node }[] = [];
  const find = (pool: Node): number => kept.findIndex(one => subnetOf(one.pool) === subnetOf(pool));
  for (const earlier of base.items) {
    const grown = { pool: earlier };
    for (const pool of over.items) {
      if (subnetOf(pool) !== subnetOf(grown.pool) && find(pool) === -1) kept.push({ pool });
      else {
        // The pool may be among the kept ones already, and change its subnet there.
        grown.pool = mergePool(grown.pool, pool);
        const index = find(grown.pool);
        kept.splice(index === -1 ? kept.length : index, 1, grown);
      }
    }
  }
  return { ...base, items: kept.map(({ pool }) => pool) };
}

function subnetOf(pool: Node): string | undefined {
  return pool.kind === 'mapping' ? textOf(pool.entries.get('subnet')?.value) : undefined;
}

function mergePool(base: Node, over: Node): Node {
  return base.kind === 'mapping' && over.kind === 'mapping'
    ? mappingNode([...base.entries.values(), ...over.entries.values()], base.origin)
    : over;
}

/** Old files: the network of the engine, of a service, or of another container. */
function toNetworkMode(service: Mapping, { services }: OldContext): Mapping {
  const net = service.entries.get('net')!;
  const [, name] = /^container:(.*)$/s.exec(textOf(net.value) ?? '') ?? [];
  const mode = name !== undefined && services.has(name) ? stringNode(`service:${name}`, net.value.origin) : net.value;
  return withEntry(withoutEntry(service, 'net'), 'network_mode', mode, net.keySpan);
}

export const networkAttributes: readonly Attribute[] = [
  { at: 'services.*.net', old: { convert: toNetworkMode } },
  { at: 'services.*.network_mode', old: { bindsService: node => /^(?:container|service):/.test(textOf(node) ?? '') } },
  {
    at: 'services.*.networks',
    merge: mergeByName(namesToMapping),
    canonical: namesToMapping,
  },
  set('services.*.networks.*.aliases'),
  set('services.*.networks.*.link_local_ips'),
  { ...texts('services.*.dns'), canonical: toServers },
  texts('services.*.dns_opt'),
  texts('services.*.dns_search'),
  hosts('services.*.extra_hosts'),
  { at: 'networks.*', canonical: externalResource },
  ...['external', 'internal', 'attachable', 'enable_ipv4', 'enable_ipv6'].map(
    (name): Attribute => ({ at: `networks.*.${name}`, cast: 'bool' }),
  ),
  { at: 'networks.*.ipam.config', merge: mergePools },
  pairs('networks.*.labels', 'empty'),
];
