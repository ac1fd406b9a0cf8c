// Which files make the project, where its folder is, and which variables it knows (loader.md §1.1–1.3, §2.5; interop.md §6.2). The first pass.
import path from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { originSpan } from '../source/origin.ts';
import type { SourceReader } from '../source/reader.ts';
import { partOf } from '../source/span.ts';
import { processVariables, readEnvFiles, type Variables, withFallbacks, withVariable } from './environment.ts';
import type { LoadRequest } from './request.ts';
import { isRemote } from './scope.ts';

export interface Discovery {
  /** Absolute paths, or `-`. */
  readonly files: readonly string[];
  /** How the files were named; messages about COMPOSE_FILE say so. */
  readonly named: 'flag' | 'environment' | 'discovery';
  /** The project directory, absolute. */
  readonly directory: string;
  /** Absolute paths of the env files that were asked for. */
  readonly envFiles: readonly string[];
  /** The process environment, and below it the env files. */
  readonly variables: Variables;
}

const mainNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
/** Names from before Compose: in the folder that was started from, and only where none of the others is anywhere. */
const figNames = ['fig.yml', 'fig.yaml'];
const overrideNames = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];

interface Search {
  readonly request: LoadRequest;
  readonly reader: SourceReader;
  readonly report: Report;
  readonly envFiles: readonly string[];
}

/** Finds the files and the variables of a project; undefined after reporting. */
export async function discover(request: LoadRequest, reader: SourceReader, report: Report): Promise<Discovery | undefined> {
  const search: Search = { request, reader, report, envFiles: askedEnvFiles(request) };
  const remote = request.files.find(isRemote);
  if (remote !== undefined) return refuseRemote(remote, report);
  const asked = request.files.map(file => (file === '-' ? file : path.resolve(request.workingDirectory, file)));
  const start = directoryOf(asked, request);

  const processEnvironment = await withComposeSettings(search, start);
  let variables = await withEnvFiles(processEnvironment, processEnvironment, start, search);
  const found =
    asked.length > 0
      ? { files: asked, named: 'flag' as const }
      : ((await fromVariable(variables, search)) ?? (await byName(start, search)));
  if (!found) return undefined;
  const directory = directoryOf(found.files, request);
  // In the same folder there is nothing new to read.
  if (directory !== start) variables = await withEnvFiles(variables, processEnvironment, directory, search);
  return report.failed ? undefined : { ...found, directory, envFiles: search.envFiles, variables };
}

/** `--env-file`, else COMPOSE_ENV_FILES of the process; absolute. */
function askedEnvFiles({ envFiles, environment, workingDirectory, home }: LoadRequest): readonly string[] {
  const asked = envFiles.length > 0 ? envFiles : (environment['COMPOSE_ENV_FILES'] ?? '').split(',').filter(file => file !== '');
  return asked.map(file => path.resolve(workingDirectory, file.startsWith('~') ? path.join(home, file.slice(1)) : file));
}

/** `--project-directory`, else the folder of the first file that is none of standard input, else the working directory. */
function directoryOf(files: readonly string[], { projectDirectory, workingDirectory }: LoadRequest): string {
  if (projectDirectory) return path.resolve(workingDirectory, projectDirectory);
  const first = files.find(file => file !== '-');
  return first === undefined ? workingDirectory : path.dirname(first);
}

/** The process environment, to which env files add their settings of Compose itself: from then on, those count as set by the process. */
async function withComposeSettings(search: Search, directory: string): Promise<Variables> {
  const { request } = search;
  const environment = processVariables(
    request.environment['PWD'] === undefined ? { PWD: request.workingDirectory, ...request.environment } : request.environment,
  );
  const files = await envFilesFor(directory, environment, search);
  const entries = await readEnvFiles(files, environment, search);
  return withFallbacks(environment, new Map([...entries].filter(([name]) => name.startsWith('COMPOSE_'))));
}

/** The variables with the env files below them: those asked for, else `.env` in the directory. */
async function withEnvFiles(variables: Variables, processEnvironment: Variables, directory: string, search: Search): Promise<Variables> {
  const files = await envFilesFor(directory, processEnvironment, search);
  return withFallbacks(variables, await readEnvFiles(files, variables, search));
}

async function envFilesFor(
  directory: string,
  processEnvironment: Variables,
  { envFiles, reader, report }: Search,
): Promise<readonly string[]> {
  if (envFiles.length > 0) return envFiles;
  const disabled = processEnvironment.values['COMPOSE_DISABLE_ENV_FILE'];
  if (disabled !== undefined) {
    const isDisabled = parseBoolean(disabled);
    if (isDisabled) return [];
    if (isDisabled === undefined) {
      report.add('request.conflict', {
        message: `strconv.ParseBool: parsing ${JSON.stringify(disabled)}: invalid syntax`,
        hint: 'Set COMPOSE_DISABLE_ENV_FILE to 1 or 0.',
      });
    }
  }
  const usual = path.join(directory, '.env');
  return (await reader.kind(usual)) === 'file' ? [usual] : [];
}

/** The booleans that Go's ParseBool takes. */
function parseBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

type Found = Pick<Discovery, 'files' | 'named'>;

/** COMPOSE_FILE, cut at COMPOSE_PATH_SEPARATOR. Every file must be there. */
async function fromVariable({ values, origins }: Variables, { request, reader, report }: Search): Promise<Found | undefined> {
  const written = values['COMPOSE_FILE'];
  if (written === undefined) return undefined;
  const origin = origins.get('COMPOSE_FILE');
  const setAt = origin && originSpan(origin);
  const files: string[] = [];
  for (const entry of written.split(values['COMPOSE_PATH_SEPARATOR'] || path.delimiter)) {
    if (entry !== '-' && isRemote(entry)) refuseRemote(entry, report);
    const file = entry === '-' ? entry : path.resolve(request.workingDirectory, entry);
    const kind = entry === '-' ? 'file' : await reader.kind(file);
    if (kind !== 'file') {
      const reason = kind === 'missing' ? `stat ${file}: no such file or directory` : `${file} is a directory`;
      report.add('files.unreadable', {
        message: `compose file "${entry}" set by COMPOSE_FILE environment variable is invalid: ${reason}`,
        span: setAt && partOf(setAt, entry),
        hint: 'Set COMPOSE_FILE to files that are there.',
      });
    }
    files.push(file);
  }
  return { files, named: 'environment' };
}

/** The first folder, from `start` upward, that holds a file of one of the usual names; and an override beside it. Else a file of Fig in `start`. */
async function byName(start: string, search: Search): Promise<Found | undefined> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const main = await firstOf(mainNames, folder, 'config', search);
    if (main !== undefined) {
      const override = await firstOf(overrideNames, folder, 'override', search);
      return { files: override === undefined ? [main] : [main, override], named: 'discovery' };
    }
    if (folder === path.dirname(folder)) break;
  }
  const old = await firstOf(figNames, start, 'config', search);
  if (old !== undefined) return { files: [old], named: 'discovery' };
  search.report.add('files.none', {
    message: 'no configuration file provided: not found',
    hint: 'Go to the folder of the project, or name the file with -f.',
  });
  return undefined;
}

async function firstOf(names: readonly string[], folder: string, kind: string, { reader, report }: Search): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    if ((await reader.kind(file)) !== 'missing') found.push(file);
  }
  const [winner] = found;
  if (found.length > 1) {
    report.add('files.several', {
      message: `Found multiple ${kind} files with supported names: ${found.join(', ')}\nUsing ${winner}`,
      hint: 'Keep one of them, or name the one that is meant with -f.',
    });
  }
  return winner;
}

function refuseRemote(file: string, report: Report): undefined {
  report.add('request.not-yet', {
    message: `"${file}": files from git repositories and registries are not yet in fig`,
    hint: 'Fetch the files, and name them with -f.',
  });
}

export interface ProjectName {
  readonly name: string;
  readonly nameFrom: 'flag' | 'environment' | 'file' | 'directory';
}

/** Lower case, without what a project name may not have, and starting with a letter or digit: `My.Proj_X-1` → `myproj_x-1`. */
export function normaliseProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/**
 * The name of a project: `-p`, COMPOSE_PROJECT_NAME, the last `name:` of the files, the base name of the directory (interop.md §1.1). The first two
 * must be in normal form, the others are brought to it.
 */
export async function projectName(
  { directory, variables }: Discovery,
  writtenName: string | undefined,
  { request, reader, report }: { readonly request: LoadRequest; readonly reader: SourceReader; readonly report: Report },
): Promise<ProjectName> {
  const given = request.projectName || variables.values['COMPOSE_PROJECT_NAME'];
  if (given) {
    if (normaliseProjectName(given) !== given) {
      const origin = request.projectName ? undefined : variables.origins.get('COMPOSE_PROJECT_NAME');
      const setAt = origin && originSpan(origin);
      report.add('project.invalid-name', {
        message: `invalid project name ${JSON.stringify(given)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
        span: setAt && partOf(setAt, given),
        hint: `Write "${normaliseProjectName(given) || 'project'}".`,
      });
    }
    return { name: given, nameFrom: request.projectName ? 'flag' : 'environment' };
  }
  if (writtenName !== undefined) {
    const name = request.skip.normalization ? writtenName : normaliseProjectName(writtenName);
    return { name, nameFrom: 'file' };
  }
  const base = path.basename(directory);
  if (path.basename(await reader.realPath(directory)) !== base) {
    report.add('project.symlinked-directory', {
      message: `project has been loaded without an explicit name from a symlink. Using name ${JSON.stringify(base)}`,
      hint: 'Write a name into the Compose file, or give one with -p.',
    });
  }
  return { name: normaliseProjectName(base), nameFrom: 'directory' };
}

/** The variables with the project's name among them, as files see it. */
export function withProjectName(variables: Variables, name: string): Variables {
  return withVariable(variables, 'COMPOSE_PROJECT_NAME', name);
}
