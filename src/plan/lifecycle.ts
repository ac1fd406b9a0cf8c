// start, stop, restart, kill, pause, unpause and rm: what happens to containers that exist.
import { createGraph, type Graph } from '../graph/graph.ts';
import { topologicalOrder } from '../graph/order.ts';
import { type DependencyEdge, dependencyGraph, replicasOf, withDependencies, withDependents } from '../model/dependencies.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { createPlanBuilder, type PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { isRunning, keysOf, refTo } from './containers.ts';
import { containersOf } from './hash.ts';
import type { KillIntent, PauseIntent, RemoveIntent, RestartIntent, StartIntent, StopIntent } from './intent.ts';
import type { ContainerRef, Operation, StepId } from './operation.ts';
import type { Plan } from './plan.ts';
import { leavesOf, planFinalWaits, planStarts, planWaits, type StartPhase, type StartTarget } from './starting.ts';
import { planHooks, planPreStop, planStop, removeStep } from './stopping.ts';
import { planProvider } from './variables.ts';

/** Services in an order, each after the last steps of those before it; a service that adds none hands on what it comes after. */
function inOrder(
  graph: Graph<DependencyEdge>,
  direction: 'dependencies-first' | 'dependents-first',
  add: (service: string, after: readonly StepId[]) => readonly StepId[],
): void {
  const ends = new Map<string, readonly StepId[]>();
  const order = topologicalOrder(graph);
  const forward = direction === 'dependencies-first';
  for (const name of forward ? order : order.toReversed()) {
    const neighbours = forward ? graph.out(name).map(edge => edge.to) : graph.into(name).map(edge => edge.from);
    const before = [...new Set(neighbours.flatMap(other => ends.get(other) ?? []))];
    const added = add(name, before);
    ends.set(name, added.length > 0 ? added : before);
  }
}

function isChosen(services: readonly string[], name: string): boolean {
  return services.length === 0 || services.includes(name);
}

/** `stop`: dependents before what they depend on. */
export function planStopAll(intent: StopIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  addStops(intent, { reason: 'requested', flag: 'stop' }, project, observed, plan);
  return plan.finish(project.name);
}

function addStops(
  intent: Pick<StopIntent, 'services' | 'graceSeconds'>,
  cause: Cause,
  project: Project,
  observed: Observed,
  plan: PlanBuilder,
): void {
  inOrder(dependencyGraph(project), 'dependents-first', (name, after) => {
    if (!isChosen(intent.services, name)) return [];
    const service = project.services[name];
    if (service?.provider) return [planProvider(service, 'stop', cause, after, plan)];
    const containers = containersOf(observed, name);
    const keyOf = keysOf(containers);
    const { graceSeconds } = intent;
    return containers.map(container => {
      const stopping = { key: keyOf(container), container, service, graceSeconds, cause, after };
      return planStop(stopping, plan);
    });
  });
}

/** `start`: the named services and what they depend on, each when its conditions hold. */
export function planStart(intent: StartIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  const chosen = intent.services.length > 0 ? withDependencies(project, intent.services) : Object.keys(project.services);
  const targets = new Map<string, readonly StartTarget[]>();
  for (const name of chosen) {
    const service = project.services[name];
    if (!service || service.provider || replicasOf(service) === 0) continue;
    targets.set(name, startTargets(containersOf(observed, name), plan));
  }
  const leftovers = observed.hooks ?? [];
  const phase: StartPhase = { project, targets, gate: [], leftovers, timeoutSeconds: intent.waitTimeoutSeconds };
  const ends = planStarts(phase, plan);
  if (intent.wait) planFinalWaits(phase, ends, plan);
  return plan.finish(project.name);
}

function startTargets(containers: readonly ObservedContainer[], plan: PlanBuilder): readonly StartTarget[] {
  const sorted = containers.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const keyOf = keysOf(sorted);
  return sorted.map(container => {
    const target = { key: keyOf(container), name: container.name, container: refTo(container) };
    if (container.state === 'running') plan.keep({ kind: 'Container', name: container.name });
    if (container.state === 'running' || container.state === 'restarting') return { ...target, untouched: container };
    return { ...target, start: { after: [], cause: { reason: 'stopped' } } };
  });
}

/**
 * `restart`: the named services, and with them those that depend on them with `restart: true`, once their conditions hold again.
 * Other dependencies neither order nor wait (interop.md §5.5).
 */
export function planRestart(intent: RestartIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  const all = intent.services.length === 0;
  const dependents = intent.withDependents ? withDependents(project, intent.services, edge => edge.restart) : intent.services;
  const chosen = all ? Object.keys(project.services) : dependents;
  const edges = dependencyGraph(project).edges.filter(edge => edge.restart && intent.withDependents);
  const graph = createGraph(chosen, edges);
  const targets = new Map(chosen.map(name => [name, startTargets(containersOf(observed, name), createPlanBuilder())]));
  const phase: StartPhase = { project, targets, gate: [], leftovers: [] };
  const ends = new Map<string, readonly StepId[]>();
  inOrder(graph, 'dependencies-first', (name, after) => {
    const waits = graph.out(name).flatMap(edge => planWaits(phase, edge, name, ends.get(edge.to) ?? [], plan));
    const restarted = planRestarts(intent, project.services[name], containersOf(observed, name), waits.length > 0 ? waits : after, plan);
    ends.set(name, restarted);
    return restarted.length > 0 ? restarted : waits;
  });
  return plan.finish(project.name);
}

function planRestarts(
  { graceSeconds }: RestartIntent,
  service: Service | undefined,
  containers: readonly ObservedContainer[],
  after: readonly StepId[],
  plan: PlanBuilder,
): readonly StepId[] {
  const keyOf = keysOf(containers);
  const cause: Cause = { reason: 'requested', flag: 'restart' };
  return containers.flatMap(container => {
    const key = keyOf(container);
    const restarted = plan.add({
      id: `${key}/restart`,
      operation: {
        kind: 'container.restart',
        container: refTo(container),
        service: container.service,
        ...(graceSeconds === undefined ? {} : { graceSeconds }),
      },
      subject: { kind: 'Container', name: container.name },
      after: planPreStop({ key, container, cause, after }, service, plan),
      cause,
    });
    return planHooks('post_start', { key, container, cause, after: [restarted] }, service, plan);
  });
}

/** `kill`: everything that runs, one-offs too, at once. */
export function planKill(intent: KillIntent, project: Project, observed: Observed): Plan {
  const running = chosenContainers(intent.services, project, observed, intent.removeOrphans).filter(isRunning);
  const cause: Cause = { reason: 'requested', flag: 'kill' };
  const plan = planEach(running, 'kill', cause, container => ({ kind: 'container.kill', container, signal: intent.signal }));
  if (running.length === 0) plan.notice({ code: 'request.nothing', message: 'No container to kill' });
  return plan.finish(project.name);
}

/** `pause` and `unpause`: what runs, or what is paused. */
export function planPause(intent: PauseIntent, project: Project, observed: Observed): Plan {
  const state = intent.kind === 'pause' ? 'running' : 'paused';
  const chosen = chosenContainers(intent.services, project, observed, false).filter(
    container => !container.oneOff && container.state === state,
  );
  const cause: Cause = { reason: 'requested', flag: intent.kind };
  return planEach(chosen, intent.kind, cause, container => ({ kind: `container.${intent.kind}`, container })).finish(project.name);
}

function chosenContainers(
  services: readonly string[],
  project: Project,
  observed: Observed,
  orphans: boolean,
): readonly ObservedContainer[] {
  return observed.containers.filter(({ service }) => isChosen(services, service) && (orphans || Object.hasOwn(project.services, service)));
}

/** A plan with one step for each container, in no order. */
function planEach(
  containers: readonly ObservedContainer[],
  verb: string,
  cause: Cause,
  operation: (container: ContainerRef) => Operation,
): PlanBuilder {
  const plan = createPlanBuilder();
  const keyOf = keysOf(containers);
  for (const container of containers) {
    plan.add({
      id: `${keyOf(container)}/${verb}`,
      operation: operation(refTo(container)),
      subject: { kind: 'Container', name: container.name },
      after: [],
      cause,
    });
  }
  return plan;
}

/** `rm`: containers that do not run; with `--stop` the others too, once they are stopped. */
export function planRemove(intent: RemoveIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  const cause: Cause = { reason: 'requested', flag: 'rm' };
  if (intent.stop) addStops({ services: intent.services }, cause, project, observed, plan);
  const stopped = leavesOf(plan.steps());
  const containers = chosenContainers(intent.services, project, observed, false).filter(({ oneOff }) => !oneOff);
  const keyOf = keysOf(containers);
  const removed = containers.filter(container => intent.stop || !isRunning(container));
  for (const container of removed) {
    const step = removeStep({ key: keyOf(container), container, cause, after: stopped }, intent.volumes);
    plan.add({ ...step, ...(intent.volumes ? { losesData: true } : {}) });
  }
  if (removed.length === 0) plan.notice({ code: 'request.nothing', message: 'No stopped containers' });
  return plan.finish(project.name);
}
