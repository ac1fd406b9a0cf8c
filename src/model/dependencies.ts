// Project → the graph of its services, with the condition on each edge.
import { createGraph, type Edge, type Graph, reachable } from '../graph/graph.ts';
import type { Project } from './project.ts';
import type { Condition, Service } from './service.ts';

/** `from` depends on `to`. */
export interface DependencyEdge extends Edge {
  readonly condition: Condition;
  /** The dependent is stopped and started again with its dependency. */
  readonly restart: boolean;
  readonly required: boolean;
}

/** The services that take part, and who depends on whom. A dependency on a service that is switched off has no edge. */
export function dependencyGraph(project: Project): Graph<DependencyEdge> {
  const edges: DependencyEdge[] = [];
  for (const service of Object.values(project.services)) {
    for (const [to, { condition, restart = false, required }] of Object.entries(service.depends_on ?? {}))
      edges.push({ from: service.name, to, condition, restart, required });
  }
  return createGraph(Object.keys(project.services), edges);
}

/** The services that depend on one, without any between them. */
export function directDependents(project: Project, name: string): readonly Service[] {
  return Object.values(project.services).filter(({ depends_on }) => depends_on !== undefined && Object.hasOwn(depends_on, name));
}

/** The named services and all that they depend on, sorted. */
export function withDependencies(project: Project, services: readonly string[]): readonly string[] {
  return reachable(dependencyGraph(project), services, 'out');
}

/** The named services and all that depend on them, over edges that `follow` takes, sorted. */
export function withDependents(
  project: Project,
  services: readonly string[],
  follow?: (edge: DependencyEdge) => boolean,
): readonly string[] {
  return reachable(dependencyGraph(project), services, 'into', follow);
}

/** How many containers a service has: `scale`, else `deploy.replicas`, else 1. */
export function replicasOf(service: Service): number {
  return Number(service.scale ?? service.deploy?.replicas ?? 1);
}

/** Whether a service switches the health check off, also one that its image has. */
export function hasHealthcheckOff({ healthcheck }: Service): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === 'NONE';
}

/** The service that `network_mode`, `ipc` or `pid` names with `service:NAME`; undefined for every other mode. */
export function serviceOfMode(mode: string | undefined): string | undefined {
  return mode?.startsWith('service:') ? mode.slice('service:'.length) : undefined;
}

/** The service that an entry of `volumes_from` names; undefined for `container:NAME`. */
export function serviceOfVolumesFrom(entry: string): string | undefined {
  const [name = ''] = entry.split(':');
  return name === 'container' ? undefined : name;
}

/** The services whose namespaces or volumes this one shares, so that it holds their containers' ids, sorted and each once. */
export function sharedServices(service: Service): readonly string[] {
  const modes = [service.network_mode, service.ipc, service.pid].map(serviceOfMode);
  return [...new Set([...modes, ...volumeLenders(service)].filter(name => name !== undefined))].sort();
}

/** The services whose volumes this one takes over (`volumes_from`), as they are written. */
export function volumeLenders(service: Service): readonly string[] {
  return (service.volumes_from ?? []).map(serviceOfVolumesFrom).filter(name => name !== undefined);
}
