// run: what has to be there before a one-off container is made: its image, its dependencies started, their conditions met.
import { named } from '../model/named.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { UpScope } from './draft.ts';
import type { RunIntent } from './intent.ts';
import type { StepId } from './operation.ts';
import type { Plan, Step } from './plan.ts';
import { decideUp, planBringUp } from './up.ts';

/** The project without the service that runs once, which stays known, so that its containers are no orphans. */
function dependenciesOnly(intent: RunIntent, project: Project): Project {
  const { [intent.service]: target, ...others } = project.services;
  const services = intent.withDependencies ? named(Object.entries(others)) : named<never>();
  const rest = intent.withDependencies ? [] : Object.entries(others);
  const disabled = [...Object.entries(project.disabledServices), ...rest, ...(target ? [[intent.service, target] as const] : [])];
  return { ...project, services, disabledServices: named(disabled) };
}

function scopeOf(intent: RunIntent, project: Project): UpScope {
  const target = project.services[intent.service];
  const oneOff = target && (intent.withDependencies ? target : { ...target, depends_on: named<never>() });
  return {
    services: [],
    recreate: 'diverged',
    recreateDependencies: 'diverged',
    renewAnonymousVolumes: false,
    images: { pull: intent.pull, build: intent.build },
    removeOrphans: intent.removeOrphans,
    ignoreOrphans: intent.ignoreOrphans,
    start: true,
    wait: false,
    keptVolumes: intent.keptVolumes,
    oneOff,
  };
}

/** The plan of a one-off's dependencies (interop.md §5.7). The project holds the service and what it depends on. */
export function planRun(intent: RunIntent, project: Project, observed: Observed): Plan {
  return planBringUp(scopeOf(intent, project), dependenciesOnly(intent, project), observed);
}

/** What a `decide` step of such a plan yields. */
export function decideForRun(
  intent: RunIntent,
  project: Project,
  observed: Observed,
  service: string,
  existing: ReadonlySet<StepId>,
): readonly Step[] {
  return decideUp(scopeOf(intent, project), dependenciesOnly(intent, project), observed, service, existing);
}
