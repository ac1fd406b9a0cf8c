// fig top: the processes in a project's containers
import { printTable } from '../../view/table.ts';
import { defineCommand } from '../command.ts';

export const top = defineCommand({
  name: 'top',
  usage: '[SERVICES...]',
  summary: 'Show the processes in containers',
  completes: 'services',
  flags: {},
  async run({ args, context }) {
    const { name } = await context.select();
    const { listProcesses } = await context.api();
    const found = await listProcesses(await context.engine(), name, args);
    if (found.length === 0) return 0;
    // The command comes last, whatever the engine's ps puts there: it is the one column that may be of any length.
    const titles = [...new Set(found.flatMap(container => container.titles))];
    const ordered = [...titles.filter(title => title !== 'CMD'), ...titles.filter(title => title === 'CMD')];
    const rows = found.flatMap(({ container, titles: own, processes }) =>
      processes.map(process => [
        container.service,
        String(container.number ?? ''),
        ...ordered.map(title => process[own.indexOf(title)] ?? '-'),
      ]),
    );
    context.stdout.write(printTable([['SERVICE', '#', ...ordered], ...rows], { least: 4, padding: 2 }));
    return 0;
  },
});
