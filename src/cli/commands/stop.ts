// fig stop
import { defineCommand } from '../command.ts';
import { grace, timeout } from '../service-flags.ts';

export const stop = defineCommand({
  name: 'stop',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Stop containers',
  completes: 'services',
  flags: { timeout },
  async run({ flags, args, context }) {
    const project = await context.selectedProject(args);
    return context.apply(project, { kind: 'stop', services: args, ...grace(flags.timeout) }, { title: 'stop' });
  },
});
