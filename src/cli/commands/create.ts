// fig create: makes containers and starts none
import { defineCommand } from '../command.ts';
import { checkCreation, creationFlags, creationIntent, scaledBy } from '../service-flags.ts';

export const create = defineCommand({
  name: 'create',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Create containers without starting them',
  completes: 'services',
  flags: creationFlags,
  async run({ flags, args, context }) {
    checkCreation(flags);
    const project = scaledBy(await context.project(args), flags.scale);
    const intent = { ...creationIntent(flags, args, context), start: false, wait: false } as const;
    return context.apply(project, intent, { title: 'create', yes: flags.yes, quiet: { pull: flags.quietPull } });
  },
});
