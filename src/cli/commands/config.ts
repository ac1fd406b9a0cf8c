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
    if (args.length > 0) warnUnfiltered(flags, context);
    const loaded = await context.load({
      services: isUnfiltered(flags) ? [] : args,
      skip: {
        interpolation: flags.noInterpolate || flags.variables,
        normalization: flags.noNormalize || context.globals.compatibility,
        pathResolution: flags.noPathResolution,
        consistency: flags.noConsistency || flags.variables,
        // The lists of names need no env file, and the reference does not ask for one.
        envResolution: flags.noEnvResolution || flags.variables || flags.services || flags.volumes || flags.networks || flags.models,
        validation: flags.variables,
      },
    });
    if (flags.quiet) return 0;
    const answer = await answerOf(flags, loaded, context);
    if (flags.output === undefined) context.stdout.write(answer);
    else await save(flags.output, answer, context);
    return 0;
  },
});

/** What is asked for is told of the whole project, whichever services are named. */
function isUnfiltered(asked: Asked): boolean {
  const { noInterpolate, variables, services, volumes, networks, models, hash } = asked;
  return noInterpolate || variables || services || volumes || networks || models || hash !== undefined;
}

function warnUnfiltered(asked: Asked, context: Context): void {
  const what = asked.variables ? 'variables from the full model' : 'the full model';
  const flag = asked.variables ? '--variables' : '--no-interpolate';
  if (asked.variables || asked.noInterpolate) {
    context.stderr.write(`warning: service filtering is not applied when ${flag} is set, ${what} will be rendered\n`);
  }
}

interface Asked {
  readonly services: boolean;
  readonly volumes: boolean;
  readonly networks: boolean;
  readonly models: boolean;
  readonly hash: string | undefined;
  readonly profiles: boolean;
  readonly images: boolean;
  readonly variables: boolean;
  readonly environment: boolean;
  readonly format: string | undefined;
  readonly noInterpolate: boolean;
}

/** The first of the lists that was asked for, else the whole project. */
async function answerOf(asked: Asked, loaded: Extract<Loaded, { ok: true }>, context: Context): Promise<string> {
  const { project } = loaded;
  if (asked.services) return lines(inDependencyOrder(project));
  if (asked.volumes) return lines(Object.keys(project.volumes).sort());
  if (asked.networks) return lines(Object.keys(project.networks).sort());
  if (asked.models) return lines(Object.values(project.models).flatMap(({ model }) => (model === undefined ? [] : [model])));
  if (asked.hash !== undefined) return hashes(asked.hash, project, context);
  if (asked.profiles) return lines(loaded.knownProfiles);
  if (asked.images) return lines(imageNames(project, context.globals.compatibility || context.isOn('COMPOSE_COMPATIBILITY')));
  if (asked.variables) return variableList(loaded.variables, asked.format);
  if (asked.environment)
    return lines(
      Object.keys(project.environment)
        .sort()
        .map(name => `${name}=${project.environment[name]}`),
    );
  return wholeProject(asked, loaded, context);
}

const lines = (words: readonly string[]) => words.map(word => `${word}\n`).join('');

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

/** Each service's image, or the name that its build gives it, and the images of hooks. */
function imageNames(project: Project, compatibility: boolean): readonly string[] {
  const separator = compatibility ? '_' : '-';
  return Object.values(project.services).flatMap(service => [
    service.image ?? `${project.name}${separator}${service.name}`,
    ...(service.pre_start ?? []).flatMap(({ image }) => (image === undefined ? [] : [image])),
  ]);
}

function variableList(variables: readonly VariableUse[], format: string | undefined): string {
  const sorted = variables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  switch (format ?? '') {
    case '': {
      const rows = sorted.map(use => [use.name, String(use.required), use.defaultValue, use.presenceValue]);
      return printTable([['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'], ...rows], { least: 20, padding: 3 });
    }
    case 'json': {
      const records = sorted.map(({ name, defaultValue, presenceValue, required }) => [
        name,
        { Name: name, DefaultValue: defaultValue, PresenceValue: presenceValue, Required: required },
      ]);
      return `${JSON.stringify(Object.fromEntries(records), null, 4)}\n\n`;
    }
    case 'yaml': {
      const text = (value: string) => (/^[A-Za-z_][\w./-]*$/.test(value) ? value : JSON.stringify(value));
      const records = sorted.map(
        ({ name, defaultValue, presenceValue, required }) =>
          `${name}:\n    name: ${name}\n    defaultvalue: ${text(defaultValue)}\n    presencevalue: ${text(presenceValue)}\n    required: ${required}\n`,
      );
      return records.length === 0 ? '{}\n' : records.join('');
    }
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
    throw new CommandFailure(`cannot write ${path}: ${(failure as Error).message}`);
  }
}
