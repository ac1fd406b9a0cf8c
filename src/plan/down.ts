// down: containers stopped and removed, dependents first; then networks, and where asked for images and volumes.
import { topologicalOrder } from '../graph/order.ts';
import { dependencyGraph, withDependents } from '../model/dependencies.ts';
import { defaultImageName, labels } from '../model/identity.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { createPlanBuilder, type PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { isRunning, keysOf } from './containers.ts';
import type { DownIntent } from './intent.ts';
import { networkName } from './networks.ts';
import type { StepId } from './operation.ts';
import { orphansOf } from './orphans.ts';
import type { Plan } from './plan.ts';
import { planClearing } from './pre-start.ts';
import { leavesOf } from './starting.ts';
import { type Leaving, planStop, removeStep } from './stopping.ts';
import { planProvider } from './variables.ts';
import { volumeName } from './volumes.ts';

const asked: Cause = { reason: 'requested', flag: 'down' };

/**
 * The plan of `down` (interop.md §5.6). With services named, these go and all in the project that depend on them. Running one-offs go
 * only with --remove-orphans; without it they stay, and so do the networks they hold.
 */
export function planDown(intent: DownIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  const known = intent.services.filter(name => project.services[name]);
  if (intent.services.length > 0 && known.length === 0) return plan.finish(project.name);
  planContainers(intent, project, observed, known, plan);
  const hooks = (observed.hooks ?? []).filter(({ service }) => known.length === 0 || known.includes(service));
  planClearing(hooks, asked, leavesOf(plan.steps()), plan);
  const gone = leavesOf(plan.steps());
  planNetworks(project, observed, gone, plan);
  planImages(intent, project, observed, gone, plan);
  if (intent.volumes) planVolumes(project, observed, gone, plan);
  const declared =
    Object.values(project.networks).some(({ external }) => !external) ||
    (intent.volumes && Object.keys(project.volumes).some(key => isRemovable(project, key)));
  tellOfTheRest(intent, project, observed, plan);
  if (plan.steps().length === 0 && !declared && intent.images === 'none')
    plan.notice({ code: 'request.nothing', message: `Warning: No resource found to remove for project "${project.name}".` });
  return plan.finish(project.name);
}

/** What stays though the user may not expect it, as with the reference: one-offs that run, and with -v volumes that no service uses. */
function tellOfTheRest(intent: DownIntent, project: Project, observed: Observed, plan: PlanBuilder): void {
  if (intent.services.length > 0) return;
  const removed = new Set(plan.steps().flatMap(({ operation }) => (operation.kind === 'volume.remove' ? [operation.name] : [])));
  const running = observed.containers.filter(container => !intent.removeOrphans && container.oneOff && isRunning(container));
  const own = observed.volumes.filter(({ key, labels: { [labels.project]: owner } }) => key !== undefined && owner === project.name);
  const keptOnPurpose = (key: string | undefined) => key !== undefined && project.fig?.keep.includes(key);
  const volumes = intent.volumes ? own.filter(({ name, key }) => !removed.has(name) && !keptOnPurpose(key)) : [];
  if (running.length > 0)
    plan.notice({
      code: 'request.left',
      message: `one-off containers run on, on networks that stay for them: ${namesOf(running)}. --remove-orphans takes them too`,
    });
  if (volumes.length > 0)
    plan.notice({
      code: 'request.left',
      message: `volumes of this project that no service uses stay: ${namesOf(volumes)}. --all-resources takes those that the files declare, "docker volume rm" the others`,
    });
}

function namesOf(things: readonly { readonly name: string }[]): string {
  return things
    .map(({ name }) => name)
    .sort()
    .join(', ');
}

function planContainers(intent: DownIntent, project: Project, observed: Observed, services: readonly string[], plan: PlanBuilder): void {
  const containers = observed.containers.filter(container => intent.removeOrphans || !container.oneOff);
  const keyOf = keysOf(containers);
  const graph = dependencyGraph(project);
  const chosen = new Set(services.length > 0 ? withDependents(project, services) : graph.nodes);
  const ends = new Map<string, readonly StepId[]>();
  for (const name of topologicalOrder(graph).toReversed()) {
    const before = [...new Set(graph.into(name).flatMap(edge => ends.get(edge.from) ?? []))];
    const service = project.services[name];
    if (chosen.has(name) && service?.provider) {
      ends.set(name, [planProvider(service, 'down', asked, before, plan)]);
      continue;
    }
    const own = chosen.has(name) ? containers.filter(container => container.service === name) : [];
    const removed = own.map(container => {
      const leaving: Leaving = { key: keyOf(container), container, cause: asked, after: before };
      return removeStopped(leaving, service, intent.graceSeconds, intent.volumes, plan);
    });
    ends.set(name, removed.length > 0 ? removed : before);
  }
  if (!intent.removeOrphans) return;
  const served = [...new Set([...ends.values()].flat())];
  for (const orphan of orphansOf(project, { containers })) {
    if (plan.has(`${keyOf(orphan)}/remove`)) continue;
    const leaving: Leaving = { key: `orphan:${orphan.name}`, container: orphan, cause: { reason: 'orphaned' }, after: served };
    removeStopped(leaving, undefined, intent.graceSeconds, false, plan);
  }
}

function removeStopped(
  leaving: Leaving,
  service: Service | undefined,
  graceSeconds: number | undefined,
  withAnonymousVolumes: boolean,
  plan: PlanBuilder,
): StepId {
  const stopped = planStop({ ...leaving, service, graceSeconds }, plan);
  return plan.add(removeStep({ ...leaving, after: [stopped] }, withAnonymousVolumes));
}

/** Networks of this project's that the files declare and do not call external. */
function planNetworks(project: Project, observed: Observed, after: readonly StepId[], plan: PlanBuilder): void {
  for (const key of Object.keys(project.networks).sort()) {
    if (project.networks[key]?.external) continue;
    const name = networkName(project, key);
    const found = observed.networks.filter(network => network.key === key && network.name === name);
    for (const [index, network] of found.entries()) {
      plan.add({
        id: `network:${key}/remove${index === 0 ? '' : `-${index + 1}`}`,
        operation: { kind: 'network.remove', id: network.id },
        subject: { kind: 'Network', name },
        after,
        cause: asked,
      });
    }
  }
}

/** `--rmi`: `local` takes what was built for the project, `all` every image of its services. */
function planImages(intent: DownIntent, project: Project, observed: Observed, after: readonly StepId[], plan: PlanBuilder): void {
  if (intent.images === 'none') return;
  const names = new Set(
    Object.values(project.services)
      .filter(service => intent.images === 'all' || isBuiltHere(project, service, observed))
      .map(service => defaultImageName(project, service)),
  );
  for (const image of [...names].filter(name => Object.hasOwn(observed.images, name)).sort()) {
    plan.add({
      id: `image:${image}/remove`,
      operation: { kind: 'image.remove', image },
      subject: { kind: 'Image', name: image },
      after,
      cause: { reason: 'requested', flag: `--rmi ${intent.images}` },
    });
  }
}

/** An image counts as built for the project where it says so itself, or bears the name that only a build gives. */
function isBuiltHere(project: Project, service: Service, observed: Observed): boolean {
  const image = observed.images[defaultImageName(project, service)];
  return !service.image || image?.labels?.[labels.project] === project.name;
}

/** Whether a volume is the project's to remove: neither external, nor to be kept. */
function isRemovable(project: Project, key: string): boolean {
  return !project.volumes[key]?.external && !project.fig?.keep.includes(key);
}

/** `-v`: volumes that the files declare, with all that is in them. */
function planVolumes(project: Project, observed: Observed, after: readonly StepId[], plan: PlanBuilder): void {
  for (const key of Object.keys(project.volumes).sort()) {
    const name = volumeName(project, key);
    if (!isRemovable(project, key) || !observed.volumes.some(volume => volume.name === name)) continue;
    plan.add({
      id: `volume:${key}/remove`,
      operation: { kind: 'volume.remove', name },
      subject: { kind: 'Volume', name },
      after,
      cause: { reason: 'requested', flag: '--volumes' },
      losesData: true,
    });
  }
}
