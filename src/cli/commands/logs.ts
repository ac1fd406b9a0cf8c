// fig logs: what containers have said, and say
import { logSink } from '../../view/logs.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, int, text, textOr } from '../flags.ts';

export const logs = defineCommand({
  name: 'logs',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Show what containers say',
  completes: 'services',
  flags: {
    follow: bool('Go on showing', { short: 'f' }),
    index: int('Which replica, where there are several'),
    noColor: bool('No colours'),
    noLogPrefix: bool('No names before the lines'),
    since: text('Only lines from this time on: 2013-01-02T13:23:37Z, or 42m for 42 minutes ago'),
    tail: textOr('all', 'Only so many lines of each container', { short: 'n', shownDefault: '"all"' }),
    timestamps: bool('The time before each line', { short: 't' }),
    until: text('Only lines up to this time'),
  },
  async run({ flags, args, context }) {
    if (flags.index !== undefined && flags.index > 0 && args.length !== 1)
      throw new CommandFailure('--index requires one service to be selected');
    const { name } = await context.select(args);
    const { readLogs } = await context.api();
    const sink = logSink({
      stdout: context.stdout,
      stderr: context.stdout,
      prefix: !flags.noLogPrefix,
      colour: !flags.noColor && context.colours(context.stdout),
    });
    const stopped = new AbortController();
    const stopListening = context.surroundings.onInterrupt(() => stopped.abort());
    const request = {
      services: args,
      follow: flags.follow,
      timestamps: flags.timestamps,
      tail: flags.tail,
      warn: (message: string) => context.stderr.write(`warning: ${message}\n`),
      ...(flags.index ? { index: flags.index } : {}),
      ...(flags.since ? { since: flags.since } : {}),
      ...(flags.until ? { until: flags.until } : {}),
    };
    try {
      await readLogs(await context.engine(), name, request, sink, stopped.signal);
    } finally {
      stopListening();
    }
    return stopped.signal.aborted ? 130 : 0;
  },
});
