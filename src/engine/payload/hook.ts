// The body of the call that makes the container of a pre_start hook (interop.md §2.2, §4.7).
import { defaultImageName, labels } from '../../model/identity.ts';
import { named } from '../../model/named.ts';
import type { Project } from '../../model/project.ts';
import type { Hook, Service } from '../../model/service.ts';
import { composeVersion } from '../../model/version.ts';
import { type ContainerPayload, environmentList } from './container.ts';
import { attachment } from './endpoints.ts';
import { withoutUnset } from './host.ts';

export interface HookContext {
  readonly project: Project;
  /** With references to other services already replaced by container ids. */
  readonly service: Service;
  readonly hook: Hook;
  /** The id of the container whose volumes the hook sees. */
  readonly volumesFrom: string;
  readonly apiVersion: string;
}

/**
 * A container with the service's image, variables and networks where the hook has none of its own, and nothing else of the service. It has no
 * configuration hash, so that no list of the project's containers shows it; the engine chooses its name.
 */
export function hookPayload({ project, service, hook, volumesFrom, apiVersion }: HookContext): ContainerPayload {
  // The reference names the replica of number 0, which never is.
  const name = service.container_name ?? [project.name, service.name, 0].join(project.compatibility ? '_' : '-');
  const attached = attachment({ project, service, name, apiVersion, useAliases: true, links: [] });
  const body = withoutUnset({
    Image: hook.image || defaultImageName(project, service),
    Cmd: hook.command ?? undefined,
    User: hook.user || undefined,
    WorkingDir: hook.working_dir || undefined,
    Env: environmentList(service.environment, hook.environment),
    Labels: named([
      [labels.hook, 'pre_start'],
      [labels.project, project.name],
      [labels.service, service.name],
      [labels.version, composeVersion],
    ]),
    HostConfig: withoutUnset({
      NetworkMode: attached.networkMode,
      Privileged: hook.privileged || undefined,
      VolumesFrom: [volumesFrom],
    }),
    NetworkingConfig: attached.networking,
  });
  return { body, connect: attached.connect };
}

/** Why a hook of a service cannot be run, in the reference's words; undefined where it can. */
export function hookRefusal(service: Service, index: number): string | undefined {
  if (!service.pre_start?.[index]?.per_replica) return undefined;
  return `service "${service.name}" pre_start[${index}]: per_replica is not yet supported; remove per_replica or set it to false`;
}
