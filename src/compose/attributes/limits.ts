// Attributes of what a container may use: processors, memory, processes, capabilities, kernel parameters.
import type { Attribute, Cast } from './attribute.ts';
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

export const limitAttributes: readonly Attribute[] = [
  ...Object.entries(casts).map(([name, cast]): Attribute => ({ at: `services.*.${name}`, cast })),
  {
    at: 'services.*.ulimits.*',
    cast: 'int',
    merge: (base, over, general) => (base.kind === 'mapping' && over.kind === 'mapping' ? general(base, over) : over),
  },
  pairs('services.*.sysctls', 'empty'),
  set('services.*.cap_add'),
  set('services.*.cap_drop'),
];
