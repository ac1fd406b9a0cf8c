// A project as text and as hashes: what `config` prints. No engine is asked.
import { composeJson, composeYaml, documentJson, documentYaml, variablesJson, variablesYaml } from '../exporters/compose.ts';
import type { Named } from '../model/named.ts';
import { named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import { serviceHash } from '../plan/hash.ts';

export { composeJson, composeYaml, documentJson, documentYaml, variablesJson, variablesYaml };

/** Service → the hash that its containers' label carries, sorted by name (`config --hash`). */
export function serviceHashes(project: Project): Named<string> {
  return named(
    Object.keys(project.services)
      .sort()
      .map(name => [name, serviceHash(project.services[name]!)] as const),
  );
}
