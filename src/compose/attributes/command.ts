// Attributes of the process in the container: what runs, as whom, and the hooks around it.
import type { Attribute } from './attribute.ts';
import { pairs, set } from './forms.ts';

const service = 'services.*';
const hooks = ['pre_start', 'post_start', 'pre_stop'];

export const commandAttributes: readonly Attribute[] = [
  { at: `${service}.command`, merge: 'replace' },
  { at: `${service}.entrypoint`, merge: 'replace' },
  set(`${service}.profiles`),
  ...['init', 'privileged', 'read_only', 'stdin_open', 'tty'].map((name): Attribute => ({ at: `${service}.${name}`, cast: 'bool' })),
  ...hooks.map(name => pairs(`${service}.${name}.[].environment`, 'inherited')),
];
