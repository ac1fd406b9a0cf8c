// fig run SERVICE: a command in a new container
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, optionalBool, text, texts } from '../flags.ts';
import { removeOrphans } from '../service-flags.ts';

export const run = defineCommand({
  name: 'run',
  usage: '[OPTIONS] SERVICE [COMMAND] [ARGS...]',
  summary: 'Run a command in a new container of a service',
  arguments: { least: 1 },
  interspersed: false,
  completes: 'services',
  flags: {
    build: bool('Build the image first'),
    capAdd: texts('Add a capability', { placeholder: 'list' }),
    capDrop: texts('Take a capability away', { placeholder: 'list' }),
    detach: bool('Print the id and do not wait', { short: 'd' }),
    entrypoint: text("Replace the image's entry point"),
    env: texts('NAME=VALUE: set a variable', { short: 'e' }),
    envFromFile: texts('Set the variables that a file gives'),
    interactive: bool('Pass input on', { short: 'i', fallback: true }),
    label: texts('Add a label, or replace one', { short: 'l' }),
    name: text('Name the container'),
    noDeps: bool('Leave the services that it depends on alone'),
    noTty: optionalBool('Give it no terminal (default: where there is one)', { short: 'T' }),
    publish: texts('Publish a port', { short: 'p' }),
    pull: text('When to pull the image: always, missing or never', { shownDefault: '"policy"' }),
    quiet: bool('Show no progress', { short: 'q' }),
    quietBuild: bool('Show no progress of builds'),
    quietPull: bool('Show no progress of pulls'),
    removeOrphans,
    rm: bool('Remove the container once it ended'),
    servicePorts: bool("Publish the service's ports", { short: 'P' }),
    tty: optionalBool('Give it a terminal', { short: 't', hidden: true }),
    useAliases: bool("Answer to the service's names on its networks"),
    user: text('Run as this user', { short: 'u' }),
    volume: texts('Mount a volume or a folder', { short: 'v' }),
    workdir: text('Run in this folder', { short: 'w' }),
  },
  async run({ flags, given, args, context }) {
    if (flags.publish.length > 0 && flags.servicePorts) throw new CommandFailure('--service-ports and --publish are incompatible');
    if (given.has('tty') && given.has('noTty')) throw new CommandFailure("--tty and --no-tty can't be used together");
    const [service = '', ...command] = args;
    const { project } = await context.load({ services: [service] });
    const api = await context.api();
    const entrypoint = flags.entrypoint === undefined ? undefined : api.splitCommand(flags.entrypoint)?.words;
    if (flags.entrypoint !== undefined && !entrypoint) throw new CommandFailure(`invalid --entrypoint ${JSON.stringify(flags.entrypoint)}`);
    const { workingDirectory, home, terminal } = context.surroundings;
    const forms = await api.readShortForms({ ports: flags.publish, volumes: flags.volume }, { directory: workingDirectory, home });
    const fromFiles = await context.variablesOf(flags.envFromFile);
    const request = {
      service,
      command,
      detach: flags.detach,
      environment: [...fromFiles, ...flags.env.map(entry => context.withValue(entry))],
      labels: flags.label,
      remove: flags.rm,
      tty: flags.tty ?? (flags.noTty === undefined ? terminal.isTerminal : !flags.noTty),
      interactive: flags.interactive,
      capAdd: flags.capAdd,
      capDrop: flags.capDrop,
      volumes: forms.volumes,
      publish: forms.ports,
      servicePorts: flags.servicePorts,
      useAliases: flags.useAliases,
      withDependencies: !flags.noDeps,
      build: flags.build ? ('always' as const) : ('when-needed' as const),
      removeOrphans: flags.removeOrphans,
      ignoreOrphans: context.isOn('COMPOSE_IGNORE_ORPHANS'),
      ...(flags.name ? { name: flags.name } : {}),
      ...(flags.user ? { user: flags.user } : {}),
      ...(flags.workdir ? { workingDirectory: flags.workdir } : {}),
      ...(entrypoint ? { entrypoint } : {}),
      ...(flags.pull && flags.pull !== 'policy' ? { pull: flags.pull } : {}),
    };
    const options = { title: 'run', quiet: { pull: flags.quietPull, build: flags.quietBuild }, silent: flags.quiet };
    const started = api.runOneOff(project, request, await context.engine(), await context.applyOptions(options), terminal);
    const stopListening = context.surroundings.onSignal(signal => started.interrupt(signal));
    const outcome = await context.perform(started, options).finally(stopListening);
    if (flags.detach && outcome.containerId !== undefined) context.stdout.write(`${outcome.containerId}\n`);
    return outcome.exitCode;
  },
});
