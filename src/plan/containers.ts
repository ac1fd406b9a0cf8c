// Containers: what becomes of each one that is there, and which are missing. Decided here for one service; creations.ts and
// removals.ts make steps of it.
import { replicasOf, sharedServices } from '../model/dependencies.ts';
import { containerName, labels, replicaKey } from '../model/identity.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { Cause } from './cause.ts';
import { serviceChanges, staleDeliveries } from './difference.ts';
import { type ContainerIds, containersOf, effectiveService, serviceHash } from './hash.ts';
import { presentImage } from './images.ts';
import type { RecreateRule } from './intent.ts';
import { findNetwork, networkName, networkState } from './networks.ts';
import type { ContainerRef, StepId } from './operation.ts';
import { findVolume, volumeChange, volumeName } from './volumes.ts';

/** A container that stays, is replaced or is made. `open`: only a pull or a build that is under way will tell. */
export interface Replica {
  readonly number: number;
  /** Starts the ids of its steps: `web-1`. */
  readonly key: string;
  /** The name it has in the end. */
  readonly name: string;
  readonly container?: ObservedContainer;
  readonly fate: 'keep' | 'recreate' | 'create' | 'open';
  readonly cause: Cause;
}

/** A container beyond the number that is wanted. */
export interface Surplus {
  readonly key: string;
  readonly container: ObservedContainer;
}

export interface Fates {
  readonly service: Service;
  /** By number. */
  readonly replicas: readonly Replica[];
  readonly surplus: readonly Surplus[];
  /** The key of a volume that is made anew: all containers go before it does. */
  readonly lostVolume?: string;
}

export interface FateRules {
  readonly project: Project;
  readonly observed: Observed;
  readonly recreate: RecreateRule;
  /** Whether the image of the service may still change before its containers are looked at. */
  readonly imageOpen: boolean;
  /** Whether it was open a moment ago, so that surplus containers have been chosen without a look at images. */
  readonly imageSettled: boolean;
  /** Whether all variables of the service are in the files, have been told by now, or are still to be told while the plan runs. */
  readonly variables: 'fixed' | 'told' | 'open';
  /** The ids of containers that stand for other services once this plan is done; undefined for one that is still to be made. */
  readonly ids: ContainerIds;
  /** The step that makes a new container of a service whose namespaces this one shares; `open` where that is not decided yet. */
  readonly sharedRecreated: (service: string) => StepId | 'open' | undefined;
}

/** The replica that stands for a service where others share its namespaces or volumes: the first by name, as in the reference. */
export function standIn({ replicas }: Fates): Replica | undefined {
  return replicas.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))[0];
}

/** States in which a container can be started, or runs. The others (dead, removing) cannot come back. */
const revivable: ReadonlySet<string> = new Set(['created', 'running', 'paused', 'restarting', 'exited']);

/** Whether a container has to be stopped before it can go. */
export function isRunning(container: ObservedContainer): boolean {
  return container.state === 'running' || container.state === 'paused' || container.state === 'restarting';
}

/** Whether a container bears the temporary name of a recreate that was cut off. */
export function isTemporary(container: ObservedContainer, name: string): boolean {
  return /^[0-9a-f]{12}_/.test(container.name) && container.name.slice(13) === name;
}

/** The container as operations name it. */
export function refTo(container: ObservedContainer): ContainerRef {
  return { id: container.id, name: container.name };
}

/**
 * The keys that start the ids of these containers' steps: `web-1`, and with the container's id added where two have one number (a recreate
 * that was cut off leaves such a pair). Another container's key is its name.
 */
export function keysOf(containers: readonly ObservedContainer[]): (container: ObservedContainer) => string {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  for (const container of containers) {
    const plain = container.number === undefined ? container.name : replicaKey(container.service, container.number);
    const key = taken.has(plain) ? `${plain}~${container.id.slice(0, 12)}` : plain;
    taken.add(key);
    keys.set(container.id, key);
  }
  return container => keys.get(container.id) ?? container.name;
}

/** Decides what becomes of a service's containers (interop.md §5.2), and numbers the new ones (§1.3). */
export function decideFates(service: Service, rules: FateRules): Fates {
  const { project, observed } = rules;
  const expected = expectation(service, rules);
  const found = containersOf(observed, service.name);
  const settled = found.map(container => ({ container, cause: recreateCause(service, container, rules, expected) }));
  const isNew = (container: ObservedContainer) => isTemporary(container, containerName(project, service, number(container)));
  const ordered = settled.toSorted(
    (a, b) =>
      rank(a.cause, rules) - rank(b.cause, rules) ||
      number(a.container) - number(b.container) ||
      b.container.createdAt - a.container.createdAt ||
      Number(isNew(b.container)) - Number(isNew(a.container)),
  );
  const keyOf = keysOf(ordered.map(({ container }) => container));
  const wanted = replicasOf(service);
  const staying = firstOfEachNumber(ordered).slice(0, wanted);
  const replicas: Replica[] = staying.map(({ container, cause }) => ({
    number: number(container),
    key: keyOf(container),
    name: containerName(project, service, number(container)),
    container,
    fate: cause === 'open' ? 'open' : cause ? 'recreate' : 'keep',
    cause: cause === 'open' || !cause ? { reason: 'stopped' } : cause,
  }));
  const first = Math.max(0, ...found.map(number)) + 1;
  for (let next = first; replicas.length < wanted; next++) {
    const cause: Cause = found.length > 0 ? { reason: 'scaled' } : { reason: 'missing' };
    const key = replicaKey(service.name, next);
    replicas.push({ number: next, key, name: containerName(project, service, next), fate: 'create', cause });
  }
  const surplus = ordered.filter(one => !staying.includes(one)).map(({ container }) => ({ key: keyOf(container), container }));
  return { service, replicas: replicas.sort((a, b) => a.number - b.number), surplus };
}

/** The fates where a volume is made anew: it can only go when nothing mounts it, so all containers go first, and others are made. */
export function fatesWithoutVolume(service: Service, volume: string, project: Project, observed: Observed): Fates {
  const found = containersOf(observed, service.name);
  const keyOf = keysOf(found);
  const cause: Cause = found.length > 0 ? volumeChange(project, volume) : { reason: 'missing' };
  const replicas = Array.from({ length: Math.max(0, replicasOf(service)) }, (_, index): Replica => {
    const number = index + 1;
    return { number, key: replicaKey(service.name, number), name: containerName(project, service, number), fate: 'create', cause };
  });
  return { service, replicas, surplus: found.map(container => ({ key: keyOf(container), container })), lostVolume: volume };
}

/** Without the second of a number: where a recreate was cut off, the old and the new container of one replica are both there. */
function firstOfEachNumber<T extends { readonly container: ObservedContainer }>(ordered: readonly T[]): readonly T[] {
  const seen = new Set<number>();
  return ordered.filter(({ container }) => {
    const isSecond = container.number !== undefined && seen.has(container.number);
    if (container.number !== undefined) seen.add(container.number);
    return !isSecond;
  });
}

/** What is up to date comes first; and what counted as open before counts so again, now that it is decided. */
function rank(cause: Cause | 'open' | undefined, { imageSettled, variables }: FateRules): number {
  if (cause === undefined || cause === 'open') return 0;
  if (!imageSettled || cause.reason !== 'changed') return 1;
  const wasOpen =
    variables === 'told' ? cause.paths.every(({ path }) => path !== 'state') : cause.paths.every(({ path }) => path === 'image');
  return wasOpen ? 0 : 1;
}

function number(container: ObservedContainer): number {
  return container.number ?? 0;
}

interface Expectation {
  readonly effective: Service;
  readonly hash: string;
  readonly imageDigest: string;
  readonly imageVolumeDigest: string;
}

/** What the labels of an up-to-date container say. */
function expectation(service: Service, { project, observed, ids }: FateRules): Expectation {
  const effective = effectiveService(project, service, ids);
  return {
    effective,
    hash: serviceHash(effective),
    imageDigest: presentImage(project, service, observed)?.digest ?? '',
    imageVolumeDigest: imageVolumeDigest(effective, observed),
  };
}

/** The value of the label image-volume-digest: `target=digest` of each image mount whose image is there, sorted, joined by commas. */
export function imageVolumeDigest(effective: Service, observed: Pick<Observed, 'images'>): string {
  return (effective.volumes ?? [])
    .filter(mount => mount.type === 'image' && mount.source !== undefined && Object.hasOwn(observed.images, mount.source))
    .map(mount => `${mount.target}=${observed.images[mount.source ?? '']?.digest}`)
    .sort()
    .join(',');
}

/** Why a container has to be replaced; undefined where it stays. */
function recreateCause(
  service: Service,
  container: ObservedContainer,
  rules: FateRules,
  expected: Expectation,
): Cause | 'open' | undefined {
  if (rules.recreate === 'never') return undefined;
  if (rules.recreate === 'force') return { reason: 'requested', flag: '--force-recreate' };
  const shared = sharedServices(service).map(rules.sharedRecreated);
  const follows = shared.find(step => step !== undefined && step !== 'open');
  if (follows !== undefined) return { reason: 'follows', step: follows };
  if (!revivable.has(container.state)) return { reason: 'changed', paths: [{ path: 'state', before: container.state }] };
  if (rules.variables === 'open') return 'open';
  if (container.configHash !== expected.hash)
    return { reason: 'changed', paths: serviceChanges(rules.project, service, expected.effective, container.model) };
  const attached = detached(service, container, rules);
  if (attached) return { reason: 'changed', paths: [{ path: `networks.${attached}` }] };
  const unmounted = missingMount(service, container, rules);
  if (unmounted) return { reason: 'changed', paths: [{ path: 'volumes', after: unmounted }] };
  const stale = staleDeliveries(rules.project, expected.effective, container);
  if (stale.length > 0) return { reason: 'changed', paths: stale };
  if (rules.imageOpen || shared.includes('open')) return 'open';
  const image = container.labels[labels.image] ?? '';
  const imageVolumes = container.labels[labels.imageVolumeDigest] ?? '';
  if (image === expected.imageDigest && imageVolumes === expected.imageVolumeDigest) return undefined;
  return { reason: 'changed', paths: [{ path: 'image', before: shortDigest(image), after: shortDigest(expected.imageDigest) }] };
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/**
 * A network of the service that the container is not on, by key. A container that is not running has no endpoints to look at, but
 * remembers its networks: by id if it ran before. It is detached where it has forgotten one (a run that changed the network was cut off),
 * or remembers one that is gone, since it could not be started again.
 */
function detached(service: Service, container: ObservedContainer, { project, observed }: FateRules): string | undefined {
  const ids = Object.values(container.networks);
  return Object.keys(service.networks ?? {})
    .sort()
    .find(key => {
      const found = findNetwork(project, observed, key);
      if (container.state === 'running') return found !== undefined && !ids.includes(found.id);
      const remembered = container.networks[found?.name ?? networkName(project, key)];
      if (remembered === undefined) return true;
      const gone = found ? remembered !== found.id : networkState(project, observed, key) === 'missing';
      return remembered !== '' && gone;
    });
}

/** The name of a named volume of the service that the container does not mount. */
function missingMount(service: Service, container: ObservedContainer, { project, observed }: FateRules): string | undefined {
  const mounted = new Set(container.mounts.map(mount => mount.name));
  return (service.volumes ?? [])
    .filter(mount => mount.type === 'volume' && mount.source && findVolume(project, observed, mount.source))
    .map(mount => volumeName(project, mount.source ?? ''))
    .find(name => !mounted.has(name));
}
