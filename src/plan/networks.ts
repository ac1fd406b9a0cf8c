// Networks: which are made, which are made anew, and which are missing though they should be there.
import { labels as labelKeys } from '../model/identity.ts';
import type { Observed, ObservedContainer, ObservedNetwork } from '../model/observed.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import type { Network } from '../model/resources.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { networkHash } from './hash.ts';
import type { ContainerRef, StepId } from './operation.ts';

export interface Missing {
  readonly kind: 'network' | 'volume';
  readonly key: string;
  /** In the reference's words. */
  readonly message: string;
}

/** The network's name on the engine. */
export function networkName(project: Project, key: string): string {
  const network = project.networks[key];
  return network?.name ?? (network?.external ? key : `${project.name}_${key}`);
}

/**
 * The network that stands for a key of the file. One of this project's with that key counts before one that only has the name;
 * of several with the key, the one with the right name, else the first by name (interop.md §5.4); of two with one name, the one in use.
 */
export function findNetwork(
  project: Project,
  observed: Pick<Observed, 'networks' | 'containers'>,
  key: string,
): ObservedNetwork | undefined {
  const name = networkName(project, key);
  const isUsed = ({ id }: ObservedNetwork) => observed.containers.some(({ networks }) => Object.values(networks).includes(id));
  const sorted = observed.networks.toSorted((a, b) =>
    a.name === b.name ? Number(isUsed(b)) - Number(isUsed(a)) : a.name < b.name ? -1 : 1,
  );
  if (project.networks[key]?.external) return sorted.find(network => network.name === name) ?? sorted.find(network => network.id === name);
  const keyed = sorted.filter(network => network.key === key);
  return keyed.find(network => network.name === name) ?? keyed[0] ?? sorted.find(network => network.name === name);
}

/** Networks that the file calls external and the engine does not have. Nothing may be done before they are there. */
export function missingNetworks(project: Project, observed: Observed): readonly Missing[] {
  return keysOf(project.networks)
    .filter(key => project.networks[key]?.external && !findNetwork(project, observed, key))
    .map(key => ({
      kind: 'network',
      key,
      message: `network ${networkName(project, key)} declared as external, but could not be found`,
    }));
}

/** How a network stands: `diverged` where the engine's own has been made from another definition. */
export type NetworkState = 'external' | 'missing' | 'foreign' | 'current' | 'diverged';

export function networkState(project: Project, observed: Observed, key: string): NetworkState {
  const network = project.networks[key];
  if (!network || network.external) return 'external';
  const found = findNetwork(project, observed, key);
  if (!found) return 'missing';
  if (!found.configHash || found.key !== key) return 'foreign';
  return found.configHash === networkHash(network) ? 'current' : 'diverged';
}

/** A container of a service, with the key that starts the ids of its steps. */
export interface NetworkUser extends ObservedContainer {
  readonly key: string;
  readonly replica: number;
}

/** What the planner of containers offers, so that a network can be taken from under them and given back. */
export interface NetworkUsers {
  /** The containers of all services, dependents before what they depend on. */
  readonly containers: readonly NetworkUser[];
  /** Whether a container lives on after this plan, or may, and its service uses the network: it then has to be connected again. */
  staysOn(container: ObservedContainer, network: string): boolean;
  /** The step that stops a container, made where there is none yet; undefined where it does not run. */
  stop(container: NetworkUser, cause: Cause, after: readonly StepId[]): StepId | undefined;
}

/** Plans all networks. Returns the step after which each network is as the file says; no entry where it is so already. */
export function planNetworks(
  project: Project,
  observed: Observed,
  users: NetworkUsers,
  after: readonly StepId[],
  plan: PlanBuilder,
): ReadonlyMap<string, StepId> {
  const made = new Map<string, StepId>();
  for (const key of keysOf(project.networks)) {
    const network = project.networks[key];
    const state = networkState(project, observed, key);
    if (network && state === 'missing') made.set(key, create(project, key, { reason: 'missing' }, after, plan));
    if (state === 'foreign') noticeForeign(project, observed, key, plan);
    const cleared = state === 'external' ? undefined : removeDoubles(project, observed, key, after, plan);
    if (network && state === 'diverged') remake(project, observed, key, users, cleared === undefined ? after : [cleared], plan, made);
    else if (cleared !== undefined) made.set(key, cleared);
  }
  return made;
}

/**
 * Engines before API 1.44 make two networks of one name where two commands ask at the same moment, and can then tell neither by its name.
 * Returns the step after which there is one; undefined where there is no more than that. One that another key of the file has made is no double.
 */
function removeDoubles(project: Project, observed: Observed, key: string, after: readonly StepId[], plan: PlanBuilder): StepId | undefined {
  const found = findNetwork(project, observed, key);
  if (found?.key !== key) return undefined;
  const doubles = observed.networks.filter(other => other.key === key && other.name === found.name && other.id !== found.id);
  let last: StepId | undefined;
  for (const [index, { id, name }] of doubles.entries()) {
    last = plan.add({
      id: `network:${key}/remove-${index + 2}`,
      operation: { kind: 'network.remove', id },
      subject: { kind: 'Network', name },
      after: last === undefined ? after : [last],
      cause: { reason: 'orphaned' },
    });
  }
  return last;
}

function create(project: Project, key: string, cause: Cause, after: readonly StepId[], plan: PlanBuilder): StepId {
  return plan.add({
    id: `network:${key}/create`,
    operation: { kind: 'network.create', network: key },
    subject: { kind: 'Network', name: networkName(project, key) },
    after,
    cause,
  });
}

function noticeForeign(project: Project, observed: Observed, key: string, plan: PlanBuilder): void {
  const owner = findNetwork(project, observed, key)?.labels[labelKeys.project];
  if (owner === project.name) return;
  const by = owner ? `for project "${project.name}"` : 'by compose';
  plan.notice({
    code: 'engine.conflict',
    message: `a network with name ${networkName(project, key)} exists but was not created ${by}.\nSet \`external: true\` to use an existing network`,
  });
}

/** Stops and disconnects all that use the old network, replaces it, and connects those that stay with all their settings. */
function remake(
  project: Project,
  observed: Observed,
  key: string,
  users: NetworkUsers,
  after: readonly StepId[],
  plan: PlanBuilder,
  made: Map<string, StepId>,
): void {
  const old = findNetwork(project, observed, key);
  if (!old) return;
  const cause: Cause = { reason: 'changed', paths: [{ path: `networks.${key}`, ...placeOf(project, `networks.${key}`) }] };
  const disconnected = new Map<string, StepId>();
  const attached = users.containers.filter(
    container => Object.values(container.networks).includes(old.id) || container.networks[old.name] !== undefined,
  );
  for (const container of attached) {
    const stopped = users.stop(container, cause, after);
    const id = plan.add({
      id: `${container.key}/disconnect:${key}`,
      operation: { kind: 'network.disconnect', network: old.name, container: refOf(container) },
      subject: { kind: 'Container', name: container.name },
      after: stopped ? [stopped] : after,
      cause,
    });
    disconnected.set(container.id, id);
  }
  const renamed = old.name !== networkName(project, key);
  const removed = plan.add({
    id: `network:${key}/remove`,
    operation: { kind: 'network.remove', id: old.id },
    subject: { kind: 'Network', name: old.name },
    after: disconnected.size > 0 ? [...disconnected.values()] : after,
    // One that only has another name now is swept away where it can be; nothing hangs on it.
    cause: renamed ? { reason: 'orphaned' } : cause,
  });
  const created = create(project, key, cause, renamed ? after : [removed], plan);
  made.set(key, created);
  for (const container of attached.filter(container => users.staysOn(container, key))) {
    plan.add({
      id: `${container.key}/connect:${key}`,
      operation: {
        kind: 'network.connect',
        network: key,
        container: refOf(container),
        service: container.service,
        replica: container.replica,
      },
      subject: { kind: 'Container', name: container.name },
      after: [created, ...(renamed ? [disconnected.get(container.id) ?? created] : [])],
      cause: { reason: 'follows', step: created },
    });
  }
}

function refOf(container: ObservedContainer): ContainerRef {
  return { id: container.id, name: container.name };
}

function keysOf(record: Readonly<Record<string, Network>>): readonly string[] {
  return Object.keys(record).sort();
}
