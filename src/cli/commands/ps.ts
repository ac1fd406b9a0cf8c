// fig ps: the containers of a project
import { containerRow, containerTable } from '../../view/containers.ts';
import { printFormatted } from '../../view/format.ts';
import { TemplateFailure } from '../../view/template.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, text, texts } from '../flags.ts';

export const ps = defineCommand({
  name: 'ps',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'List containers',
  completes: 'services',
  flags: {
    all: bool('Also those that do not run, and those that run made', { short: 'a' }),
    filter: text('status=STATE: only containers in this state'),
    format: text("'table', 'json', or a template as {{.Name}}; 'table TEMPLATE' adds headings"),
    noTrunc: bool('Cut nothing short'),
    orphans: bool('Also containers of services that the files do not define', { fallback: true }),
    quiet: bool('Only the ids', { short: 'q' }),
    services: bool('Only the names of the services'),
    status: texts('Only containers in this state: paused, restarting, removing, running, dead, created or exited'),
  },
  async run({ flags, args, context }) {
    const states = [...flags.status, ...stateFilter(flags.filter)];
    const { name, project } = await context.select(args);
    const { listContainers } = await context.api();
    const all = flags.all || states.length > 0;
    const services = args.length === 0 && !flags.orphans && project ? Object.keys(project.services) : args;
    const found = await listContainers(await context.engine(), name, { services, all, oneOffs: all ? 'include' : 'exclude' });
    const containers = found.filter(({ state }) => states.length === 0 || states.includes(state));
    if (flags.quiet) context.stdout.write(containers.map(({ id }) => `${id}\n`).join(''));
    else if (flags.services) context.stdout.write(`${[...new Set(containers.map(({ service }) => service))].join('\n')}\n`);
    else {
      const format = flags.format ?? (await context.dockerSetting('psFormat')) ?? 'table';
      const rows = containers.map(container => containerRow(container, { truncate: !flags.noTrunc, now: context.surroundings.now() }));
      context.stdout.write(formatted(() => printFormatted(rows, format, containerTable)));
    }
    return 0;
  },
});

function stateFilter(filter: string | undefined): readonly string[] {
  if (!filter) return [];
  const equals = filter.indexOf('=');
  if (equals === -1) throw new CommandFailure('arguments to --filter should be in form KEY=VAL');
  if (filter.slice(0, equals) !== 'status') throw new CommandFailure(`unknown filter ${filter.slice(0, equals)}`);
  return [filter.slice(equals + 1)];
}

/** A template that makes no sense ends the command with its sentence. */
function formatted(print: () => string): string {
  try {
    return print();
  } catch (failure) {
    if (failure instanceof TemplateFailure) throw new CommandFailure(failure.message);
    throw failure;
  }
}
