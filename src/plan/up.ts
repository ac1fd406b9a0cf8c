// up, create and the first half of run: images, networks, volumes, containers made; then old ones stopped and removed; then starts.
// Nothing that runs is stopped before all that is new has been made, and nothing starts before all that is old is gone.

import { type Graph, reachable } from '../graph/graph.ts';
import { topologicalOrder } from '../graph/order.ts';
import { type DependencyEdge, dependencyGraph, sharedServices } from '../model/dependencies.ts';
import { containerName, defaultImageName } from '../model/identity.ts';
import { type Named, named } from '../model/named.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { createPlanBuilder, type PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { decideFates, type Fates, isRunning, isTemporary, orphansOf, type Replica, refTo, standIn } from './containers.ts';
import { containersOf } from './hash.ts';
import { type ImagePlan, type ImageRules, planImages } from './images.ts';
import type { RecreateRule, UpIntent } from './intent.ts';
import { findNetwork, networkState, planNetworks } from './networks.ts';
import type { ContainerRef, StepId } from './operation.ts';
import type { Plan, Step } from './plan.ts';
import { leavesOf, planFinalWaits, planStarts, planWaits, type StartPhase, type StartTarget } from './starting.ts';
import { planVolumes } from './volumes.ts';

/** What up, create and run ask of this planner. */
export interface UpScope {
  /** Empty: all. The others are dependencies. */
  readonly services: readonly string[];
  readonly recreate: RecreateRule;
  readonly recreateDependencies: RecreateRule;
  readonly renewAnonymousVolumes: boolean;
  readonly images: ImageRules;
  readonly removeOrphans: boolean;
  readonly ignoreOrphans: boolean;
  readonly start: boolean;
  readonly wait: boolean;
  readonly waitTimeoutSeconds?: number | undefined;
  readonly graceSeconds?: number | undefined;
  /** A service that is no part of it, but whose image is wanted and whose dependencies are waited for. */
  readonly oneOff?: Service | undefined;
}

interface Draft {
  readonly project: Project;
  readonly observed: Observed;
  readonly scope: UpScope;
  readonly plan: PlanBuilder;
  readonly graph: Graph<DependencyEdge>;
  readonly order: readonly string[];
  readonly images: ImagePlan;
  readonly fates: ReadonlyMap<string, Fates>;
  /** The step that stops a container, by container id. */
  readonly stops: Map<string, StepId>;
  /** The step that removes the container of a name. */
  readonly removals: Map<string, StepId>;
  /** The service on whose account a step is there. */
  readonly owners: Map<StepId, string>;
}

function scopeOf(intent: UpIntent): UpScope {
  return { ...intent, images: { pull: intent.pull, build: intent.build } };
}

/** The plan that brings the engine to what the project says (interop.md §5). */
export function planUp(intent: UpIntent, project: Project, observed: Observed): Plan {
  return planBringUp(scopeOf(intent), project, observed);
}

/** As planUp, for a scope. */
export function planBringUp(scope: UpScope, project: Project, observed: Observed): Plan {
  const draft = createDraft(scope, project, observed, 'unknown');
  const ends = converge(draft);
  if (scope.start) planStartPhase(draft, ends);
  else for (const fates of draft.fates.values()) for (const replica of fates.replicas) keepIfUntouched(draft, replica);
  return draft.plan.finish(project.name);
}

/**
 * What a `decide` step yields: the planner asked again, now that the images of a service are what they will be. `observed` is the first
 * snapshot with the present images; `existing` are all steps known so far, which are not yielded again.
 */
export function decideUp(
  scope: UpScope,
  project: Project,
  observed: Observed,
  service: string,
  existing: ReadonlySet<StepId>,
): readonly Step[] {
  const draft = createDraft(scope, project, observed, 'settled');
  converge(draft);
  const yielded = draft.plan
    .steps()
    .filter(step => !existing.has(step.id) && (draft.owners.get(step.id) === service || stopsService(step, service)));
  return inOwnOrder(yielded, draft.plan.steps());
}

/**
 * Steps with their order among themselves alone, also where it went by way of others: what stands before the `decide` step is over, and
 * what stands behind it must not be waited for.
 */
function inOwnOrder(steps: readonly Step[], all: readonly Step[]): readonly Step[] {
  const ids = new Set(steps.map(step => step.id));
  const own = new Map<StepId, readonly StepId[]>();
  // In the order of the plan, so that those before are known.
  for (const { id, after } of all) own.set(id, [...new Set(after.flatMap(other => (ids.has(other) ? other : (own.get(other) ?? []))))]);
  return steps.map(step => ({ ...step, after: own.get(step.id) ?? [] }));
}

function stopsService({ operation }: Step, service: string): boolean {
  return operation.kind === 'container.stop' && operation.service === service;
}

/** As decideUp, for an intent. */
export function decideForUp(
  intent: UpIntent,
  project: Project,
  observed: Observed,
  service: string,
  existing: ReadonlySet<StepId>,
): readonly Step[] {
  return decideUp(scopeOf(intent), project, observed, service, existing);
}

function createDraft(scope: UpScope, project: Project, observed: Observed, imageState: 'unknown' | 'settled'): Draft {
  const plan = createPlanBuilder();
  const graph = dependencyGraph(project);
  const order = topologicalOrder(graph);
  const wanted: Project = scope.oneOff ? { ...project, services: { ...project.services, [scope.oneOff.name]: scope.oneOff } } : project;
  const none: ImagePlan = { steps: [], open: new Set() };
  const images = imageState === 'settled' ? none : planImages(wanted, observed, scope.images, plan);
  const fates = decideAll(scope, project, observed, order, images, imageState === 'settled');
  return { project, observed, scope, plan, graph, order, images, fates, stops: new Map(), removals: new Map(), owners: new Map() };
}

/** Decides what becomes of every container, dependencies first, since a container that shares a namespace goes with the one it shares. */
function decideAll(
  scope: UpScope,
  project: Project,
  observed: Observed,
  order: readonly string[],
  images: ImagePlan,
  imageSettled: boolean,
): ReadonlyMap<string, Fates> {
  const all = new Map<string, Fates>();
  const sharedRecreated = (name: string): StepId | 'open' | undefined => {
    const replicas = all.get(name)?.replicas ?? [];
    const recreated = replicas.find(replica => replica.fate === 'recreate');
    if (recreated) return `${recreated.key}/create`;
    return replicas.some(replica => replica.fate === 'open') ? 'open' : undefined;
  };
  const ids = (name: string): string | undefined => {
    const fates = all.get(name);
    const replica = fates && standIn(fates);
    return replica?.fate === 'keep' || replica?.fate === 'open' ? replica.container?.id : undefined;
  };
  for (const name of order) {
    const service = project.services[name];
    if (!service || service.provider) continue;
    const isNamed = scope.services.length === 0 || scope.services.includes(name);
    const recreate = isNamed ? scope.recreate : scope.recreateDependencies;
    all.set(
      name,
      decideFates(service, { project, observed, recreate, imageOpen: images.open.has(name), imageSettled, ids, sharedRecreated }),
    );
  }
  return all;
}

/** Everything before the start phase. Returns the steps that must be over before anything starts. */
function converge(draft: Draft): readonly StepId[] {
  const { project, observed, plan, images } = draft;
  const gate = images.steps.length > 0 ? leavesOf(plan.steps()) : [];
  const cleared = planConflictingOrphans(draft, gate);
  const networks = planNetworks(project, observed, networkUsers(draft), cleared, plan);
  const volumes = planVolumes(project, observed, gate, plan);
  planCreations(draft, service => needs(draft, service, networks, volumes), gate);
  const created = leavesOf(plan.steps());
  planRemovals(draft, created);
  planOrphans(draft, created);
  return leavesOf(plan.steps());
}

/** Adds a step on account of a service. */
function add(draft: Draft, owner: string, step: Step): StepId {
  draft.owners.set(step.id, owner);
  return draft.plan.add(step);
}

/** The step that stops a container; the first one to ask makes it. undefined where it does not run. */
function stop(
  draft: Draft,
  owner: string,
  key: string,
  container: ObservedContainer,
  cause: Cause,
  after: readonly StepId[],
): StepId | undefined {
  const known = draft.stops.get(container.id);
  if (known !== undefined || !isRunning(container)) return known;
  const { graceSeconds } = draft.scope;
  const id = add(draft, owner, {
    id: `${key}/stop`,
    operation: {
      kind: 'container.stop',
      container: refTo(container),
      service: container.service,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    },
    subject: { kind: 'Container', name: container.name },
    after,
    cause,
  });
  draft.stops.set(container.id, id);
  return id;
}

function remove(draft: Draft, owner: string, key: string, container: ObservedContainer, cause: Cause, after: readonly StepId[]): StepId {
  const id = add(draft, owner, {
    id: `${key}/remove`,
    operation: { kind: 'container.remove', container: refTo(container), withAnonymousVolumes: false },
    subject: { kind: 'Container', name: container.name },
    after,
    cause,
  });
  draft.removals.set(container.name, id);
  return id;
}

function networkUsers(draft: Draft): Parameters<typeof planNetworks>[2] {
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
      .map(container => ({ ...container, ...(keys.get(container.id) ?? { key: container.name, replica: 0 }) })),
    staysOn: (container, network) =>
      stays.has(container.id) && draft.project.services[container.service]?.networks?.[network] !== undefined,
    stop: (container, cause, after) => {
      const dependents = stopsOf(
        draft,
        reachable(draft.graph, [container.service], 'into').filter(name => name !== container.service),
      );
      const key = keys.get(container.id)?.key ?? container.name;
      return stop(draft, container.service, key, container, cause, dependents.length > 0 ? dependents : after);
    },
  };
}

/** The stops so far of some services' containers. */
function stopsOf(draft: Draft, services: readonly string[]): readonly StepId[] {
  return services.flatMap(name => containersOf(draft.observed, name)).flatMap(container => draft.stops.get(container.id) ?? []);
}

/** The steps that a new container of a service needs: its networks and volumes, and the containers it shares namespaces with or links to. */
function needs(
  draft: Draft,
  service: Service,
  networks: ReadonlyMap<string, StepId>,
  volumes: ReadonlyMap<string, StepId>,
): readonly StepId[] {
  const steps = new Set<StepId>();
  for (const key of Object.keys(service.networks ?? {}).sort()) steps.add(networks.get(key) ?? '');
  for (const mount of service.volumes ?? []) if (mount.type === 'volume') steps.add(volumes.get(mount.source ?? '') ?? '');
  for (const name of linked(service)) {
    if (draft.plan.has(decideId(name))) steps.add(decideId(name));
    for (const replica of draft.fates.get(name)?.replicas ?? [])
      if (draft.plan.has(`${replica.key}/create`)) steps.add(`${replica.key}/create`);
  }
  return [...steps].filter(step => step !== '');
}

function linked(service: Service): readonly string[] {
  return [...new Set([...sharedServices(service), ...(service.links ?? []).map(link => link.split(':')[0] ?? '')])];
}

function decideId(service: string): StepId {
  return `${service}/decide`;
}

/** Creates what is certain; then, in order, the services that hang on an image not known yet, each with its `decide` step. */
function planCreations(draft: Draft, needed: (service: Service) => readonly StepId[], gate: readonly StepId[]): void {
  const deferred: Fates[] = [];
  const waiting = new Set<string>();
  for (const name of draft.order) {
    const fates = draft.fates.get(name);
    if (!fates) continue;
    if (fates.replicas.some(replica => replica.fate === 'open') || linked(fates.service).some(other => waiting.has(other))) {
      waiting.add(name);
      deferred.push(fates);
    } else planCreates(draft, fates, needed(fates.service), gate);
  }
  const certain = leavesOf(draft.plan.steps());
  for (const { service, ...fates } of deferred) {
    planCreates(draft, { service, ...fates }, needed(service), gate);
    const open = fates.replicas.find(replica => replica.fate === 'open');
    if (!open) continue;
    const earlier = draft.graph
      .out(service.name)
      .map(edge => decideId(edge.to))
      .filter(id => draft.plan.has(id));
    const freed = freeNames(draft, { service, ...fates }, certain);
    draft.plan.add({
      id: decideId(service.name),
      operation: { kind: 'decide', service: service.name },
      subject: { kind: 'Container', name: open.container?.name ?? open.name },
      after: [...new Set([...certain, ...needed(service), ...earlier, ...freed])],
      cause: { reason: 'follows', step: imageStep(draft, service) ?? earlier[0] ?? '' },
    });
  }
}

/** Where a recreate was cut off and its end is open, the old container goes before the decision, for the new one may have to take its name. */
function freeNames(draft: Draft, { service, replicas, surplus }: Fates, after: readonly StepId[]): readonly StepId[] {
  const waiting = replicas.filter(({ fate, name, container }) => fate === 'open' && container && isTemporary(container, name));
  const names = new Set(waiting.map(({ name }) => name));
  const holders = surplus.filter(({ container }) => names.has(container.name));
  return holders.map(({ key, container }) => {
    const stopped = stop(draft, service.name, key, container, { reason: 'scaled' }, after);
    return remove(
      draft,
      service.name,
      key,
      container,
      { reason: 'scaled' },
      stopped === undefined ? after : [...new Set([...after, stopped])],
    );
  });
}

/** The step that brings the image of a service. */
function imageStep(draft: Draft, service: Service): StepId | undefined {
  const image = defaultImageName(draft.project, service);
  return draft.plan
    .steps()
    .find(({ operation }) => (operation.kind === 'image.pull' || operation.kind === 'image.build') && operation.image === image)?.id;
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
      after: after.length > 0 ? after : gate,
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

/** Stops what is replaced or too many, dependents before what they depend on; then removes it, and gives the new ones their names. */
function planRemovals(draft: Draft, created: readonly StepId[]): void {
  const stopEnds = new Map<string, readonly StepId[]>();
  const early = new Set(draft.stops.values());
  for (const name of draft.order.toReversed()) {
    const { replicas = [], surplus = [] } = draft.fates.get(name) ?? {};
    const dependents = [...new Set(draft.graph.into(name).flatMap(edge => stopEnds.get(edge.from) ?? []))];
    // Stops that a network asked for come before anything is made.
    const before = dependents.some(id => !early.has(id)) ? dependents : [...dependents, ...created];
    const stopped: StepId[] = [];
    for (const { key, container } of surplus.filter(one => !draft.removals.has(one.container.name)))
      stopped.push(...stopAndRemove(draft, name, key, container, { reason: 'scaled' }, before, created));
    for (const { key, name: final, container, fate, cause } of replicas) {
      if (!container) continue;
      if (fate === 'recreate') {
        // Where a recreate was cut off, the final name is not that of the container which is replaced.
        const holder = container.name === final ? undefined : draft.removals.get(final);
        stopped.push(...stopAndRemove(draft, name, key, container, cause, before, created));
        planRename(draft, name, key, final, present(holder));
      }
      const restarted = fate === 'keep' ? restartedWith(draft, name) : undefined;
      if (restarted)
        stopped.push(...present(stop(draft, restarted.owner, key, container, { reason: 'follows', step: restarted.step }, before)));
    }
    stopEnds.set(name, stopped.length > 0 ? stopped : dependents);
  }
  for (const fates of draft.fates.values()) for (const replica of fates.replicas) renameLeftover(draft, fates.service, replica, created);
}

function present(step: StepId | undefined): readonly StepId[] {
  return step === undefined ? [] : [step];
}

/** Stops a container after `before`, where it runs, and removes it. Returns the stop. One stopped early goes only when all is made. */
function stopAndRemove(
  draft: Draft,
  owner: string,
  key: string,
  container: ObservedContainer,
  cause: Cause,
  before: readonly StepId[],
  created: readonly StepId[],
): readonly StepId[] {
  const early = draft.stops.get(container.id);
  const stopped = stop(draft, owner, key, container, cause, before);
  const after = stopped === undefined || early !== undefined ? [...new Set([...present(early), ...created])] : [stopped];
  remove(draft, owner, key, container, cause.reason === 'changed' ? { reason: 'follows', step: `${key}/create` } : cause, after);
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

/** Orphans that stand in the way go before anything is made: they hold a name that a new container needs, or a network that is made anew. */
function planConflictingOrphans(draft: Draft, gate: readonly StepId[]): readonly StepId[] {
  const { project, observed } = draft;
  if (!draft.scope.removeOrphans) return gate;
  const names = new Set([...draft.fates.values()].flatMap(fates => fates.replicas.map(replica => replica.name)));
  const changed = Object.keys(project.networks).filter(key => networkState(project, observed, key) === 'diverged');
  const networks = new Set(changed.map(key => findNetwork(project, observed, key)?.id));
  const removed = orphansOf(project, observed)
    .filter(orphan => names.has(orphan.name) || Object.values(orphan.networks).some(id => networks.has(id)))
    .map(orphan => removeOrphan(draft, orphan, gate));
  return removed.length > 0 ? removed : gate;
}

function planOrphans(draft: Draft, created: readonly StepId[]): void {
  const orphans = orphansOf(draft.project, draft.observed);
  if (draft.scope.removeOrphans)
    for (const orphan of orphans.filter(({ name }) => !draft.removals.has(name))) removeOrphan(draft, orphan, created);
  else if (orphans.length > 0 && !draft.scope.ignoreOrphans)
    draft.plan.notice({ code: 'request.orphans', message: orphanMessage(orphans) });
}

/** The reference's warning about orphans. */
export function orphanMessage(orphans: readonly ObservedContainer[]): string {
  const names = orphans.map(orphan => orphan.name).join(', ');
  return (
    `Found orphan containers (${names}) for this project. If you removed or renamed this service in your compose file, ` +
    'you can run this command with the --remove-orphans flag to clean it up.'
  );
}

function removeOrphan(draft: Draft, orphan: ObservedContainer, before: readonly StepId[]): StepId {
  const key = `orphan:${orphan.name}`;
  const stopped = stop(draft, key, key, orphan, { reason: 'orphaned' }, before);
  return remove(draft, key, key, orphan, { reason: 'orphaned' }, stopped === undefined ? before : [stopped]);
}

function planStartPhase(draft: Draft, gate: readonly StepId[]): void {
  const { project, plan, scope } = draft;
  const targets = new Map(
    [...draft.fates].map(([name, { replicas }]) => [name, replicas.map(replica => startTarget(draft, name, replica))]),
  );
  const phase: StartPhase = { project, targets, gate, timeoutSeconds: scope.waitTimeoutSeconds };
  const ends = planStarts(phase, plan);
  if (scope.wait) planFinalWaits(phase, ends, plan);
  if (scope.oneOff) {
    for (const [to, { condition, required }] of Object.entries(scope.oneOff.depends_on ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
      planWaits(phase, { from: scope.oneOff.name, to, condition, restart: false, required }, scope.oneOff.name, ends.get(to) ?? [], plan);
  }
}

/** How a replica takes part in the start phase. */
function startTarget(draft: Draft, service: string, replica: Replica): StartTarget {
  const { key, name, container } = replica;
  const from: ContainerRef = { from: `${key}/create`, name, ...(container ? { orElse: container.id } : {}) };
  const stopId = `${key}/stop`;
  if (replica.fate === 'create' || replica.fate === 'recreate' || !container) {
    const step = `${key}/create`;
    const last = replica.fate === 'recreate' ? `${key}/rename` : step;
    return { key, name, container: { from: step, name }, start: { after: [last], cause: { reason: 'follows', step } } };
  }
  const stopped = draft.stops.get(container.id);
  const reference = replica.fate === 'open' ? from : refTo(container);
  const common = { key, name, container: reference };
  if (stopped !== undefined) {
    const last = leavesBehind(draft, key) ?? stopped;
    return { ...common, start: { after: [last], cause: { reason: 'follows', step: stopped } } };
  }
  const runs = isRunning(container) && container.state !== 'paused';
  if (!runs) return { ...common, start: { after: present(decided(draft, service, replica)), cause: { reason: 'stopped' } } };
  const decision = decided(draft, service, replica) ?? mayStop(draft, service);
  if (decision !== undefined)
    return { ...common, start: { after: [decision], cause: { reason: 'follows', step: decision }, when: { step: stopId, is: 'planned' } } };
  keepIfUntouched(draft, replica);
  return { ...common, untouched: container };
}

/** The last step that connects a container to networks made anew. */
function leavesBehind(draft: Draft, key: string): StepId | undefined {
  return draft.plan.steps().findLast(step => step.operation.kind === 'network.connect' && step.id.startsWith(`${key}/connect:`))?.id;
}

function decided(draft: Draft, service: string, replica: Replica): StepId | undefined {
  return replica.fate === 'open' && draft.plan.has(decideId(service)) ? decideId(service) : undefined;
}

/** The `decide` step that may stop this service, because a dependency with `restart: true` may be made anew. */
function mayStop(draft: Draft, service: string): StepId | undefined {
  const edge = draft.graph.out(service).find(({ restart, to }) => restart && draft.plan.has(decideId(to)));
  return edge && decideId(edge.to);
}

/** Running containers that no step touches are shown as running. */
function keepIfUntouched(draft: Draft, { key, fate, container }: Replica): void {
  if (draft.plan.has(`${key}/rename`)) return;
  if (fate !== 'keep' || !container || container.state !== 'running' || draft.stops.has(container.id)) return;
  draft.plan.keep({ kind: 'Container', name: container.name });
}
