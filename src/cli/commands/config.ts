// fig config: checks the files and prints what they mean
import { writeFile } from 'node:fs/promises';
import type { Loaded, Project, VariableUse } from '../../index.ts';
import { printTable } from '../../view/table.ts';
import { defineCommand } from '../command.ts';
import { CommandFailure, type Context, unknownFormat } from '../context.ts';
import { bool, notYet, text } from '../flags.ts';

export const config = defineCommand({
  name: 'config',
  usage: '[OPTIONS] [SERVICE...]',
  summary: 'Check the Compose files and print what they mean',
  completes: 'services',
  flags: {
    environment: bool('Print the variables that the files can use'),
    format: text('yaml or json'),
    hash: text("Print the hash of services: names with commas between, or '*'"),
    images: bool('Print the names of the images'),
    lockImageDigests: notYet(bool('Print only the images, pinned to their digests')),
    models: bool('Print the names of the models'),
    networks: bool('Print the keys of the networks'),
    noConsistency: bool('Leave out the checks that the parts fit together'),
    noEnvResolution: bool('Leave env files unread'),
    noInterpolate: bool('Leave variables in place'),
    noNormalize: bool('Leave out what the specification implies'),
    noPathResolution: bool('Leave relative paths relative'),
    output: text('Write to a file instead', { short: 'o' }),
    profiles: bool('Print the names of the profiles'),
    quiet: bool('Check only, print nothing', { short: 'q' }),
    resolveImageDigests: notYet(bool('Pin images to their digests')),
    services: bool('Print the names of the services, each after those it depends on'),
    variables: bool('Print the variables that the files mention'),
    volumes: bool('Print the keys of the volumes'),
  },
  async run({ flags, args, context }) {
    const question = questionOf(flags);
    const isWhole = question === 'project';
    const isUninterpolated = flags.noInterpolate || question === 'variables';
    // Where values stay as they are written, the names of services and variables and the project itself are told from the files alone.
    const isUntyped = isUninterpolated && (isWhole || question === 'services' || question === 'variables');
    if (args.length > 0 && isUntyped && question !== 'services') warnUnfiltered(question, context);
    const loaded = await context.load({
      uniqueContainerNames: isWhole,
      services: isUntyped || toldOfAll.has(question) ? [] : args,
      skip: {
        interpolation: isUninterpolated,
        typing: isUntyped,
        normalization: flags.noNormalize || context.globals.compatibility,
        pathResolution: flags.noPathResolution,
        consistency: flags.noConsistency || question === 'variables',
        // The lists of names need no env file, and the reference does not ask for one.
        envResolution: flags.noEnvResolution || withoutEnvFiles.has(question),
        validation: question === 'variables',
      },
    });
    const answer = await answerOf(question, flags, loaded, context);
    if (flags.quiet && silenced.has(question)) return 0;
    // Lists never go to the file.
    if (isWhole && flags.output) await save(flags.output, answer, context);
    else context.stdout.write(answer);
    return 0;
  },
});

/** What can be asked for; where several are, the first of this order is answered. */
const questions = ['services', 'volumes', 'networks', 'models', 'hash', 'profiles', 'images', 'variables', 'environment'] as const;

type Question = (typeof questions)[number] | 'project';

/** What is told of the whole project, whichever services are named. */
const toldOfAll: ReadonlySet<Question> = new Set(['services', 'volumes', 'networks', 'models', 'hash']);

/** What --quiet silences, in the reference: other lists are printed all the same. */
const silenced: ReadonlySet<Question> = new Set(['project', 'environment']);

const withoutEnvFiles: ReadonlySet<Question> = new Set(['services', 'volumes', 'networks', 'models', 'variables']);

interface Asked extends Readonly<Record<Exclude<(typeof questions)[number], 'hash'>, boolean>> {
  readonly hash: string | undefined;
  readonly format: string | undefined;
  readonly noInterpolate: boolean;
}

const questionOf = (asked: Asked): Question => questions.find(question => Boolean(asked[question])) ?? 'project';

function warnUnfiltered(question: Question, context: Context): void {
  const [flag, what] = question === 'variables' ? ['--variables', 'variables from the full model'] : ['--no-interpolate', 'the full model'];
  context.stderr.write(`warning: service filtering is not applied when ${flag} is set, ${what} will be rendered\n`);
}

async function answerOf(question: Question, asked: Asked, loaded: Extract<Loaded, { ok: true }>, context: Context): Promise<string> {
  const { project } = loaded;
  switch (question) {
    case 'services':
      return lines(asked.noInterpolate ? writtenServices(loaded) : inDependencyOrder(project));
    case 'volumes':
    case 'networks':
      return lines(Object.keys(project[question]).sort());
    case 'models':
      return lines(Object.values(project.models).flatMap(({ model }) => (model === undefined ? [] : [model])));
    case 'hash':
      return hashes(asked.hash ?? '', project, context);
    case 'profiles':
      return lines(loaded.knownProfiles);
    case 'images':
      return lines(imageNames(project, context.globals.compatibility || context.isOn('COMPOSE_COMPATIBILITY')));
    case 'variables':
      return variableList(loaded.variables, asked.format, context);
    case 'environment': {
      const names = Object.keys(project.environment).sort();
      return lines(names.map(name => `${name}=${project.environment[name]}`));
    }
    case 'project':
      return wholeProject(asked, loaded, context);
  }
}

const lines = (words: readonly string[]) => words.map(word => `${word}\n`).join('');

/** The services of the document, whatever their profiles. */
function writtenServices({ document }: Extract<Loaded, { ok: true }>): readonly string[] {
  const services = document.entries.get('services')?.value;
  return services?.kind === 'mapping' ? [...services.entries.keys()].sort() : [];
}

/** Names sorted, each preceded by those of its dependencies that were not yet named. */
function inDependencyOrder(project: Project): readonly string[] {
  const named = new Set<string>();
  const visit = (name: string, path: ReadonlySet<string>): void => {
    const service = project.services[name];
    if (!service || named.has(name) || path.has(name)) return;
    for (const dependency of Object.keys(service.depends_on ?? {}).sort()) visit(dependency, new Set([...path, name]));
    named.add(name);
  };
  for (const name of Object.keys(project.services).sort()) visit(name, new Set());
  return [...named];
}

async function hashes(wanted: string, project: Project, context: Context): Promise<string> {
  const { serviceHashes } = await context.api();
  const all = serviceHashes(project);
  const names = wanted === '*' ? Object.keys(all) : wanted.split(',');
  const unknown = names.find(name => !(name in all));
  if (unknown !== undefined) throw new CommandFailure(`no such service: ${unknown}`);
  return lines(names.toSorted().map(name => `${name} ${all[name]}`));
}

/** Each service's image, or the name that its build gives it, and the images of hooks; by the names of the services. */
function imageNames(project: Project, compatibility: boolean): readonly string[] {
  const separator = compatibility ? '_' : '-';
  const services = Object.values(project.services).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return services.flatMap(service => {
    const own = service.image ?? `${project.name}${separator}${service.name}`;
    return [...new Set([own, ...(service.pre_start ?? []).flatMap(({ image }) => (image === undefined ? [] : [image]))])];
  });
}

async function variableList(variables: readonly VariableUse[], format: string | undefined, context: Context): Promise<string> {
  switch (format ?? '') {
    case '': {
      const sorted = variables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const rows = sorted.map(use => [use.name, String(use.required), use.defaultValue, use.presenceValue]);
      return printTable([['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'], ...rows], { least: 20, padding: 3 });
    }
    case 'json':
      return `${(await context.api()).variablesJson(variables)}\n\n`;
    case 'yaml':
      return (await context.api()).variablesYaml(variables);
    default:
      throw unknownFormat(format);
  }
}

async function wholeProject(asked: Asked, { project, document }: Extract<Loaded, { ok: true }>, context: Context): Promise<string> {
  const { composeJson, composeYaml, documentJson, documentYaml } = await context.api();
  switch (asked.format ?? '') {
    case '':
    case 'yaml':
      return asked.noInterpolate ? documentYaml(document) : composeYaml(project);
    case 'json':
      return asked.noInterpolate ? documentJson(document) : composeJson(project);
    default:
      throw new CommandFailure(`unsupported format ${JSON.stringify(asked.format)}`);
  }
}

async function save(path: string, text: string, context: Context): Promise<void> {
  try {
    const { resolve } = await import('node:path');
    await writeFile(resolve(context.surroundings.workingDirectory, path), text);
  } catch (failure) {
    // Of Node's `ENOENT: no such file or directory, open 'PATH'`, what the reference says.
    throw new CommandFailure(`open ${path}: ${(failure as Error).message.replace(/^[A-Z]+: |, open '.*'$/gs, '')}`);
  }
}
