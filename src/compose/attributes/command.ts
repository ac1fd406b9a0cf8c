// Attributes of the process in the container: what runs, and as whom.
import type { Attribute } from './attribute.ts';
import { set } from './forms.ts';

const service = 'services.*';

export const commandAttributes: readonly Attribute[] = [
  { at: `${service}.command`, merge: 'replace' },
  { at: `${service}.entrypoint`, merge: 'replace' },
  set(`${service}.profiles`),
  ...['init', 'privileged', 'read_only', 'stdin_open', 'tty'].map((name): Attribute => ({ at: `${service}.${name}`, cast: 'bool' })),
];
