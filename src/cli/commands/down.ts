// fig down: stops and removes what up made
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, text } from '../flags.ts';
import { grace, removeOrphans, timeout } from '../service-flags.ts';

export const down = defineCommand({
  name: 'down',
  usage: '[OPTIONS] [SERVICES]',
  summary: 'Stop and remove containers and networks',
  completes: 'services',
  flags: {
    removeOrphans,
    rmi: text('Also remove images: local (only those without a name of their own) or all'),
    timeout,
    volumes: bool('Also remove volumes: those the files name, and anonymous ones', { short: 'v' }),
  },
  async run({ flags, args, context }) {
    const images = flags.rmi === undefined || flags.rmi === '' ? 'none' : flags.rmi;
    if (images !== 'none' && images !== 'local' && images !== 'all')
      throw new CommandFailure(`invalid value for --rmi: ${JSON.stringify(images)}`);
    const project = await context.selectedProject(args);
    const orphans = flags.removeOrphans || context.isOn('COMPOSE_REMOVE_ORPHANS');
    const intent = {
      kind: 'down',
      services: args,
      volumes: flags.volumes,
      images,
      removeOrphans: orphans,
      ...grace(flags.timeout),
    } as const;
    return context.apply(project, intent, { title: 'down' });
  },
});
