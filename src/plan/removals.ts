// What an up takes away: containers that are replaced or too many are stopped, dependents first, then removed; the new ones get their names.
// Networks that are made anew have their users stopped earlier still.
import { reachable } from '../graph/graph.ts';
import { containerName } from '../model/identity.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Service } from '../model/service.ts';
import { isTemporary, type Replica, refTo } from './containers.ts';
import { add, type Draft, present, remove, stop } from './draft.ts';
import { containersOf } from './hash.ts';
import type { NetworkUsers } from './networks.ts';
import type { StepId } from './operation.ts';
import type { Leaving } from './stopping.ts';
import { volumeChange } from './volumes.ts';

/** The containers as networks need them that are made anew: these ask for stops before anything else is made. */
export function networkUsers(draft: Draft): NetworkUsers {
  const stays = new Set<string>();
  const keys = new Map<string, { key: string; replica: number }>();
  for (const { replicas, surplus } of draft.fates.values()) {
    for (const { container, key, number, fate } of replicas) {
      if (!container) continue;
      keys.set(container.id, { key, replica: number });
      if (fate === 'keep' || fate === 'open') stays.add(container.id);
    }
    for (const { container, key } of surplus) keys.set(container.id, { key, replica: container.number ?? 0 });
  }
  return {
    containers: draft.order
      .toReversed()
      .flatMap(name => containersOf(draft.observed, name))
      .filter(({ name }) => !draft.removals.has(name))
      // On top of the container, not a copy of it: a copy would unpack its record.
      .map(container => {
        const key = keys.get(container.id) ?? { key: container.name, replica: 0 };
        return Object.assign(Object.create(container) as ObservedContainer, key);
      }),
    staysOn: (container, network) =>
      stays.has(container.id) && draft.project.services[container.service]?.networks?.[network] !== undefined,
    stop: (container, cause, before) => {
      const after = afterDependents(draft, container.service, before);
      return stop(draft, container.service, { key: container.key, container, cause, after });
    },
  };
}

/** The stops so far of all that depend on a service; `before` where there are none. */
function afterDependents(draft: Draft, service: string, before: readonly StepId[]): readonly StepId[] {
  const dependents = reachable(draft.graph, [service], 'into').filter(name => name !== service);
  const stops = stopsOf(draft, dependents);
  return stops.length > 0 ? stops : before;
}

/**
 * Removes all containers that mount a volume which is made anew, dependents first, before anything is made. Returns the steps after which
 * they are gone; `before` where there are none.
 */
export function planVolumeUsers(draft: Draft, before: readonly StepId[]): readonly StepId[] {
  const removed = draft.order.toReversed().flatMap(name => {
    const { surplus = [], lostVolume } = draft.fates.get(name) ?? {};
    if (lostVolume === undefined) return [];
    const cause = volumeChange(draft.project, lostVolume);
    return surplus.map(({ key, container }) => {
      const leaving: Leaving = { key, container, cause, after: afterDependents(draft, name, before) };
      const stopped = stop(draft, name, leaving);
      return remove(draft, name, { ...leaving, after: stopped === undefined ? before : [stopped] });
    });
  });
  return removed.length > 0 ? removed : before;
}

/** The stops so far of some services' containers. */
function stopsOf(draft: Draft, services: readonly string[]): readonly StepId[] {
  return services.flatMap(name => containersOf(draft.observed, name)).flatMap(container => draft.stops.get(container.id) ?? []);
}

/** Stops what is replaced or too many, dependents before what they depend on; then removes it, and gives the new ones their names. */
export function planRemovals(draft: Draft, created: readonly StepId[]): void {
  const stopEnds = new Map<string, readonly StepId[]>();
  const early = new Set(draft.stops.values());
  for (const name of draft.order.toReversed()) {
    const { replicas = [], surplus = [] } = draft.fates.get(name) ?? {};
    const dependents = [...new Set(draft.graph.into(name).flatMap(edge => stopEnds.get(edge.from) ?? []))];
    // Stops that a network asked for come before anything is made.
    const before = dependents.some(id => !early.has(id)) ? dependents : [...dependents, ...created];
    const stopped: StepId[] = [];
    for (const { key, container } of surplus.filter(one => !draft.removals.has(one.container.name)))
      stopped.push(...stopAndRemove(draft, name, { key, container, cause: { reason: 'scaled' }, after: before }, created));
    for (const { key, name: final, container, fate, cause } of replicas) {
      if (!container) continue;
      if (fate === 'recreate') {
        // Where a recreate was cut off, the final name is not that of the container which is replaced.
        const holder = container.name === final ? undefined : draft.removals.get(final);
        stopped.push(...stopAndRemove(draft, name, { key, container, cause, after: before }, created));
        planRename(draft, name, key, final, present(holder));
      }
      const restarted = fate === 'keep' ? restartedWith(draft, name) : undefined;
      if (!restarted) continue;
      const leaving: Leaving = { key, container, cause: { reason: 'follows', step: restarted.step }, after: before };
      stopped.push(...present(stop(draft, restarted.owner, leaving)));
    }
    stopEnds.set(name, stopped.length > 0 ? stopped : dependents);
  }
  for (const fates of draft.fates.values()) for (const replica of fates.replicas) renameLeftover(draft, fates.service, replica, created);
}

/** Stops a container, where it runs, and removes it. Returns the stop. One stopped early goes only when all is made. */
function stopAndRemove(draft: Draft, owner: string, leaving: Leaving, created: readonly StepId[]): readonly StepId[] {
  const { key, container, cause } = leaving;
  const early = draft.stops.get(container.id);
  const stopped = stop(draft, owner, leaving);
  const after = stopped === undefined || early !== undefined ? [...new Set([...present(early), ...created])] : [stopped];
  remove(draft, owner, { key, container, after, cause: cause.reason === 'changed' ? { reason: 'follows', step: `${key}/create` } : cause });
  return present(stopped);
}

function planRename(draft: Draft, owner: string, key: string, name: string, freed: readonly StepId[]): void {
  const created = `${key}/create`;
  add(draft, owner, {
    id: `${key}/rename`,
    operation: { kind: 'container.rename', container: { from: created, name }, name },
    subject: { kind: 'Container', name },
    after: [`${key}/remove`, ...freed],
    cause: { reason: 'follows', step: created },
  });
}

/** The dependency on whose account a service that stays is stopped and started again: one with `restart: true` that is made anew. */
function restartedWith(draft: Draft, service: string): { readonly owner: string; readonly step: StepId } | undefined {
  for (const edge of draft.graph.out(service)) {
    const replica = edge.restart ? draft.fates.get(edge.to)?.replicas.find(({ fate }) => fate === 'recreate') : undefined;
    if (replica) return { owner: edge.to, step: `${replica.key}/create` };
  }
  return undefined;
}

/** A recreate that was cut off leaves the new container under its temporary name: it gets its own once that is free. */
function renameLeftover(draft: Draft, service: Service, replica: Replica, created: readonly StepId[]): void {
  const { container, key } = replica;
  const wanted = containerName(draft.project, service, replica.number);
  if (replica.fate !== 'keep' || !container || !isTemporary(container, wanted)) return;
  const freed = draft.removals.get(wanted);
  if (freed === undefined && draft.observed.containers.some(other => other.name === wanted)) return;
  add(draft, service.name, {
    id: `${key}/rename`,
    operation: { kind: 'container.rename', container: refTo(container), name: wanted },
    subject: { kind: 'Container', name: wanted },
    after: freed === undefined ? created : [freed],
    cause: { reason: 'changed', paths: [{ path: 'container_name', before: container.name, after: wanted }] },
  });
}
