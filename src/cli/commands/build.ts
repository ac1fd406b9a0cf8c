// fig build
import { defineCommand } from '../command.ts';
import { bool, notYet, text, texts } from '../flags.ts';

export const build = defineCommand({
  name: 'build',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Build the images of services',
  completes: 'services',
  flags: {
    buildArg: texts('NAME=VALUE: a build argument, over the one in the files'),
    builder: text('The builder to use'),
    check: notYet(bool('Check the build, and build nothing')),
    memory: notYet(text('The most memory a build step may use', { short: 'm', placeholder: 'bytes' })),
    noCache: bool('Build every step anew'),
    print: notYet(bool('Print the bake file that the build amounts to')),
    provenance: notYet(text('Add a provenance attestation')),
    pull: bool('Pull newer base images'),
    push: notYet(bool('Push the images')),
    quiet: bool('Show no progress', { short: 'q' }),
    sbom: notYet(text('Add a bill of materials')),
    ssh: texts('An SSH key for the build: default, or ID=PATH', { bareValue: 'default' }),
    withDependencies: notYet(bool('Also build the services that they depend on')),
    compress: notYet(bool('Compress the build context', { hidden: true })),
    forceRm: notYet(bool('Always remove intermediate containers', { hidden: true })),
    noRm: notYet(bool('Keep intermediate containers', { hidden: true })),
    parallel: notYet(bool('Build in parallel', { hidden: true })),
    progress: notYet(text('How progress is shown', { hidden: true })),
  },
  async run({ flags, args, context }) {
    const project = await context.project(args, true, { uniqueContainerNames: false });
    const settings = {
      ...(flags.builder ? { builder: flags.builder } : {}),
      noCache: flags.noCache,
      pull: flags.pull,
      quiet: flags.quiet,
      args: Object.fromEntries(flags.buildArg.map(argument)),
      ssh: flags.ssh,
    };
    return context.apply(project, { kind: 'build', services: args }, { title: 'build', build: settings, quiet: { build: flags.quiet } });
  },
});

/** `NAME=VALUE`, or `NAME`: the value is taken from the environment. */
function argument(text: string): readonly [string, string | null] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)];
}
