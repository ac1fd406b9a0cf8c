// fig pull
import { defineCommand } from '../command.ts';
import { CommandFailure } from '../context.ts';
import { bool, text } from '../flags.ts';

export const pull = defineCommand({
  name: 'pull',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Pull the images of services',
  completes: 'services',
  flags: {
    ignoreBuildable: bool('Leave out images that can be built'),
    ignorePullFailures: bool('Go on where an image cannot be pulled'),
    includeDeps: bool('Also pull for the services that they depend on'),
    policy: text('missing or always'),
    quiet: bool('Show no progress', { short: 'q' }),
  },
  async run({ flags, args, context }) {
    if (flags.policy !== undefined && !['missing', 'always', ''].includes(flags.policy)) {
      throw new CommandFailure(`invalid pull_policy ${JSON.stringify(flags.policy)}`);
    }
    const project = await context.project(args, !flags.includeDeps, { uniqueContainerNames: false });
    const services = flags.ignoreBuildable ? buildless(project, args) : args;
    if (flags.ignoreBuildable && services.length === 0) return 0;
    const intent = {
      kind: 'pull',
      services,
      ...(flags.policy ? { policy: flags.policy } : {}),
      ignoreFailures: flags.ignorePullFailures,
      includeDependencies: flags.includeDeps,
    } as const;
    return context.apply(project, intent, { title: 'pull', quiet: { pull: flags.quiet } });
  },
});

/** Of the services asked for, those without a build. */
function buildless(
  project: { readonly services: Readonly<Record<string, { readonly build?: unknown }>> },
  asked: readonly string[],
): readonly string[] {
  const names = asked.length > 0 ? asked : Object.keys(project.services);
  return names.filter(name => project.services[name]?.build === undefined);
}
