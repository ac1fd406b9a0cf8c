// What variables a project knows and who wins, and what services get from env files and label files (loader.md §2.5).
import { resolve } from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { child, type Mapping, type Node, stringNode, withEntry } from '../document/node.ts';
import { formatPath, type Path } from '../document/path.ts';
import { type Named, named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Config, Secret } from '../model/resources.ts';
import type { EnvFile, Service } from '../model/service.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import type { SourceReader } from '../source/reader.ts';
import { readSource } from '../source/reader.ts';
import type { Span } from '../source/span.ts';
import { mapItems, mapValues } from './attributes/forms.ts';
import { type DotenvEntries, parseDotenv } from './dotenv.ts';

/** The variables that interpolation sees. */
export interface Variables {
  readonly values: Named<string>;
  /** Where a value was written; variables of the process have no entry. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The variables of the process. */
export function processVariables(environment: Named<string>): Variables {
  return { values: named(Object.entries(environment)), origins: new Map() };
}

/** `variables` with the entries of env files below them: what is set already stays. The same value when nothing is new. */
export function withFallbacks(variables: Variables, entries: DotenvEntries): Variables {
  const fresh = [...entries].filter(([name]) => variables.values[name] === undefined);
  if (fresh.length === 0) return variables;
  return {
    values: named([...Object.entries(variables.values), ...fresh.map(([name, { value }]) => [name, value] as const)]),
    origins: new Map([...variables.origins, ...fresh.map(([name, { origin }]) => [name, origin] as const)]),
  };
}

/** `variables` with one of them set, whatever it was. */
export function withVariable(variables: Variables, name: string, value: string): Variables {
  return { ...variables, values: named([...Object.entries(variables.values), [name, value]]) };
}

/**
 * The entries of env files that feed interpolation; a later file wins over an earlier one. Paths are absolute; a file that is not there is
 * reported in the reference's words.
 */
export async function readEnvFiles(
  paths: readonly string[],
  variables: Variables,
  { reader, report, span }: { readonly reader: SourceReader; readonly report: Report; readonly span?: Span | undefined },
): Promise<DotenvEntries> {
  let entries: DotenvEntries = new Map();
  for (const path of paths) {
    const read = await readSource(reader, path);
    if ('failed' in read) {
      const message =
        read.failed === 'missing'
          ? `couldn't find env file: ${path}`
          : read.failed === 'directory'
            ? `${path} is a directory`
            : `open ${path}: ${read.text}`;
      const hint = span ? 'Correct the path.' : 'Name a file that is there with --env-file.';
      report.add(read.failed === 'too-large' ? 'files.too-large' : 'files.unreadable', { message, span, hint });
      continue;
    }
    entries = parseDotenv(read, { earlier: entries, lookup: name => variables.values[name], report, from: span });
  }
  return entries;
}

/** Gives the items of `environment` lists that name a variable without a value (`- HOME`) the value it has here. */
export function resolveListedVariables(document: Mapping, variables: Variables): Mapping {
  const services = child(document, 'services');
  if (services?.kind !== 'mapping') return document;
  const resolved = mapValues(services, service => {
    const listed = child(service, 'environment');
    if (service.kind !== 'mapping' || listed?.kind !== 'sequence') return service;
    return withEntry(
      service,
      'environment',
      mapItems(listed, item => withListedValue(item, variables)),
    );
  });
  return resolved === services ? document : withEntry(document, 'services', resolved);
}

function withListedValue(item: Node, variables: Variables): Node {
  if (item.kind !== 'scalar' || item.type !== 'string') return item;
  const value = variables.values[item.value];
  if (value === undefined) return item;
  const set = variables.origins.get(item.value) ?? 'environment';
  return stringNode(`${item.value}=${value}`, { how: 'interpolated', variable: item.value, set, base: item.origin });
}

/** Values of secrets and configs that come from variables, by `secrets.NAME` and `configs.NAME`. */
export type SourcedValues = ReadonlyMap<string, string>;

/** The values of the secrets and configs of a document that name a variable; an included file may know other variables than the project. */
export function sourcedValues(document: Mapping, variables: Variables): SourcedValues {
  const found = new Map<string, string>();
  for (const kind of ['secrets', 'configs']) {
    const resources = child(document, kind);
    if (resources?.kind !== 'mapping') continue;
    for (const [key, { value: resource }] of resources.entries) {
      const variable = child(resource, 'environment');
      if (variable?.kind !== 'scalar' || variable.type !== 'string') continue;
      const value = variables.values[variable.value];
      if (value !== undefined) found.set(`${kind}.${key}`, value);
    }
  }
  return found;
}

/** The project with the values of its secrets and configs that come from variables. */
export function withSourcedValues(project: Project, sourced: SourcedValues): Project {
  const fill = <T extends Secret | Config>(kind: string, resources: Named<T>): Named<T> =>
    named(
      Object.entries(resources).map(([key, resource]) => {
        const value = resource.environment === undefined ? undefined : sourced.get(`${kind}.${key}`);
        return [key, value === undefined ? resource : { ...resource, value }] as const;
      }),
    );
  return { ...project, secrets: fill('secrets', project.secrets), configs: fill('configs', project.configs) };
}

/** Where files that services name are read from. */
export interface ServiceFiles {
  /** What a relative path means; there are some only where paths were left as written. */
  readonly directory: string;
  readonly reader: SourceReader;
  readonly report: Report;
}

interface FileContext extends ServiceFiles {
  readonly project: Project;
}

/** The project whose services have the variables of their env files; `env_file` itself is used up. Services switched off keep theirs unread. */
export async function resolveEnvFiles(project: Project, files: ServiceFiles): Promise<Project> {
  return withServices(project, service => environmentOf(service, { ...files, project }));
}

async function environmentOf(service: Service, context: FileContext): Promise<Service> {
  const own = named(
    Object.entries(service.environment ?? {}).map(([name, value]) => [name, value ?? context.project.environment[name] ?? null] as const),
  );
  const { env_file: files, ...rest } = service;
  if (!files) return service.environment === undefined ? service : { ...service, environment: own };
  let entries: DotenvEntries = new Map(
    Object.entries(own).flatMap(([name, value]) =>
      value === null ? [] : [[name, { value, origin: { how: 'defaulted', rule: 'environment' } }]],
    ),
  );
  for (const [index, file] of files.entries()) {
    const place = ['services', service.name, 'env_file', index];
    entries = await readServiceFile(file, own, entries, place, context);
  }
  const environment = named<string | null>([...[...entries].map(([name, { value }]) => [name, value] as const), ...Object.entries(own)]);
  return Object.keys(environment).length === 0 && service.environment === undefined ? rest : { ...rest, environment };
}

async function readServiceFile(
  file: EnvFile,
  own: Named<string | null>,
  earlier: DotenvEntries,
  place: Path,
  { project, reader, report, directory }: FileContext,
): Promise<DotenvEntries> {
  const span = spanAt(project, [...place, 'path']) ?? spanAt(project, place);
  if (file.format !== undefined && file.format !== '' && file.format !== 'raw' && file.format !== '.env') {
    report.add('value.invalid', {
      message: `unsupported env_file format ${JSON.stringify(file.format)}`,
      span: spanAt(project, [...place, 'format']) ?? span,
      hint: 'Write "raw", or remove "format".',
    });
    return earlier;
  }
  const source = await readSource(reader, resolve(directory, file.path));
  if ('failed' in source) {
    if (source.failed === 'missing' && !file.required) return earlier;
    const reason = source.failed === 'missing' ? `env file ${file.path} not found: stat` : 'open';
    const hint =
      source.failed === 'missing' ? 'Correct the path, or write it in the long form with "required: false".' : 'Correct the path.';
    report.add('files.unreadable', { message: `${reason} ${file.path}: ${source.text}`, span, hint });
    return earlier;
  }
  const lookup = (name: string) => project.environment[name] ?? own[name] ?? undefined;
  return parseDotenv(source, { earlier, lookup, report, from: span, format: file.format === 'raw' ? 'raw' : 'dotenv' });
}

/** The project whose services have the labels of their label files, their own labels winning. `label_file` stays, as in the reference. */
export async function resolveLabelFiles(project: Project, files: ServiceFiles): Promise<Project> {
  return withServices(project, service => labelsOf(service, { ...files, project }));
}

async function labelsOf(service: Service, { project, reader, report, directory }: FileContext): Promise<Service> {
  if (!service.label_file) return service;
  let entries: DotenvEntries = new Map();
  for (const [index, path] of service.label_file.entries()) {
    const span = spanAt(project, ['services', service.name, 'label_file', index]);
    const source = await readSource(reader, resolve(directory, path));
    if ('failed' in source) {
      const reason = source.failed === 'missing' ? `label file ${path} not found: stat` : 'open';
      report.add('files.unreadable', { message: `${reason} ${path}: ${source.text}`, span, hint: 'Correct the path.' });
    } else entries = parseDotenv(source, { earlier: entries, lookup: () => undefined, report, from: span });
  }
  const labels = named([...[...entries].map(([name, { value }]) => [name, value] as const), ...Object.entries(service.labels ?? {})]);
  return Object.keys(labels).length === 0 ? service : { ...service, labels };
}

async function withServices(project: Project, change: (service: Service) => Promise<Service>): Promise<Project> {
  const services: [string, Service][] = [];
  for (const [name, service] of Object.entries(project.services)) services.push([name, await change(service)]);
  return { ...project, services: named(services) };
}

function spanAt(project: Project, path: Path): Span | undefined {
  const origin = project.origins.at(formatPath(path));
  return origin && originSpan(origin);
}
