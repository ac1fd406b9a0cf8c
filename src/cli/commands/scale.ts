// fig scale SERVICE=REPLICAS...
import { defineCommand } from '../command.ts';
import { bool } from '../flags.ts';
import { creationIntent, scaleOf, withScale } from '../service-flags.ts';

export const scale = defineCommand({
  name: 'scale',
  usage: '[SERVICE=REPLICAS...]',
  summary: 'Set how many containers services have',
  arguments: { least: 1 },
  flags: { noDeps: bool('Leave the services that they depend on alone') },
  async run({ flags, args, context }) {
    const scales = args.map(arg =>
      scaleOf(arg, {
        shape: `invalid scale specifier: ${arg}`,
        number: () => `invalid scale specifier: can't parse replica value as int: ${arg}`,
      }),
    );
    const services = scales.map(([name]) => name);
    const project = withScale(await context.project(services, flags.noDeps), scales);
    const common = { build: false, noBuild: false, forceRecreate: false, noRecreate: false, pull: undefined, removeOrphans: false };
    const intent = { ...creationIntent(common, services, context), ignoreOrphans: true, start: true, wait: false } as const;
    return context.apply(project, intent, { title: 'scale' });
  },
});
