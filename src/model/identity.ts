// Names and labels: everything that makes fig and the reference see the same project on the engine (interop.md §1, §2).
import type { Named } from './named.ts';
import { named } from './named.ts';
import type { ObservedContainer, ObservedNetwork, ObservedVolume } from './observed.ts';
import type { Project } from './project.ts';
import type { Network, Volume } from './resources.ts';
import type { Condition, Dependency, Service } from './service.ts';

/** The variable that tells programs which fig runs for a project (providers, plugins) that project's name. */
export const turnVariable = 'FIG_TURN_OF';

/** Label keys. All but the last are the reference's own. */
export const labels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  slug: 'com.docker.compose.slug',
  version: 'com.docker.compose.version',
  workingDirectory: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  configHash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  imageVolumeDigest: 'com.docker.compose.image-volume-digest',
  dependsOn: 'com.docker.compose.depends_on',
  replace: 'com.docker.compose.replace',
  hook: 'com.docker.compose.hook',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  model: 'dev.fig.model',
} as const;

/** What joins the parts of container and image names: `-`, or `_` with --compatibility. Networks and volumes always have `_`. */
export function separator(project: Pick<Project, 'compatibility'>): '-' | '_' {
  return project.compatibility ? '_' : '-';
}

/** The name of a replica's container: `container_name` as it is, else `<project>-<service>-<number>`. */
export function containerName(project: Project, service: Service, replica: number): string {
  return service.container_name ?? [project.name, service.name, replica].join(separator(project));
}

/** The name of a one-off container that was given none; `slug` is 64 hex digits. */
export function oneOffName(project: Project, service: Service, slug: string): string {
  return [project.name, service.name, 'run', slug.slice(0, 12)].join(separator(project));
}

/** The name a container bears while the one it replaces still has the final name. */
export function temporaryName(replacedId: string, name: string): string {
  return `${replacedId.slice(0, 12)}_${name}`;
}

/** The image of a service: `image`, else the name its build gets. */
export function defaultImageName(project: Pick<Project, 'name' | 'compatibility'>, service: Pick<Service, 'name' | 'image'>): string {
  return service.image || project.name + separator(project) + service.name;
}

/** A container's name for logs and lists: without the project where it is the default name, else whole. */
export function displayName(
  project: Pick<Project, 'name' | 'compatibility'>,
  container: Pick<ObservedContainer, 'name' | 'service' | 'number'>,
): string {
  const join = separator(project);
  const byDefault = [project.name, container.service, container.number].join(join);
  return container.name === byDefault ? container.name.slice(project.name.length + 1) : container.name;
}

/** The key of a replica in step ids: `web-1`. */
export function replicaKey(service: string, replica: number): string {
  return `${service}-${replica}`;
}

/**
 * The value of the label depends_on: `name:condition:restart`, joined by commas, sorted (the reference's order is random, and it reads any).
 * Optional dependencies on services that do not take part are left out.
 */
export function dependsOnLabel(project: Project, service: Service): string {
  return Object.entries(service.depends_on ?? {})
    .filter(([name, { required }]) => required || name in project.services)
    .map(([name, { condition, restart = false }]) => `${name}:${condition}:${restart}`)
    .sort()
    .join(',');
}

const conditions: ReadonlySet<string> = new Set<Condition>(['service_started', 'service_healthy', 'service_completed_successfully']);

/** Reads the label depends_on back; what an older Compose left out counts as "restart it too, and wait until it runs". */
export function dependsOnFromLabel(label: string | undefined): Named<Dependency> {
  if (!label) return named();
  return named(
    label.split(',').map(entry => {
      const [name = '', condition = '', restart = 'true'] = entry.split(':');
      const known = conditions.has(condition) ? (condition as Condition) : 'service_started';
      return [name, { condition: known, restart: restart === 'true', required: false }] as const;
    }),
  );
}

/** The project of a name that no file describes, as the labels on the engine tell it: for `-p NAME` without files (interop.md §2.1). */
export function projectFromLabels(
  name: string,
  containers: readonly ObservedContainer[],
  networks: readonly ObservedNetwork[] = [],
  volumes: readonly ObservedVolume[] = [],
): Project {
  const services: Record<string, Service> = Object.create(null);
  for (const container of containers) {
    if (container.oneOff) continue;
    const service = container.service || container.name;
    services[service] = {
      name: service,
      image: container.image,
      command: null,
      entrypoint: null,
      scale: Number(services[service]?.scale ?? 0) + 1,
      depends_on: dependsOnFromLabel(container.labels[labels.dependsOn]),
    };
  }
  const own = containers.find(container => !container.oneOff) ?? containers[0];
  const files = own?.labels[labels.configFiles];
  return {
    name,
    nameFrom: 'flag',
    directory: own?.labels[labels.workingDirectory] ?? '',
    files: files ? files.split(',') : [],
    envFiles: [],
    environment: named(),
    profiles: [],
    services,
    disabledServices: named(),
    networks: named(networks.filter(keyed).map(network => [network.key, { name: network.name } satisfies Network])),
    volumes: named(volumes.filter(keyed).map(volume => [volume.key, { name: volume.name } satisfies Volume])),
    secrets: named(),
    configs: named(),
    models: named(),
    extensions: named(),
    origins: { at: () => undefined },
  };
}

function keyed<T extends { readonly key?: string }>(resource: T): resource is T & { readonly key: string } {
  return resource.key !== undefined;
}
