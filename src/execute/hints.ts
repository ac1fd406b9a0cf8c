// Hints that need a look around: who holds the port that a container was to publish, in the project or on the engine.
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { replicasOf } from '../model/dependencies.ts';
import { named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Port } from '../model/service.ts';

/** The port in `Bind for 0.0.0.0:8080 failed` and `listen tcp4 0.0.0.0:8080: bind: …`: the engine tells it in its sentence alone. */
export function portIn(sentence: string): number | undefined {
  const found = /(?:Bind for|listen (?:tcp|udp)[46]?|bind host port(?: for)?) (?:\[[^\]]*\]|[\d.]*):(\d+)/i.exec(sentence)?.[1];
  return found === undefined ? undefined : Number(found);
}

const everywhere: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

function clash(one: Port, other: Port): boolean {
  if (one.published !== other.published || (one.protocol ?? 'tcp') !== (other.protocol ?? 'tcp')) return false;
  const [a, b] = [one.host_ip ?? '', other.host_ip ?? ''];
  return a === b || everywhere.has(a) || everywhere.has(b);
}

/**
 * The sentence for a port that the project itself wants twice: no container need hold it by now, and stopping one would not help.
 * undefined where the project wants it once.
 */
export function rivalryIn(project: Project, serviceName: string | undefined, port: number): string | undefined {
  const service = serviceName === undefined ? undefined : project.services[serviceName];
  const own = service?.ports?.filter(({ published }) => published === String(port)) ?? [];
  if (!service || own.length === 0) return undefined;
  if (replicasOf(service) > 1) return `Publish a range of ports for service "${service.name}", of which each replica needs one.`;
  const rival = Object.values(project.services).find(
    other => other !== service && replicasOf(other) > 0 && other.ports?.some(theirs => own.some(mine => clash(mine, theirs))),
  );
  return rival && `Publish another port for service "${service.name}" or for "${rival.name}", which both want ${port}.`;
}

/** An imperative sentence that mends the failure, where looking around can tell one. `service`: whose container failed. */
export async function findHint(
  failure: unknown,
  engine: Engine,
  project: Project,
  service: string | undefined,
): Promise<string | undefined> {
  if (!(failure instanceof EngineFailure) || failure.kind !== 'port-in-use') return undefined;
  const port = portIn(failure.message);
  if (port === undefined) return undefined;
  const rivalry = rivalryIn(project, service, port);
  if (rivalry) return rivalry;
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
