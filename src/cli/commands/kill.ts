// fig kill
import { defineCommand } from '../command.ts';
import { textOr } from '../flags.ts';
import { removeOrphans } from '../service-flags.ts';

export const kill = defineCommand({
  name: 'kill',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'End containers at once, or send them a signal',
  completes: 'services',
  flags: {
    removeOrphans,
    signal: textOr('SIGKILL', 'The signal to send', { short: 's', shownDefault: '"SIGKILL"' }),
  },
  async run({ flags, args, context }) {
    const project = await context.selectedProject(args);
    const orphans = flags.removeOrphans || context.isOn('COMPOSE_REMOVE_ORPHANS');
    return context.apply(project, { kind: 'kill', services: args, signal: flags.signal, removeOrphans: orphans }, { title: 'kill' });
  },
});
