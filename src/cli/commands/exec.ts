// fig exec SERVICE COMMAND
import { defineCommand } from '../command.ts';
import { bool, int, optionalBool, text, texts } from '../flags.ts';

export const exec = defineCommand({
  name: 'exec',
  usage: '[OPTIONS] SERVICE COMMAND [ARGS...]',
  summary: 'Run a command in a running container',
  arguments: { least: 2 },
  interspersed: false,
  completes: 'services',
  flags: {
    detach: bool('Do not wait for it to end', { short: 'd' }),
    env: texts('NAME=VALUE: set a variable', { short: 'e' }),
    index: int('Which replica, where there are several'),
    interactive: bool('Pass input on', { short: 'i', hidden: true, fallback: true }),
    noTty: optionalBool('Give it no terminal (default: where there is one)', { short: 'T' }),
    privileged: bool('Give it all rights'),
    tty: optionalBool('Give it a terminal', { short: 't', hidden: true }),
    user: text('Run it as this user', { short: 'u' }),
    workdir: text('Run it in this folder', { short: 'w' }),
  },
  async run({ flags, args, context }) {
    const [service = '', ...command] = args;
    const { name } = await context.select();
    const { execInService } = await context.api();
    const { terminal } = context.surroundings;
    const request = {
      service,
      command,
      detach: flags.detach,
      environment: flags.env.map(entry => context.withValue(entry)),
      privileged: flags.privileged,
      tty: flags.noTty === undefined ? terminal.isTerminal : !flags.noTty,
      interactive: flags.interactive,
      dryRun: context.dryRun,
      ...(flags.index ? { index: flags.index } : {}),
      ...(flags.user ? { user: flags.user } : {}),
      ...(flags.workdir ? { workingDirectory: flags.workdir } : {}),
    };
    return execInService(await context.engine(), name, request, terminal);
  },
});
