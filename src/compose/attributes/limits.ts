// Attributes of what a container may use: processors, memory, processes, capabilities, kernel parameters.
import type { Node } from '../../document/node.ts';
import { formatPath } from '../../document/path.ts';
import { originSpan } from '../../source/origin.ts';
import type { Attribute, CanonicalContext, Cast } from './attribute.ts';
import { pairs, set } from './forms.ts';

const casts: Readonly<Record<string, Cast>> = {
  cpu_count: 'int64',
  cpu_percent: 'float',
  cpu_period: 'int64',
  cpu_quota: 'int64',
  cpu_rt_period: 'int64',
  cpu_rt_runtime: 'int64',
  cpu_shares: 'int64',
  cpus: 'float32',
  oom_kill_disable: 'bool',
  oom_score_adj: 'int64',
  pids_limit: 'int64',
  'ulimits.*.soft': 'int',
  'ulimits.*.hard': 'int',
};

/** The reference drops a size that is a fraction without a word. */
function size(node: Node, { path, report }: CanonicalContext): Node {
  if (node.kind === 'scalar' && node.type === 'float') {
    report.add('value.suspicious', {
      message: `${formatPath(path)}: ${node.text} is not a whole number of bytes, and has no effect`,
      span: originSpan(node.origin),
      hint: 'Write whole bytes, or a text with a unit, as "1.5g".',
    });
  }
  return node;
}

/** Limits go by name. Said here too, for `config --variables`, which leaves validation out and still refuses this. */
function byName(node: Node, { path, report }: CanonicalContext): Node | undefined {
  if (node.kind !== 'sequence') return node;
  const message = `${formatPath(path)}: must be a mapping, not a list`;
  report.add('schema.type', { message, span: originSpan(node.origin), hint: 'Write "NAME: LIMIT".' });
  return undefined;
}

const sizes = ['mem_limit', 'memswap_limit', 'shm_size'];

export const limitAttributes: readonly Attribute[] = [
  ...Object.entries(casts).map(([name, cast]): Attribute => ({ at: `services.*.${name}`, cast })),
  { at: 'services.*.ulimits', canonical: byName },
  {
    at: 'services.*.ulimits.*',
    cast: 'int',
    merge: (base, over, general) => (base.kind === 'mapping' && over.kind === 'mapping' ? general(base, over) : over),
  },
  ...sizes.map((name): Attribute => ({ at: `services.*.${name}`, canonical: size })),
  pairs('services.*.sysctls', 'empty'),
  set('services.*.cap_add'),
  set('services.*.cap_drop'),
];
