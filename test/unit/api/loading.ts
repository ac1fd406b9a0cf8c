// Projects from text, by the API's own way in: what tests of use cases begin with.
import { join } from 'node:path';
import { openProject } from '../../../src/api/open.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import { memoryReader } from '../../../src/source/readers/memory.ts';

/** The project of a compose.yaml in a folder. Throws where it has errors. */
export async function load(text: string, directory = '/shop'): Promise<Project> {
  const skip = { interpolation: false, normalization: false, pathResolution: false, consistency: false, envResolution: false };
  const loaded = await openProject(
    {
      workingDirectory: directory,
      environment: named(),
      home: '/nowhere',
      files: ['compose.yaml'],
      envFiles: [],
      profiles: [],
      services: [],
      withoutDependencies: false,
      allResources: false,
      compatibility: false,
      skip,
    },
    memoryReader({ [join(directory, 'compose.yaml')]: text }),
  );
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
  return loaded.project;
}
