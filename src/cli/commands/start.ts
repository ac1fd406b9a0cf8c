// fig start
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, int } from '../flags.ts';
import { waiting } from '../service-flags.ts';

export const start = defineCommand({
  name: 'start',
  usage: '[SERVICE...]',
  summary: 'Start containers that are there',
  completes: 'services',
  flags: {
    wait: bool('Wait until services run, or are healthy'),
    waitTimeout: int('Seconds to wait at most'),
  },
  async run({ flags, args, context }) {
    const project = await context.selectedProject(args);
    if (Object.keys(project.services).length === 0) throw new CommandFailure(`no container found for project "${project.name}": not found`);
    const intent = { kind: 'start', services: args, wait: flags.wait, ...waiting(flags.waitTimeout) } as const;
    return context.apply(project, intent, { title: 'start' });
  },
});
