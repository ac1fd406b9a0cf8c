// PlanBuilder: adding steps in order. The order of adding is an order in which the plan may run.
import { invariant } from '../diagnostics/invariant.ts';
import type { StepId } from './operation.ts';
import type { Notice, Plan, Step, StepSubject } from './plan.ts';

export interface PlanBuilder {
  /** Adds a step; every step it comes after was added before (or is in `known`). Returns its id. */
  add(step: Step): StepId;
  keep(subject: StepSubject): void;
  notice(notice: Notice): void;
  has(id: StepId): boolean;
  /** The steps so far. */
  steps(): readonly Step[];
  finish(project: string): Plan;
}

/** An empty plan to add to. `known` are ids of steps outside (a plan that a `decide` step extends). */
export function createPlanBuilder(known: ReadonlySet<StepId> = new Set()): PlanBuilder {
  const steps: Step[] = [];
  const ids = new Set<StepId>();
  const kept: StepSubject[] = [];
  const notices: Notice[] = [];
  return {
    add(step) {
      invariant(!ids.has(step.id), `step ${step.id} is there twice`);
      for (const before of step.after)
        invariant(ids.has(before) || known.has(before), `${step.id} comes after ${before}, which is not there`);
      ids.add(step.id);
      steps.push(step);
      return step.id;
    },
    keep: subject => void kept.push(subject),
    notice: notice => void notices.push(notice),
    has: id => ids.has(id),
    steps: () => steps,
    finish: project => ({ project, steps, kept, notices }),
  };
}
