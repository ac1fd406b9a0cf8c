// One planner an intent: the door through which execution and the API come to plans.

import type { Code } from '../diagnostics/codes.ts';
import { unreachable } from '../diagnostics/invariant.ts';
import { replicasOf } from '../model/dependencies.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { planDown } from './down.ts';
import { planBuild, planPull } from './images.ts';
import type { Intent } from './intent.ts';
import { planKill, planPause, planRemove, planRestart, planStart, planStopAll } from './lifecycle.ts';
import { missingNetworks } from './networks.ts';
import type { StepId } from './operation.ts';
import type { Plan, Step } from './plan.ts';
import { decideForRun, planRun } from './run.ts';
import { decideForUp, planUp } from './up.ts';
import { missingVolumes } from './volumes.ts';

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

/** Why an intent cannot be carried out at all; nothing may be done. */
export interface Obstacle {
  readonly code: Code;
  readonly message: string;
  readonly span?: Span;
}

/** What stands against an intent, in the reference's words: all of it, found before anything is done. */
export function obstacles(intent: Intent, project: Project, observed: Observed): readonly Obstacle[] {
  switch (intent.kind) {
    case 'up':
    case 'run':
      return [...nameless(project), ...containerNames(project), ...missingResources(project, observed)];
    case 'start':
      return nothingToStart(project, observed);
    default:
      return [];
  }
}

function at(project: Project, path: string): { readonly span?: Span } {
  const origin = project.origins.at(path);
  const span = origin && originSpan(origin);
  return span ? { span } : {};
}

function nameless(project: Project): readonly Obstacle[] {
  return Object.values(project.services)
    .filter(service => !service.provider && !service.image && !service.build)
    .map(({ name }) => ({
      code: 'project.inconsistent',
      message: `invalid service "${name}". Must specify either image or build`,
      ...at(project, `services.${name}`),
    }));
}

/** `container_name` allows one container, of one service. */
function containerNames(project: Project): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const owners = new Map<string, string>();
  for (const service of Object.values(project.services).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name, container_name } = service;
    if (!container_name) continue;
    const place = at(project, `services.${name}.container_name`);
    const owner = owners.get(container_name);
    if (owner !== undefined) {
      const message = `services.${name}: container name "${container_name}" is already in use by service ${owner}`;
      found.push({ code: 'project.inconsistent', message, ...place });
    }
    owners.set(container_name, name);
    if (replicasOf(service) > 1) {
      const message =
        `WARNING: The "${name}" service is using the custom container name "${container_name}". ` +
        'Docker requires each container to have a unique name. Remove the custom name to scale the service';
      found.push({ code: 'project.inconsistent', message, ...place });
    }
  }
  return found;
}

function missingResources(project: Project, observed: Observed): readonly Obstacle[] {
  return [...missingNetworks(project, observed), ...missingVolumes(project, observed)].map(({ kind, key, message }) => ({
    code: 'engine.not-found',
    message,
    ...at(project, `${kind}s.${key}`),
  }));
}

/** A project without any container has nothing to start. */
function nothingToStart(project: Project, observed: Observed): readonly Obstacle[] {
  if (observed.containers.some(container => !container.oneOff)) return [];
  const service = Object.values(project.services).find(other => !other.provider && replicasOf(other) > 0);
  return service ? [{ code: 'engine.not-found', message: `service "${service.name}" has no container to start` }] : [];
}
