// fig ls: the projects on the engine
import { printFormatted } from '../../view/format.ts';
import { goJson } from '../../view/template.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure, unknownFormat } from '../context.ts';
import { bool, textOr, texts } from '../flags.ts';

export const ls = defineCommand({
  name: 'ls',
  usage: '[OPTIONS]',
  summary: 'List projects',
  arguments: 'none',
  flags: {
    all: bool('Also projects of which nothing runs', { short: 'a' }),
    filter: texts('name=REGEX: only projects whose name matches', { placeholder: 'filter' }),
    format: textOr('table', 'table or json', { shownDefault: '"table"' }),
    quiet: bool('Only the names', { short: 'q' }),
  },
  async run({ flags, context }) {
    const patterns = flags.filter.map(namePattern);
    const { listProjects } = await context.api();
    const found = await listProjects(await context.engine(), { all: flags.all });
    const projects = found.filter(({ name }) => patterns.every(pattern => pattern.test(name)));
    if (flags.quiet) {
      context.stdout.write(projects.map(({ name }) => `${name}\n`).join(''));
      return 0;
    }
    const rows = projects.map(({ name, states, configFiles }) => ({
      Name: name,
      Status: stateText(states),
      ConfigFiles: configFiles.join(','),
    }));
    if (flags.format === 'json') context.stdout.write(`${goJson(rows)}\n`);
    else if (flags.format === 'table') context.stdout.write(printFormatted(rows, 'table', table));
    else throw unknownFormat(flags.format);
    return 0;
  },
});

const table = {
  least: 20,
  padding: 3,
  headings: {},
  columns: [
    { heading: 'NAME', field: 'Name' },
    { heading: 'STATUS', field: 'Status' },
    { heading: 'CONFIG FILES', field: 'ConfigFiles' },
  ],
};

/** `created(9), running(1)`. */
function stateText(states: Readonly<Record<string, number>>): string {
  return Object.keys(states)
    .sort()
    .map(state => `${state}(${states[state]})`)
    .join(', ');
}

function namePattern(filter: string): RegExp {
  const [key, pattern] = [filter.slice(0, filter.indexOf('=')), filter.slice(filter.indexOf('=') + 1)];
  if (!filter.includes('=')) throw new CommandFailure('arguments to --filter should be in form KEY=VAL');
  if (key !== 'name') throw new CommandFailure(`invalid filter '${key}'`);
  try {
    return new RegExp(pattern);
  } catch (failure) {
    throw new CommandFailure(`invalid filter name=${pattern}: ${(failure as Error).message}`);
  }
}
