// fig restart
import { defineCommand } from '../command.ts';
import { bool } from '../flags.ts';
import { grace, timeout } from '../service-flags.ts';

export const restart = defineCommand({
  name: 'restart',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Restart containers',
  completes: 'services',
  flags: { noDeps: bool('Leave services that depend on them alone'), timeout },
  async run({ flags, args, context }) {
    const project = await context.selectedProject(args, 'whole');
    const intent = { kind: 'restart', services: args, withDependents: !flags.noDeps, ...grace(flags.timeout) } as const;
    return context.apply(project, intent, { title: 'restart' });
  },
});
