// One planner an intent: the door through which execution and the API come to plans.

import { unreachable } from '../diagnostics/invariant.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { planDown } from './down.ts';
import { planBuild, planPull } from './images.ts';
import type { Intent } from './intent.ts';
import { planKill, planPause, planRemove, planRestart, planStart, planStopAll } from './lifecycle.ts';
import type { StepId } from './operation.ts';
import type { Plan, Step } from './plan.ts';
import { decideForRun, planRun } from './run.ts';
import { decideForUp, planUp } from './up.ts';

/** The plan that does what the intent says. Pure: the same arguments give the same plan. */
export function plan(intent: Intent, project: Project, observed: Observed): Plan {
  switch (intent.kind) {
    case 'up':
      return planUp(intent, project, observed);
    case 'run':
      return planRun(intent, project, observed);
    case 'down':
      return planDown(intent, project, observed);
    case 'start':
      return planStart(intent, project, observed);
    case 'stop':
      return planStopAll(intent, project, observed);
    case 'restart':
      return planRestart(intent, project, observed);
    case 'kill':
      return planKill(intent, project, observed);
    case 'pause':
    case 'unpause':
      return planPause(intent, project, observed);
    case 'rm':
      return planRemove(intent, project, observed);
    case 'pull':
      return planPull(intent, project, observed);
    case 'build':
      return planBuild(intent, project);
    default:
      return unreachable(intent);
  }
}

/**
 * The steps that a `decide` step yields. `observed` is the snapshot the plan was made from, with the images as they are now (`images` alone
 * is asked for again); `existing` holds the ids of all steps known so far, those that other `decide` steps yielded included.
 * The order among the yielded steps is all that has to be kept; everything else they need is over.
 */
export function decideService(
  intent: Intent,
  project: Project,
  observed: Observed,
  service: string,
  existing: ReadonlySet<StepId>,
): readonly Step[] {
  if (intent.kind === 'up') return decideForUp(intent, project, observed, service, existing);
  return intent.kind === 'run' ? decideForRun(intent, project, observed, service, existing) : [];
}

export { type Obstacle, obstacles } from './obstacles.ts';
