// fig pause, fig unpause
import type { Command } from '../command.ts';
import { defineCommand } from '../command.ts';

function pausing(name: 'pause' | 'unpause', summary: string): Command {
  return defineCommand({
    name,
    usage: '[SERVICE...]',
    summary,
    completes: 'services',
    flags: {},
    async run({ args, context }) {
      return context.apply(await context.selectedProject(args), { kind: name, services: args }, { title: name });
    },
  });
}

export const pause = pausing('pause', 'Pause containers');
export const unpause = pausing('unpause', 'Let paused containers go on');
