// The mistakes in fixtures/diagnostics: each a folder of files with what is wrong in them, stated apart from what fig says about it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadProject } from '../../src/compose/load.ts';
import type { Loaded, LoadRequest } from '../../src/compose/request.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { named } from '../../src/model/named.ts';
import type { SourceReader } from '../../src/source/reader.ts';
import { memoryReader } from '../../src/source/readers/memory.ts';
import { root } from './sources.ts';

/** Where the files of a mistake lie when it is loaded: messages hold it, whatever machine runs the test. */
export const directory = '/project';

/** What fig and the reference are asked: `-f`, `-p`, `--env-file`, `--profile`, and services. */
export interface Asked {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly services: readonly string[];
}

export interface Mistake extends Asked {
  readonly slug: string;
  readonly about: string;
  /** Text by path, relative to the folder of the project. */
  readonly files: Readonly<Record<string, string>>;
  /** `code`, or `code file:line:column text`: one for each thing that is wrong, the text that is wrong being the text that is marked. */
  readonly wrong: readonly string[];
  /** Why the reference's verdict is another one, where it is. */
  readonly reference: string | undefined;
  /** Where the fixture lies. */
  readonly folder: string;
}

const fixtures = join(root, 'fixtures/diagnostics');

/** All of them, by name. */
export const mistakes: readonly Mistake[] = readdirSync(fixtures).sort().map(readMistake);

function readMistake(slug: string): Mistake {
  const folder = join(fixtures, slug);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(path => path !== 'case.json' && path !== 'expected.txt');
  return {
    slug,
    folder,
    args: [],
    environment: {},
    services: [],
    reference: undefined,
    ...(JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Pick<Mistake, 'about' | 'wrong'> & Partial<Mistake>),
    files: Object.fromEntries(files.map(path => [path, readFileSync(join(folder, path), 'utf8')])),
  };
}

/** Loads files in memory as `config` does. */
export function loadFiles(files: Readonly<Record<string, string>>, asked: Asked): Promise<Loaded> {
  const placed = Object.fromEntries(Object.entries(files).map(([path, text]) => [join(directory, path), text]));
  return loadAsked(memoryReader(placed), directory, asked);
}

/** Loads, through a reader, what `config` with these arguments would. */
export function loadAsked(reader: SourceReader, workingDirectory: string, { args, environment, services }: Asked): Promise<Loaded> {
  const given = (flag: string): readonly string[] => args.filter((_, index) => args[index - 1] === flag);
  const [projectName] = given('-p');
  const request: LoadRequest = {
    workingDirectory,
    environment: named(Object.entries(environment)),
    home: '/root',
    files: given('-f'),
    envFiles: given('--env-file'),
    profiles: given('--profile'),
    ...(projectName === undefined ? {} : { projectName }),
    services,
    withoutDependencies: false,
    allResources: false,
    uniqueContainerNames: true,
    compatibility: false,
    skip: { interpolation: false, normalization: false, pathResolution: false, consistency: false, envResolution: false },
  };
  return loadProject(request, reader);
}

/** Everything that was found, errors or warnings. */
export function foundIn(loaded: Loaded): readonly Diagnostic[] {
  return loaded.ok ? loaded.warnings : loaded.diagnostics;
}
