// Configuration hashes, equal to the reference's: what the labels carry, and what tells a container that is up to date from one that is not.
import { createHash } from 'node:crypto';
import { networkJson, serviceJson, volumeJson } from '../exporters/compose.ts';
import { withApiSocket } from '../model/api-socket.ts';
import { serviceOfMode, serviceOfVolumesFrom } from '../model/dependencies.ts';
import { defaultImageName } from '../model/identity.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Network, Volume } from '../model/resources.ts';
import type { Service } from '../model/service.ts';

/** Lower-case hex of the SHA-256 of a text's UTF-8 bytes. */
function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Loads what hashes are made with, which takes longer than making ten of them: for whoever has to wait for the engine anyway. */
export function prepareHashing(): void {
  createHash('sha256');
}

/** The hash of a service as it stands; what `config --hash` prints (interop.md §3). */
export function serviceHash(service: Service): string {
  return sha256(serviceJson(service));
}

/** The hash of a network: the label config-hash on it. */
export function networkHash(network: Network): string {
  return sha256(networkJson(network));
}

/** The hash of a volume: the label config-hash on it. */
export function volumeHash(volume: Volume): string {
  return sha256(volumeJson(volume));
}

/** The id of the container that stands for a service where another one shares its namespaces or volumes; undefined where it has none. */
export type ContainerIds = (service: string) => string | undefined;

/** The containers of a service, one-offs left out. */
export function containersOf(observed: Pick<Observed, 'containers'>, service: string): readonly ObservedContainer[] {
  return observed.containers.filter(container => container.service === service && !container.oneOff);
}

/** Ids as the engine had them: of several replicas the first by name counts, as in the reference. */
export function observedIds(observed: Pick<Observed, 'containers'>): ContainerIds {
  return service => containersOf(observed, service).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))[0]?.id;
}

/**
 * A service as its container is made from it, and as the label config-hash is computed (interop.md §3.6): references to other services
 * replaced by container ids, images of image mounts by their full names, the engine's socket among the mounts where it is asked for.
 * A reference to a service without a container stays as it is. The suffix `:ro` of `volumes_from` is lost, as it is in the reference.
 */
export function effectiveService(project: Project, written: Service, ids: ContainerIds): Service {
  const service = withApiSocket(written);
  const share = (mode: string | undefined) => {
    const name = serviceOfMode(mode);
    const id = name === undefined ? undefined : ids(name);
    return id === undefined ? mode : `container:${id}`;
  };
  const [network_mode, ipc, pid] = [share(service.network_mode), share(service.ipc), share(service.pid)];
  const volumes_from = service.volumes_from?.map(entry => {
    const name = serviceOfVolumesFrom(entry);
    return name === undefined ? (entry.split(':')[1] ?? entry) : (ids(name) ?? entry);
  });
  const volumes = service.volumes?.map(mount => {
    const other = mount.type === 'image' && mount.source !== undefined ? project.services[mount.source] : undefined;
    return other ? { ...mount, source: defaultImageName(project, other) } : mount;
  });
  return {
    ...service,
    ...(network_mode === undefined ? {} : { network_mode }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(pid === undefined ? {} : { pid }),
    ...(volumes_from ? { volumes_from } : {}),
    ...(volumes ? { volumes } : {}),
  };
}

/** The hash that the containers of a service carry if they are up to date. */
export function expectedHash(project: Project, service: Service, observed: Pick<Observed, 'containers'>): string {
  return serviceHash(effectiveService(project, service, observedIds(observed)));
}
