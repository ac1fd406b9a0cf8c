// Ports and mounts in short form, as a command line gives them (`run -p`, `run -v`): read by the passes that read them in files.
import { canonicalise } from '../compose/canonical.ts';
import { fillDefaults } from '../compose/defaults.ts';
import { resolvePaths } from '../compose/paths.ts';
import { toProject } from '../compose/project.ts';
import { createReport } from '../diagnostics/report.ts';
import { type Mapping, mappingNode, sequenceNode, stringNode } from '../document/node.ts';
import { named } from '../model/named.ts';
import type { Mount, Port } from '../model/service.ts';
import type { Origin } from '../source/origin.ts';
import { Refusal } from './refusal.ts';

export interface ShortForms {
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}

/** The long forms; relative sources start at `directory`. Throws Refusal with every text that cannot be read. */
export async function readShortForms(
  { ports, volumes }: ShortForms,
  where: { readonly directory: string; readonly home: string },
): Promise<{ readonly ports: readonly Port[]; readonly volumes: readonly Mount[] }> {
  const report = createReport();
  const canonical = canonicalise(documentOf({ ports, volumes }), { report, uninterpolated: false });
  const document = await resolvePaths(fillDefaults(canonical), { ...where, realPath: async path => path });
  const facts = {
    name: 'run',
    nameFrom: 'flag',
    directory: where.directory,
    files: [],
    envFiles: [],
    environment: named<string>(),
    profiles: [],
  } as const;
  const project = toProject(document, facts, report);
  if (report.failed) throw new Refusal(report.all());
  return { ports: project.services['run']?.ports ?? [], volumes: project.services['run']?.volumes ?? [] };
}

function documentOf({ ports, volumes }: ShortForms): Mapping {
  const origin: Origin = { how: 'defaulted', rule: 'command line' };
  const list = (texts: readonly string[]) =>
    sequenceNode(
      texts.map(text => stringNode(text, origin)),
      origin,
    );
  const service = mappingNode(
    [...(ports.length > 0 ? [['ports', list(ports)] as const] : []), ...(volumes.length > 0 ? [['volumes', list(volumes)] as const] : [])],
    origin,
  );
  return mappingNode([['services', mappingNode([['run', service]], origin)]], origin);
}
