// The new containers of an up: those that are certain at once, the others behind the `decide` step of their service.
import { sharedServices } from '../model/dependencies.ts';
import { defaultImageName } from '../model/identity.ts';
import { type Named, named } from '../model/named.ts';
import type { Service } from '../model/service.ts';
import { type Fates, isTemporary, refTo, standIn } from './containers.ts';
import { add, type Draft, decideId, present, remove, stop } from './draft.ts';
import type { ContainerRef, StepId } from './operation.ts';
import { leavesOf } from './starting.ts';
import type { Leaving } from './stopping.ts';
import { planProvider, toldBy } from './variables.ts';

/** Creates what is certain; then, in order, the services that hang on an image not known yet, each with its `decide` step. */
export function planCreations(
  draft: Draft,
  networks: ReadonlyMap<string, StepId>,
  volumes: ReadonlyMap<string, StepId>,
  gate: readonly StepId[],
): void {
  const needed = (service: Service) => needs(draft, service, networks, volumes);
  const deferred: Fates[] = [];
  const waiting = new Set<string>();
  for (const name of draft.order) {
    const service = draft.project.services[name];
    if (service?.provider) {
      const [dependent] = draft.graph
        .into(name)
        .map(edge => edge.from)
        .sort();
      planProvider(service, 'up', { reason: 'needed', by: dependent ?? name }, orGate(needed(service), gate), draft.plan);
    }
    const fates = draft.fates.get(name);
    if (!fates) continue;
    if (fates.replicas.some(replica => replica.fate === 'open') || linked(fates.service).some(other => waiting.has(other))) {
      waiting.add(name);
      deferred.push(fates);
    } else planCreates(draft, fates, needed(fates.service), gate);
  }
  const certain = leavesOf(draft.plan.steps());
  for (const fates of deferred) {
    const { service } = fates;
    planCreates(draft, fates, needed(service), gate);
    const open = fates.replicas.find(replica => replica.fate === 'open');
    if (!open) continue;
    const earlier = draft.graph
      .out(service.name)
      .map(edge => decideId(edge.to))
      .filter(id => draft.plan.has(id));
    const freed = freeNames(draft, fates, certain);
    draft.plan.add({
      id: decideId(service.name),
      operation: { kind: 'decide', service: service.name },
      subject: { kind: 'Container', name: open.container?.name ?? open.name },
      after: [...new Set([...certain, ...needed(service), ...earlier, ...freed])],
      cause: { reason: 'follows', step: imageStep(draft, service) ?? toldBy(draft.project, service, draft.plan)[0] ?? earlier[0] ?? '' },
    });
  }
}

function orGate(steps: readonly StepId[], gate: readonly StepId[]): readonly StepId[] {
  return steps.length > 0 ? steps : gate;
}

/**
 * The steps that a new container of a service needs: its networks and volumes, the containers it shares namespaces with or links to, and
 * those that tell its variables. A provider comes after the containers that it depends on have been made.
 */
function needs(
  draft: Draft,
  service: Service,
  networks: ReadonlyMap<string, StepId>,
  volumes: ReadonlyMap<string, StepId>,
): readonly StepId[] {
  const steps = new Set<StepId>();
  for (const key of Object.keys(service.networks ?? {}).sort()) steps.add(networks.get(key) ?? '');
  for (const mount of service.volumes ?? []) if (mount.type === 'volume') steps.add(volumes.get(mount.source ?? '') ?? '');
  for (const step of toldBy(draft.project, service, draft.plan)) steps.add(step);
  for (const name of service.provider ? draft.graph.out(service.name).map(edge => edge.to) : linked(service)) {
    if (draft.plan.has(decideId(name))) steps.add(decideId(name));
    for (const replica of draft.fates.get(name)?.replicas ?? [])
      if (draft.plan.has(`${replica.key}/create`)) steps.add(`${replica.key}/create`);
  }
  return [...steps].filter(step => step !== '');
}

function linked(service: Service): readonly string[] {
  return [...new Set([...sharedServices(service), ...(service.links ?? []).map(link => link.split(':')[0] ?? '')])];
}

function planCreates(draft: Draft, { service, replicas }: Fates, needed: readonly StepId[], gate: readonly StepId[]): void {
  for (const replica of replicas) {
    if (replica.fate !== 'create' && replica.fate !== 'recreate') continue;
    const old = replica.fate === 'recreate' ? replica.container : undefined;
    const sharing = sharedContainers(draft, service);
    const conflicting = old ? undefined : draft.removals.get(replica.name);
    const after = conflicting ? [...needed, conflicting] : needed;
    add(draft, service.name, {
      id: `${replica.key}/create`,
      operation: {
        kind: 'container.create',
        service: service.name,
        replica: replica.number,
        name: replica.name,
        ...(old ? { replaces: { id: old.id, name: old.name } } : {}),
        inheritVolumes: old !== undefined && !draft.scope.renewAnonymousVolumes,
        ...(sharing ? { sharing } : {}),
      },
      subject: { kind: 'Container', name: replica.name },
      after: orGate(after, gate),
      cause: replica.cause,
    });
  }
}

/** The containers that stand for the services whose namespaces or volumes a service shares. */
function sharedContainers(draft: Draft, service: Service): Named<ContainerRef> | undefined {
  const references = sharedServices(service).flatMap((name): readonly (readonly [string, ContainerRef])[] => {
    const fates = draft.fates.get(name);
    const replica = fates && standIn(fates);
    if (!replica) return [];
    if (replica.fate === 'keep' && replica.container) return [[name, refTo(replica.container)]];
    const kept = replica.fate === 'open' && replica.container ? { orElse: replica.container.id } : {};
    return [[name, { from: `${replica.key}/create`, name: replica.name, ...kept }]];
  });
  return references.length > 0 ? named(references) : undefined;
}

/** The step that brings the image of a service. */
function imageStep(draft: Draft, service: Service): StepId | undefined {
  const image = defaultImageName(draft.project, service);
  return draft.plan
    .steps()
    .find(({ operation }) => (operation.kind === 'image.pull' || operation.kind === 'image.build') && operation.image === image)?.id;
}

/** Where a recreate was cut off and its end is open, the old container goes before the decision, for the new one may have to take its name. */
function freeNames(draft: Draft, { service, replicas, surplus }: Fates, after: readonly StepId[]): readonly StepId[] {
  const waiting = replicas.filter(({ fate, name, container }) => fate === 'open' && container && isTemporary(container, name));
  const names = new Set(waiting.map(({ name }) => name));
  const holders = surplus.filter(({ container }) => names.has(container.name));
  return holders.map(({ key, container }) => {
    const leaving: Leaving = { key, container, cause: { reason: 'scaled' }, after };
    const stopped = stop(draft, service.name, leaving);
    return remove(draft, service.name, { ...leaving, after: [...new Set([...after, ...present(stopped)])] });
  });
}
