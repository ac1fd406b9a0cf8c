// Attributes of `deploy`, and `scale`, which says the same as its replicas.
import type { Attribute, Cast } from './attribute.ts';
import { pairs } from './forms.ts';

const casts: Readonly<Record<string, Cast>> = {
  replicas: 'int',
  'update_config.parallelism': 'int',
  'update_config.max_failure_ratio': 'float',
  'rollback_config.parallelism': 'int',
  'rollback_config.max_failure_ratio': 'float',
  'restart_policy.max_attempts': 'int',
  'placement.max_replicas_per_node': 'int',
};

export const deployAttributes: readonly Attribute[] = [
  { at: 'services.*.scale', cast: 'int' },
  pairs('services.*.deploy.labels', 'empty'),
  ...Object.entries(casts).map(([name, cast]): Attribute => ({ at: `services.*.deploy.${name}`, cast })),
];
