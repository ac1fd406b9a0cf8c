// What the payload of a container is made from: the service with references to others resolved, and the facts of the engine as they are now.
import type { ContainerContext } from '../../engine/payload/container.ts';
import { defaultImageName } from '../../model/identity.ts';
import { type Named, named } from '../../model/named.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Service } from '../../model/service.ts';
import { imageVolumeDigest } from '../../plan/containers.ts';
import { redactedModel } from '../../plan/difference.ts';
import { effectiveService, serviceHash } from '../../plan/hash.ts';
import type { MadeContainer, World } from '../performer.ts';
import { seccompProfiles } from './seccomp.ts';

export interface Creation {
  readonly service: Service;
  /** undefined for one-offs. */
  readonly replica?: number;
  readonly name: string;
  /** Service → the id of the container whose namespaces or volumes are shared; for others the first by name counts. */
  readonly sharing?: Named<string>;
  /** The id of the container whose anonymous volumes are taken over. */
  readonly inheritFrom?: string;
  readonly oneOff?: NonNullable<ContainerContext['oneOff']>;
}

type Standing = Pick<ObservedContainer, 'id' | 'name' | 'service'>;

/** The project's containers by now: as observed, without those that this run has replaced, and with those it has made. */
function containersNow(world: Pick<World, 'observed'>, made: Iterable<MadeContainer>): readonly Standing[] {
  const fresh = [...made];
  const replaced = new Set(fresh.map(({ replaces }) => replaces));
  return [...world.observed.containers.filter(({ id, oneOff }) => !oneOff && !replaced.has(id)), ...fresh];
}

/** A service with its references to others replaced by the ids of the containers that stand for them by now. */
export function standingService(service: Service, world: Pick<World, 'observed' | 'project'>, made: Iterable<MadeContainer>): Service {
  const standing = sortedByName(containersNow(world, made));
  return effectiveService(world.project, service, name => standing.find(other => other.service === name)?.id);
}

const sortedByName = (containers: readonly Standing[]) => containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The context of one container's payload. Asks the engine for what this run has changed, and for the container that is replaced. */
export async function creationContext(creation: Creation, world: World, made: Iterable<MadeContainer>): Promise<ContainerContext> {
  const { engine, project, observed, images } = world;
  const standing = sortedByName(containersNow(world, made));
  const service = effectiveService(
    project,
    creation.service,
    name => creation.sharing?.[name] ?? standing.find(other => other.service === name)?.id,
  );
  const mounted = (service.volumes ?? []).flatMap(({ type, source }) => (type === 'image' && source ? [source] : []));
  const [image, profiles, replaced, ...mountedImages] = await Promise.all([
    images.at(defaultImageName(project, service)),
    seccompProfiles(service, project.directory),
    creation.inheritFrom === undefined ? undefined : engine.inspectContainer(creation.inheritFrom),
    ...mounted.map(async source => [source, await images.at(source)] as const),
  ]);
  const found = named(mountedImages.flatMap(([source, one]) => (one ? [[source, one] as const] : [])));
  return {
    project,
    service,
    replica: creation.replica,
    name: creation.name,
    apiVersion: observed.apiVersion,
    configHash: serviceHash(service),
    image,
    imageVolumeDigest: imageVolumeDigest(service, { images: found }),
    model: redactedModel(project, service),
    replaced,
    linkable: standing,
    proxies: engine.proxyVariables?.(),
    profiles,
    oneOff: creation.oneOff,
  };
}
