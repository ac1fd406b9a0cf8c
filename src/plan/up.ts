// up, create and the first half of run: images, networks, volumes, containers made; then old ones stopped and removed; then starts.
// Nothing that runs is stopped before all that is new has been made, and nothing starts before all that is old is gone.
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { planCreations } from './creations.ts';
import { createDraft, type Draft, type UpScope } from './draft.ts';
import type { UpIntent } from './intent.ts';
import { planNetworks } from './networks.ts';
import type { StepId } from './operation.ts';
import { planConflictingOrphans, planOrphans } from './orphans.ts';
import type { Plan, Step } from './plan.ts';
import { networkUsers, planRemovals, planVolumeUsers } from './removals.ts';
import { leavesOf } from './starting.ts';
import { keepIfUntouched, planStartPhase } from './targets.ts';
import { planModels } from './variables.ts';
import { planVolumes } from './volumes.ts';

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

/** Everything before the start phase. Returns the steps that must be over before anything starts. */
function converge(draft: Draft): readonly StepId[] {
  const { project, observed, plan, images } = draft;
  const gate = images.steps.length > 0 ? leavesOf(plan.steps()) : [];
  planModels(project, gate, plan);
  const cleared = planConflictingOrphans(draft, gate);
  const freed = planVolumeUsers(draft, cleared);
  const networks = planNetworks(project, observed, networkUsers(draft), freed, plan);
  const volumes = planVolumes(project, observed, draft.scope.keptVolumes ?? [], freed, gate, plan);
  planCreations(draft, networks, volumes, gate);
  const created = leavesOf(plan.steps());
  planRemovals(draft, created);
  planOrphans(draft, created);
  return leavesOf(plan.steps());
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
