// Hints that need a look at the engine: who holds the port that a container was to publish.
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { named } from '../model/named.ts';

/** The port in `Bind for 0.0.0.0:8080 failed` and `listen tcp4 0.0.0.0:8080: bind: …`: the engine tells it in its sentence alone. */
export function portIn(sentence: string): number | undefined {
  const found = /(?:Bind for|listen (?:tcp|udp)[46]?|bind host port(?: for)?) (?:\[[^\]]*\]|[\d.]*):(\d+)/i.exec(sentence)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** An imperative sentence that mends the failure, where looking once more at the engine can tell one. */
export async function findHint(failure: unknown, engine: Engine): Promise<string | undefined> {
  if (!(failure instanceof EngineFailure) || failure.kind !== 'port-in-use') return undefined;
  const port = portIn(failure.message);
  if (port === undefined) return undefined;
  try {
    const containers = await engine.listContainers(named());
    const holder = containers.find(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port));
    if (!holder) return `No container holds port ${port}, so another program of the engine's host does: end it, or publish another port.`;
    const project = holder.Labels?.['com.docker.compose.project'];
    const whose = project === undefined ? '' : ` of project "${project}"`;
    return `Stop container "${holder.Names[0]?.replace(/^\//, '')}"${whose}, which holds port ${port}, or publish another port.`;
  } catch (lost) {
    // A hint is a courtesy: the failure itself is told in any case.
    if (lost instanceof EngineFailure) return undefined;
    throw lost;
  }
}
