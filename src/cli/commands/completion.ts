// fig completion SHELL, and the hidden command that its scripts call
import { defineCommand } from '../command.ts';
import { candidates, completionScript, type Shell } from '../completion.ts';
import { CommandFailure } from '../context.ts';

export const completion = defineCommand({
  name: 'completion',
  usage: 'bash|zsh|fish',
  summary: 'Print the completion script for a shell',
  description: 'For bash: source <(fig completion bash). For zsh: the same, after compinit. For fish: fig completion fish | source.',
  arguments: { least: 1 },
  flags: {},
  async run({ args, context }) {
    const [shell = ''] = args;
    if (!['bash', 'zsh', 'fish'].includes(shell))
      throw new CommandFailure(`no completion for shell "${shell}": there is bash, zsh and fish`);
    context.stdout.write(completionScript(shell as Shell));
    return 0;
  },
});

export const complete = defineCommand({
  name: '__complete',
  summary: 'Answer a shell that completes',
  interspersed: false,
  flags: {},
  async run({ args, context }) {
    const services = async () => {
      const loaded = await context.tryLoad();
      return loaded.ok ? Object.keys(loaded.project.services).sort() : [];
    };
    for (const { word, help } of await candidates(args, services)) context.stdout.write(`${word}\t${help}\n`);
    return 0;
  },
});
