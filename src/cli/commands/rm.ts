// fig rm: removes containers that do not run, after asking
import { defineCommand } from '../command.ts';
import { bool } from '../flags.ts';

export const rm = defineCommand({
  name: 'rm',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Remove stopped containers',
  description: 'Anonymous volumes stay, unless -v is given. What a container wrote outside of volumes is lost.',
  completes: 'services',
  flags: {
    all: bool('Has no effect any more', { short: 'a', hidden: true }),
    force: bool('Do not ask', { short: 'f' }),
    stop: bool('Stop the containers first where they run', { short: 's' }),
    volumes: bool('Also remove their anonymous volumes', { short: 'v' }),
  },
  async run({ flags, args, context }) {
    const project = await context.selectedProject(args);
    const { listContainers } = await context.api();
    const all = await listContainers(await context.engine(), project.name, { services: args, all: true });
    const going = all.filter(({ state }) => flags.stop || state === 'exited' || state === 'created' || state === 'dead');
    if (going.length === 0) {
      context.stderr.write('No stopped containers\n');
      return 0;
    }
    const question = `Going to remove ${going.map(({ name }) => name).join(', ')}`;
    if (flags.force) context.stdout.write(`${question}\n`);
    else if (!(await context.confirm(question))) return 0;
    const intent = { kind: 'rm', services: args, stop: flags.stop, volumes: flags.volumes } as const;
    return context.apply(project, intent, { title: 'rm' });
  },
});
