// The draft of an up: what is asked, what becomes of every container, and the steps so far, each on account of a service.
// The other parts of up (creations, removals, orphans, targets) add to it.
import type { Graph } from '../graph/graph.ts';
import { topologicalOrder } from '../graph/order.ts';
import { type DependencyEdge, dependencyGraph, volumeLenders } from '../model/dependencies.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { createPlanBuilder, type PlanBuilder } from './builder.ts';
import { decideFates, type Fates, fatesWithoutVolume, isRunning, standIn } from './containers.ts';
import { type ImagePlan, type ImageRules, planImages } from './images.ts';
import type { KeptVolumes, RecreateRule } from './intent.ts';
import type { StepId } from './operation.ts';
import type { Step } from './plan.ts';
import { type Leaving, removeStep, stopStep } from './stopping.ts';
import { hasToldVariables } from './variables.ts';
import { mountedOf, volumesToRemake } from './volumes.ts';

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
  readonly keptVolumes?: KeptVolumes | undefined;
  /** A service that is no part of it, but whose image is wanted and whose dependencies are waited for. */
  readonly oneOff?: Service | undefined;
}

/** The plan of an up while it is made, and all that its parts look at. */
export interface Draft {
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

/** A draft with every fate decided and the steps of images planned; `settled`: these are over, and the snapshot holds what they brought. */
export function createDraft(scope: UpScope, project: Project, observed: Observed, imageState: 'unknown' | 'settled'): Draft {
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
  const remade = volumesToRemake(project, observed, scope.keptVolumes);
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
    const lent = volumeLenders(service).map(lender => all.get(lender)?.lostVolume);
    const lost = mountedOf(remade, project, service, observed) ?? lent.find(key => key !== undefined);
    const isNamed = scope.services.length === 0 || scope.services.includes(name);
    const recreate = isNamed ? scope.recreate : scope.recreateDependencies;
    all.set(
      name,
      lost === undefined
        ? decideFates(service, {
            project,
            observed,
            recreate,
            imageOpen: images.open.has(name),
            imageSettled,
            variables: !hasToldVariables(project, service) ? 'fixed' : imageSettled ? 'told' : 'open',
            ids,
            sharedRecreated,
          })
        : fatesWithoutVolume(service, lost, project, observed),
    );
  }
  return all;
}

/** Adds a step on account of a service. */
export function add(draft: Draft, owner: string, step: Step): StepId {
  draft.owners.set(step.id, owner);
  return draft.plan.add(step);
}

/** The step that stops a container; the first one to ask makes it. undefined where it does not run. */
export function stop(draft: Draft, owner: string, leaving: Leaving): StepId | undefined {
  const known = draft.stops.get(leaving.container.id);
  if (known !== undefined || !isRunning(leaving.container)) return known;
  const id = add(draft, owner, stopStep(leaving, draft.scope.graceSeconds));
  draft.stops.set(leaving.container.id, id);
  return id;
}

/** The step that removes a container; its anonymous volumes stay. */
export function remove(draft: Draft, owner: string, leaving: Leaving): StepId {
  const id = add(draft, owner, removeStep(leaving, false));
  draft.removals.set(leaving.container.name, id);
  return id;
}

/** The step that decides what becomes of a service's containers, once its image is known. */
export function decideId(service: string): StepId {
  return `${service}/decide`;
}

/** A step that may be missing, as the list of those that are there. */
export function present(step: StepId | undefined): readonly StepId[] {
  return step === undefined ? [] : [step];
}
