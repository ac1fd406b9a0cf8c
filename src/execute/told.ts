// Variables that are told while a plan runs, by service: what is made from a service afterwards has them among its own.
import { type Named, named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';

export interface ToldVariables {
  /** Remembers variables for a service; what was told of the same names before is forgotten. */
  tell(service: string, variables: Named<string>): void;
  /** The service with what it was told, over its own. */
  applied(service: Service): Service;
  /** The project with all that its services were told. */
  appliedTo(project: Project): Project;
}

/** Nothing told yet. */
export function createTold(): ToldVariables {
  const told = new Map<string, Named<string>>();
  const applied = (service: Service): Service => {
    const variables = told.get(service.name);
    if (!variables) return service;
    return { ...service, environment: named([...Object.entries(service.environment ?? {}), ...Object.entries(variables)]) };
  };
  return {
    tell: (service, variables) => void told.set(service, named([...Object.entries(told.get(service) ?? {}), ...Object.entries(variables)])),
    applied,
    appliedTo: project =>
      told.size === 0
        ? project
        : { ...project, services: named(Object.entries(project.services).map(([name, service]) => [name, applied(service)] as const)) },
  };
}
