// The options before the command, and what they and the COMPOSE_ variables make of a load request.
import type { LoadRequest, Named } from '../index.ts';
import type { AnsiChoice, ProgressKind } from '../view/choose.ts';
import { bool, type FlagValues, int, notYet, text, textOr, texts } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

export const globalFlags = {
  allResources: bool('Keep resources that no service uses'),
  ansi: textOr('auto', 'When to use colours and move the cursor: never, always or auto', { shownDefault: '"auto"' }),
  compatibility: bool('Name containers as Compose v1 did'),
  context: text('The Docker context that names the engine'),
  debug: bool('Tell more', { short: 'D', hidden: true }),
  dryRun: bool('Show what would be done, and change nothing'),
  envFile: texts('Read variables from this file instead of .env'),
  file: texts('A Compose file', { short: 'f' }),
  host: text('The address of the engine', { short: 'H' }),
  insecureRegistry: notYet(texts('Registries that may be spoken to without TLS', { hidden: true })),
  logLevel: text('What is told: debug, info, warn or error', { hidden: true }),
  noAnsi: bool('The old form of --ansi never', { hidden: true }),
  parallel: int('The most calls to the engine at the same time, -1 for the default', { shownDefault: '-1' }),
  profile: texts('Switch a profile on'),
  progress: text('How progress is shown: auto, tty, plain, json or quiet'),
  projectDirectory: text("The folder that relative paths start from (default: the first file's)"),
  projectName: text('The name of the project', { short: 'p' }),
  tls: notYet(bool('Speak TLS to the engine', { hidden: true })),
  tlscacert: notYet(text('Trust certificates signed by this authority', { hidden: true })),
  tlscert: notYet(text('The certificate to show', { hidden: true })),
  tlskey: notYet(text('The key of the certificate', { hidden: true })),
  tlsverify: notYet(bool('Speak TLS and check the engine', { hidden: true })),
  verbose: bool('Tell more', { hidden: true }),
  version: bool('Show the version', { short: 'v', hidden: true }),
  workdir: text('The old form of --project-directory', { hidden: true }),
};

export type GlobalFlags = FlagValues<typeof globalFlags>;

/** What a command may say about loading. */
export interface LoadOptions {
  readonly services?: readonly string[];
  readonly withoutDependencies?: boolean;
  readonly uniqueContainerNames?: boolean;
  readonly skip?: Partial<LoadRequest['skip']>;
}

/** The request for the loader. */
export function loadRequest(flags: GlobalFlags, surroundings: Surroundings, options: LoadOptions = {}): LoadRequest {
  const projectDirectory = flags.projectDirectory ?? flags.workdir;
  return {
    workingDirectory: surroundings.workingDirectory,
    environment: surroundings.environment,
    home: surroundings.home,
    files: flags.file,
    ...(flags.projectName ? { projectName: flags.projectName } : {}),
    ...(projectDirectory ? { projectDirectory } : {}),
    envFiles: flags.envFile,
    profiles: flags.profile,
    services: options.services ?? [],
    withoutDependencies: options.withoutDependencies ?? false,
    allResources: flags.allResources,
    uniqueContainerNames: options.uniqueContainerNames ?? false,
    compatibility: flags.compatibility,
    skip: {
      interpolation: false,
      normalization: false,
      pathResolution: false,
      consistency: false,
      envResolution: false,
      validation: false,
      ...options.skip,
    },
  };
}

/** Go's reading of the COMPOSE_ switches: 1, t, true and y, in any case, are true, all else is false. */
export function isSwitchedOn(value: string | undefined): boolean {
  return /^(1|t|true|y)$/i.test(value ?? '');
}

/** How progress is shown; the answer in words where the options make no sense. */
export function displayChoice(
  flags: GlobalFlags,
  environment: Named<string>,
): { readonly progress: ProgressKind; readonly ansi: AnsiChoice; readonly coloured: boolean } | { readonly wrong: string } {
  const asked = flags.noAnsi ? 'never' : flags.ansi !== 'auto' ? flags.ansi : (environment['COMPOSE_ANSI'] ?? 'auto');
  const ansi: AnsiChoice = asked === 'never' || asked === 'always' ? asked : 'auto';
  const progress = flags.progress ?? environment['COMPOSE_PROGRESS'] ?? 'auto';
  const coloured = ansi !== 'never' && !environment['NO_COLOR'];
  switch (progress) {
    case '':
    case 'auto':
      return { progress: 'auto', ansi, coloured };
    case 'tty':
      return ansi === 'never' ? { wrong: "can't use --progress tty while ANSI support is disabled" } : { progress, ansi, coloured };
    case 'plain':
      return ansi === 'always' ? { wrong: "can't use --progress plain while ANSI support is forced" } : { progress, ansi, coloured };
    case 'json':
    case 'quiet':
      return { progress, ansi, coloured };
    default:
      return { wrong: `unsupported --progress value ${JSON.stringify(progress)}` };
  }
}
