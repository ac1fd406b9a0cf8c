// fig up: brings the project up, and stays with it unless it is detached
import type { UpIntent } from '../../index.ts';
import { logSink } from '../../view/logs.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure, type Context, type PerformOptions } from '../context.ts';
import { bool, type FlagValues, int, notYet, optionalBool, text, texts } from '../flags.ts';
import { checkCreation, creationFlags, creationIntent, grace, scaledBy, timeout, waiting } from '../service-flags.ts';

const flagTable = {
  ...creationFlags,
  abortOnContainerExit: bool('Stop everything when any container ends'),
  abortOnContainerFailure: bool('Stop everything when any container fails'),
  alwaysRecreateDeps: bool('Replace the containers of services that they depend on, too'),
  attach: texts('Show the output of this service only'),
  attachDependencies: bool('Show the output of services that they depend on, too'),
  detach: bool('Leave once everything is up', { short: 'd' }),
  exitCodeFrom: text("End with this service's exit code; implies --abort-on-container-exit"),
  menu: optionalBool('Offer keys while attached (fig has none yet, and says so)'),
  noAttach: texts('Do not show the output of this service'),
  noColor: bool('No colours'),
  noDeps: bool('Leave the services that they depend on alone'),
  noLogPrefix: bool('No names before the lines'),
  noStart: bool('Create containers only'),
  quietBuild: bool('Show no progress of builds'),
  renewAnonVolumes: bool('Give new containers fresh anonymous volumes', { short: 'V' }),
  timeout,
  timestamps: bool('The time before each line'),
  wait: bool('Wait until services run, or are healthy; implies --detach'),
  waitTimeout: int('Seconds to wait at most'),
  watch: notYet(bool('Watch the sources, and rebuild what changes', { short: 'w' })),
};

type UpFlags = FlagValues<typeof flagTable>;

export const up = defineCommand({
  name: 'up',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Create and start containers',
  completes: 'services',
  flags: flagTable,
  async run({ flags, given, args, context }) {
    check(flags, given);
    const project = scaledBy(await context.project(args, flags.noDeps), flags.scale);
    (await context.api()).refuseUnknownCode(project, flags.exitCodeFrom);
    const intent: UpIntent = {
      ...creationIntent(flags, args, context),
      ...(flags.renewAnonVolumes ? { recreate: 'force', renewAnonymousVolumes: true } : {}),
      ...(flags.alwaysRecreateDeps ? { recreateDependencies: 'force' } : {}),
      start: !flags.noStart,
      wait: flags.wait,
      ...waiting(flags.waitTimeout),
      ...grace(flags.timeout),
    };
    if (intent.removeOrphans && intent.ignoreOrphans)
      throw new CommandFailure('cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans');
    const options: PerformOptions = {
      title: 'up',
      yes: flags.yes,
      quiet: { pull: flags.quietPull, build: flags.quietBuild },
    };
    const isAttached = !flags.detach && !flags.wait && !flags.noStart;
    if (!isAttached || context.dryRun) return context.apply(project, intent, options);
    if (flags.menu && context.surroundings.terminal.isTerminal)
      context.stderr.write('fig shows no menu of keys yet: Ctrl+C stops the project\n');
    return attached(flags, { ...options, attached: true }, intent, project, context);
  },
});

async function attached(
  flags: UpFlags,
  options: PerformOptions,
  intent: UpIntent,
  project: Parameters<Context['apply']>[0],
  context: Context,
): Promise<number> {
  const { followProject } = await context.api();
  const sink = logSink({
    stdout: context.stdout,
    stderr: context.stderr,
    prefix: !flags.noLogPrefix,
    colour: !flags.noColor && context.colours(context.stdout),
    ...(flags.timestamps ? { clock: () => context.surroundings.now() } : {}),
  });
  const run = followProject(project, intent, await context.engine(), {
    ...(await context.applyOptions(options)),
    sink,
    cascade: flags.abortOnContainerFailure ? 'failure' : flags.abortOnContainerExit || flags.exitCodeFrom ? 'exit' : 'none',
    attachDependencies: flags.attachDependencies,
    ...(flags.attach.length > 0 ? { attach: flags.attach } : {}),
    ...(flags.noAttach.length > 0 ? { noAttach: flags.noAttach } : {}),
    ...(flags.exitCodeFrom ? { exitCodeFrom: flags.exitCodeFrom } : {}),
    ...grace(flags.timeout),
  });
  return (await context.perform(run, options)).exitCode;
}

/** Ends the command where flags exclude each other, in the reference's words and order. */
function check(flags: UpFlags, given: ReadonlySet<string>): void {
  const refuse = (isWrong: boolean, sentence: string) => {
    if (isWrong) throw new CommandFailure(sentence);
  };
  const aborts = flags.abortOnContainerExit || flags.abortOnContainerFailure || flags.exitCodeFrom !== undefined;
  const attaches = flags.attach.length > 0 || flags.attachDependencies;
  refuse(
    flags.detach && (aborts || attaches),
    '--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch',
  );
  refuse(flags.wait && (aborts || attaches), '--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies');
  refuse(
    flags.abortOnContainerExit && flags.abortOnContainerFailure,
    '--abort-on-container-failure cannot be combined with --abort-on-container-exit',
  );
  refuse(given.has('waitTimeout') && (flags.waitTimeout ?? 0) < 0, '--wait-timeout must be a non-negative integer');
  checkCreation(flags);
  refuse(flags.renewAnonVolumes && flags.noRecreate, '--no-recreate and --renew-anon-volumes are incompatible');
  refuse(flags.alwaysRecreateDeps && flags.noRecreate, '--always-recreate-deps and --no-recreate are incompatible');
  refuse(flags.attach.length > 0 && flags.attachDependencies, 'cannot combine --attach and --attach-dependencies');
}
