// The start phase that up, start and run share: a service starts the moment its own conditions hold, never later.

import { topologicalOrder } from '../graph/order.ts';
import { type DependencyEdge, dependencyGraph } from '../model/dependencies.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import type { Condition, Service } from '../model/service.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import type { StepId } from './operation.ts';
import type { Step } from './plan.ts';
import { planPreStart, type StartTarget } from './pre-start.ts';

export type { StartTarget } from './pre-start.ts';

export interface StartPhase {
  readonly project: Project;
  /** The containers of each service that takes part. */
  readonly targets: ReadonlyMap<string, readonly StartTarget[]>;
  /** Steps that must be over before anything starts or is waited for. */
  readonly gate: readonly StepId[];
  /** Containers of hooks that an earlier run left. */
  readonly leftovers: readonly ObservedContainer[];
  readonly timeoutSeconds?: number | undefined;
}

type Until = Condition | 'running_or_healthy';

/** Plans waits, starts and hooks in dependency order. Returns the steps that end each service's start; none where there is nothing to do. */
export function planStarts(phase: StartPhase, plan: PlanBuilder): ReadonlyMap<string, readonly StepId[]> {
  const graph = dependencyGraph(phase.project);
  const ends = new Map<string, readonly StepId[]>();
  const chains = new Map<string, StepId>();
  for (const name of topologicalOrder(graph)) {
    const service = phase.project.services[name];
    const targets = phase.targets.get(name);
    if (!service || !targets) continue;
    const starting = targets.filter(target => target.start !== undefined);
    const conditions = conditionsOf(phase, service, graph.out(name), starting.length > 0, ends, plan);
    const prepared = planPreStart(phase, service, targets, conditions, plan);
    const started = starting.map(target => planStart(phase, service, target, prepared, chains, plan));
    ends.set(name, started.length > 0 ? started : conditions);
  }
  return ends;
}

/** The steps after which the conditions of a service's dependencies hold. */
function conditionsOf(
  phase: StartPhase,
  service: Service,
  edges: readonly DependencyEdge[],
  starts: boolean,
  ends: ReadonlyMap<string, readonly StepId[]>,
  plan: PlanBuilder,
): readonly StepId[] {
  const steps = new Set<StepId>();
  for (const edge of edges) {
    const reached = ends.get(edge.to) ?? [];
    const waits = starts || !holdsAlready(phase, edge) ? planWaits(phase, edge, service.name, reached, plan) : [];
    for (const step of waits.length > 0 ? waits : reached) steps.add(step);
  }
  return [...steps];
}

/** Whether the snapshot shows that a condition holds, so that a service with nothing to start need not wait for it. */
function holdsAlready(phase: StartPhase, edge: DependencyEdge): boolean {
  const containers = (phase.targets.get(edge.to) ?? []).map(({ untouched }) => untouched);
  if (edge.condition === 'service_completed_successfully') return containers.every(container => container?.exitCode === 0);
  return (
    edge.condition === 'service_healthy' && containers.every(container => container?.state === 'running' && container.health === 'healthy')
  );
}

/** One wait for each container of a dependency; waiters with the same condition share it. */
export function planWaits(
  phase: StartPhase,
  edge: DependencyEdge,
  waiter: string,
  reached: readonly StepId[],
  plan: PlanBuilder,
): readonly StepId[] {
  if (edge.condition === 'service_started' || phase.project.services[edge.to]?.provider) return [];
  const cause: Cause = { reason: 'needed', by: waiter, ...placeOf(phase.project, `services.${edge.from}.depends_on.${edge.to}`) };
  return waitsFor(phase, edge.to, edge.condition, { for: waiter, required: edge.required }, cause, reached, plan);
}

const suffixes: Readonly<Record<Until, string>> = {
  service_started: 'wait-start',
  service_healthy: 'wait',
  service_completed_successfully: 'wait-end',
  running_or_healthy: 'wait-up',
};

function waitsFor(
  phase: StartPhase,
  service: string,
  until: Until,
  waiter: { readonly for?: string; readonly required: boolean },
  cause: Cause,
  reached: readonly StepId[],
  plan: PlanBuilder,
): readonly StepId[] {
  const targets = phase.targets.get(service) ?? [];
  const [first, ...rest] = targets;
  const firstDecides = until === 'service_completed_successfully' && first !== undefined;
  return (firstDecides ? [first] : targets).map(target => {
    const id = `${target.key}/${suffixes[until]}${waiter.required ? '' : '-optional'}`;
    if (plan.has(id)) return id;
    return plan.add({
      id,
      operation: {
        kind: 'container.wait',
        container: target.container,
        ...(firstDecides && rest.length > 0 ? { others: rest.map(other => other.container) } : {}),
        service,
        until,
        ...waiter,
        ...(phase.timeoutSeconds ? { timeoutSeconds: phase.timeoutSeconds } : {}),
      },
      subject: { kind: 'Container', name: target.name },
      after: reached.length > 0 ? reached : phase.gate,
      cause,
    });
  });
}

/** Start and post_start hooks of one container; returns its last step. Containers that publish one range of host ports start one by one. */
function planStart(
  phase: StartPhase,
  service: Service,
  target: StartTarget,
  prepared: readonly StepId[],
  chains: Map<string, StepId>,
  plan: PlanBuilder,
): StepId {
  const { after = [], cause = { reason: 'stopped' }, when } = target.start ?? {};
  const subject = { kind: 'Container', name: target.name } as const;
  const ranges = rangesOf(service);
  const before = ranges.map(range => chains.get(range)).filter(step => step !== undefined);
  let last = plan.add({
    id: `${target.key}/start`,
    operation: { kind: 'container.start', container: target.container, service: service.name },
    subject,
    after: [...new Set([...(prepared.length > 0 ? [...after, ...prepared] : phase.gate), ...before])],
    cause,
    ...(when ? { when } : {}),
  });
  for (const range of ranges) chains.set(range, last);
  service.post_start?.forEach((_, index) => {
    last = plan.add({
      id: `${target.key}/post_start-${index + 1}`,
      operation: { kind: 'hook.run', container: target.container, service: service.name, hook: 'post_start', index },
      subject,
      after: [last],
      cause: { reason: 'follows', step: last },
      ...(when ? { when } : {}),
    });
  });
  return last;
}

/** The ranges of host ports that the engine picks from; it does so without a lock, so that two starts at once may get the same port. */
function rangesOf(service: Service): readonly string[] {
  return (service.ports ?? [])
    .filter(port => port.published?.includes('-'))
    .map(port => `${port.host_ip ?? ''} ${port.published}/${port.protocol ?? 'tcp'}`);
}

/** `--wait`: every container runs, or is healthy where it has a check; or has ended well where another service, or `x-fig`, waits for that. */
export function planFinalWaits(phase: StartPhase, ends: ReadonlyMap<string, readonly StepId[]>, plan: PlanBuilder): void {
  const graph = dependencyGraph(phase.project);
  for (const service of phase.targets.keys()) {
    const isAwaited = graph.into(service).some(edge => edge.condition === 'service_completed_successfully');
    const ending = isAwaited || phase.project.fig?.once.includes(service);
    const until: Until = ending ? 'service_completed_successfully' : 'running_or_healthy';
    waitsFor(phase, service, until, { required: true }, { reason: 'requested', flag: '--wait' }, ends.get(service) ?? [], plan);
  }
}

/** Steps that no other step of the plan comes after: what is over when all is over. */
export function leavesOf(steps: readonly Step[]): readonly StepId[] {
  const followed = new Set(steps.flatMap(step => step.after));
  return steps.filter(step => !followed.has(step.id)).map(step => step.id);
}
