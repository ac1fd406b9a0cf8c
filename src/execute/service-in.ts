// The service that an operation names: performers find it here, whether it takes part or is switched off.
import { invariant } from '../diagnostics/invariant.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';

/** A plan names only services that its project has. */
export function serviceIn(project: Project, name: string): Service {
  const service = project.services[name] ?? project.disabledServices[name];
  invariant(service, `service ${name} is not in the project`);
  return service;
}
