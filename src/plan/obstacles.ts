// Obstacles: why an intent cannot be carried out at all. Found before anything is done, all of them at once.
import type { Code } from '../diagnostics/codes.ts';
import { dependencyGraph, hasHealthcheckOff, replicasOf, withDependencies } from '../model/dependencies.ts';
import { containerName } from '../model/identity.ts';
import type { Observed } from '../model/observed.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import type { Span } from '../source/span.ts';
import { containersOf } from './hash.ts';
import type { Intent, UpIntent } from './intent.ts';
import { missingNetworks } from './networks.ts';
import { missingVolumes } from './volumes.ts';

/** Why an intent cannot be carried out at all; nothing may be done. */
export interface Obstacle {
  readonly code: Code;
  readonly message: string;
  readonly span?: Span;
  readonly hint?: string;
}

/** What stands against an intent, in the reference's words: all of it, found before anything is done. */
export function obstacles(intent: Intent, project: Project, observed: Observed): readonly Obstacle[] {
  switch (intent.kind) {
    case 'up':
      return [...obstaclesOfMaking(project, observed), ...hopelessWaits(intent, project)];
    case 'run':
      return obstaclesOfMaking(project, observed);
    case 'start':
      return [
        ...unknownServices(intent.services, project, name => `no such service: "${name}": not found`),
        ...nothingToStart(project, observed),
        ...missingDependencies(intent.services, project, observed),
      ];
    case 'restart':
      return unknownServices(intent.services, project, name => `no such service: ${name}`);
    default:
      return [];
  }
}

function obstaclesOfMaking(project: Project, observed: Observed): readonly Obstacle[] {
  return [...containerNames(project), ...missingResources(project, observed), ...tooOldFor(project, observed.apiVersion)];
}

/** The loader refuses these; a project that is known by its containers alone has no loader. */
function unknownServices(services: readonly string[], project: Project, sentence: (name: string) => string): readonly Obstacle[] {
  const unknown = services.filter(name => !Object.hasOwn(project.services, name) && !Object.hasOwn(project.disabledServices, name));
  return unknown.map(name => ({ code: 'request.unknown-service', message: sentence(name) }));
}

/** `container_name` allows one container; the loader knows nothing of --scale. */
function containerNames(project: Project): readonly Obstacle[] {
  return Object.values(project.services)
    .filter(service => service.container_name && replicasOf(service) > 1)
    .map(({ name, container_name }) => ({
      code: 'project.inconsistent',
      message:
        `WARNING: The "${name}" service is using the custom container name "${container_name}". ` +
        'Docker requires each container to have a unique name. Remove the custom name to scale the service',
      ...placeOf(project, `services.${name}.container_name`),
    }));
}

function missingResources(project: Project, observed: Observed): readonly Obstacle[] {
  return [...missingNetworks(project, observed), ...missingVolumes(project, observed)].map(({ kind, key, message }) => ({
    code: 'engine.not-found',
    message,
    ...placeOf(project, `${kind}s.${key}`),
  }));
}

/** A project without any container has nothing to start. */
function nothingToStart(project: Project, observed: Observed): readonly Obstacle[] {
  if (observed.containers.some(container => !container.oneOff)) return [];
  const service = Object.values(project.services).find(other => !other.provider && replicasOf(other) > 0);
  return service ? [{ code: 'engine.not-found', message: `service "${service.name}" has no container to start` }] : [];
}

/** A dependency that is waited for and has no container. */
function missingDependencies(services: readonly string[], project: Project, observed: Observed): readonly Obstacle[] {
  const chosen = services.length > 0 ? withDependencies(project, services) : Object.keys(project.services);
  return dependencyGraph(project)
    .edges.filter(({ from, condition, required }) => chosen.includes(from) && condition !== 'service_started' && required)
    .filter(({ to }) => {
      const service = project.services[to];
      return service && !service.provider && replicasOf(service) > 0 && containersOf(observed, to).length === 0;
    })
    .map(({ from, to }) => ({
      code: 'engine.not-found',
      message: `${from} is missing dependency ${to}`,
      ...placeOf(project, `services.${from}.depends_on.${to}`),
    }));
}

/** Waits for the health of a service whose file switches its check off: no container of it will ever be healthy. Containers of old may be. */
function hopelessWaits({ start, recreate, recreateDependencies }: UpIntent, project: Project): readonly Obstacle[] {
  if (!start || recreate === 'never' || recreateDependencies === 'never') return [];
  return dependencyGraph(project).edges.flatMap(({ from, to, condition, required }): readonly Obstacle[] => {
    const [waiting, dependency] = [project.services[from], project.services[to]];
    if (condition !== 'service_healthy' || !required || !waiting || !dependency || !hasHealthcheckOff(dependency)) return [];
    if (dependency.provider || replicasOf(waiting) === 0 || replicasOf(dependency) === 0) return [];
    const message = `dependency failed to start: container ${containerName(project, dependency, 1)} has no healthcheck configured`;
    const hint = `Give service "${to}" a healthcheck, or depend on it with condition: service_started.`;
    return [{ code: 'execute.dependency-failed', message, hint, ...placeOf(project, `services.${from}.depends_on.${to}`) }];
  });
}

/** What an engine this old does not know, and would do something else instead. */
function tooOldFor(project: Project, apiVersion: string): readonly Obstacle[] {
  const minor = Number(apiVersion.split('.')[1] ?? 0);
  return Object.values(project.services).flatMap(service => {
    const mounts = (service.volumes ?? []).flatMap(({ type }, index): readonly Obstacle[] => {
      if (type !== 'image' || minor >= 48) return [];
      const message = 'volume with type=image require Docker Engine v28 or later';
      return [{ code: 'engine.too-old', message, ...placeOf(project, `services.${service.name}.volumes[${index}]`) }];
    });
    const interfaces = Object.entries(service.networks ?? {}).flatMap(([key, network]): readonly Obstacle[] => {
      if (!network?.interface_name || minor >= 49) return [];
      const message = 'interface_name requires Docker Engine v28.1 or later';
      return [{ code: 'engine.too-old', message, ...placeOf(project, `services.${service.name}.networks.${key}.interface_name`) }];
    });
    return [...mounts, ...interfaces];
  });
}
