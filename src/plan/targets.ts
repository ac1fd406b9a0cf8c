// The start phase of an up: how each container takes part in it, be it kept, made anew or not decided yet.
import type { ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { isRunning, type Replica, refTo } from './containers.ts';
import { type Draft, decideId, present } from './draft.ts';
import type { ContainerRef, StepId } from './operation.ts';
import { planFinalWaits, planStarts, planWaits, type StartPhase, type StartTarget } from './starting.ts';

/** Plans the starts of an up, and the waits that were asked for. Nothing starts before the gate is passed. */
export function planStartPhase(draft: Draft, gate: readonly StepId[]): void {
  const { project, plan, scope } = draft;
  const targets = new Map(
    [...draft.fates].map(([name, { replicas }]) => [name, replicas.map(replica => startTarget(draft, name, replica))]),
  );
  const leftovers = draft.observed.hooks ?? [];
  const phase: StartPhase = { project, targets, gate, leftovers, timeoutSeconds: scope.waitTimeoutSeconds };
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
  if (isDone(draft.project, service, container)) {
    const decision = decided(draft, service, replica);
    if (decision === undefined) return { ...common, untouched: container };
    const made = { step: `${key}/create`, is: 'planned' } as const;
    return { ...common, start: { after: [decision], cause: { reason: 'follows', step: decision }, when: made } };
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

/** Whether a container is of a service that is to run once (`x-fig`), and has. */
function isDone(project: Project, service: string, { state, exitCode }: ObservedContainer): boolean {
  return state === 'exited' && exitCode === 0 && (project.fig?.once.includes(service) ?? false);
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
export function keepIfUntouched(draft: Draft, { key, fate, container }: Replica): void {
  if (draft.plan.has(`${key}/rename`)) return;
  if (fate !== 'keep' || !container || container.state !== 'running' || draft.stops.has(container.id)) return;
  draft.plan.keep({ kind: 'Container', name: container.name });
}
