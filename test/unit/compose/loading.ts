// For tests: projects loaded from texts in memory.
import { loadProject } from '../../../src/compose/load.ts';
import type { Loaded, LoadRequest } from '../../../src/compose/request.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import { memoryReader } from '../../../src/source/readers/memory.ts';
import { formatPlace } from '../../../src/source/span.ts';

export const request: LoadRequest = {
  workingDirectory: '/p',
  environment: named(),
  home: '/root',
  files: [],
  envFiles: [],
  profiles: [],
  services: [],
  withoutDependencies: false,
  allResources: false,
  compatibility: false,
  skip: { interpolation: false, normalization: false, pathResolution: false, consistency: false, envResolution: false },
};

export type Settings = Partial<Omit<LoadRequest, 'environment' | 'skip'>> & {
  readonly environment?: Record<string, string>;
  readonly skip?: Partial<LoadRequest['skip']>;
};

/** Loads the project of files in memory; one text alone is `/p/compose.yaml`. */
export function load(files: string | Record<string, string>, settings: Settings = {}): Promise<Loaded> {
  const all = typeof files === 'string' ? { '/p/compose.yaml': files } : files;
  const { environment = {}, skip = {}, ...rest } = settings;
  return loadProject(
    { ...request, ...rest, environment: named(Object.entries(environment)), skip: { ...request.skip, ...skip } },
    memoryReader(all),
  );
}

/** The project, where loading is expected to succeed. */
export async function project(files: string | Record<string, string>, settings?: Settings): Promise<Project> {
  const loaded = await load(files, settings);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(one => `${one.code}: ${one.message}`).join('\n'));
  return loaded.project;
}

/** `code place message` of everything found, first lines only. */
export async function complaints(files: string | Record<string, string>, settings?: Settings): Promise<readonly string[]> {
  const loaded = await load(files, settings);
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(
    ({ code, span, message }) => `${code} ${span ? formatPlace(span) : '-'} ${message.split('\n')[0]}`,
  );
}
