// Images: which are pulled and which are built before containers are made, and whose content nobody knows until then.

import { defaultImageName } from '../model/identity.ts';
import { named } from '../model/named.ts';
import type { Observed, ObservedImage } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { durationMs } from '../model/values.ts';
import type { PlanBuilder } from './builder.ts';
import { createPlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import type { BuildIntent, PullIntent } from './intent.ts';
import type { StepId } from './operation.ts';
import type { Plan } from './plan.ts';

export interface ImageRules {
  /** `--pull`: in place of every service's pull_policy. */
  readonly pull?: string | undefined;
  readonly build: 'never' | 'when-needed' | 'always';
}

export interface ImagePlan {
  readonly steps: readonly StepId[];
  /** Services whose image may be another one once the steps are over. */
  readonly open: ReadonlySet<string>;
}

const dayMs = 24 * 60 * 60 * 1000;

/** How old an image may be before `daily`, `weekly` and `every_<duration>` pull it again, in milliseconds; undefined for other policies. */
function refreshMs(policy: string): number | undefined {
  if (policy === 'daily') return dayMs;
  if (policy === 'weekly') return 7 * dayMs;
  return policy.startsWith('every_') ? durationMs(policy.slice('every_'.length)) : undefined;
}

/** The policy that holds for a service. `--build` wins over `--pull`, and that over the file. */
function policyOf(service: Service, rules: ImageRules): string {
  if (rules.build === 'always' && service.build) return 'build';
  return rules.pull ?? service.pull_policy ?? 'missing';
}

/** The platform that a service's image is wanted for. */
export function platformOf(project: Project, service: Service): string | undefined {
  return service.platform || project.environment['DOCKER_DEFAULT_PLATFORM'] || undefined;
}

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
};
const systems = new Set(['linux', 'windows', 'darwin', 'freebsd']);

/** Whether an image is for a platform written as `os/arch[/variant]`, `arch` or `os`. */
function isForPlatform(image: ObservedImage, platform: string): boolean {
  const parts = platform.toLowerCase().split('/');
  if (parts.length === 1 && systems.has(platform)) return image.os === platform;
  const [os, architecture = '', variant] = parts.length === 1 ? ['linux', ...parts] : parts;
  const wanted = architectures[architecture] ?? architecture;
  const sameVariant = !variant || !image.variant || image.variant === variant;
  return image.os === os && image.architecture === wanted && sameVariant;
}

/** The image a service has on the engine; one for another platform counts as absent. */
export function presentImage(project: Project, service: Service, observed: Pick<Observed, 'images'>): ObservedImage | undefined {
  const image = own(observed.images, defaultImageName(project, service));
  return image && service.platform && !isForPlatform(image, service.platform) ? undefined : image;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Whether `up`, `create` and `run` pull the image of a service (interop.md §4.9). */
function mustPull(project: Project, service: Service, observed: Observed, policy: string): boolean {
  if (service.provider || !service.image) return false;
  return isPulled(presentImage(project, service, observed), observed, policy);
}

/** Whether an image is pulled under a policy. */
function isPulled(image: ObservedImage | undefined, observed: Observed, policy: string): boolean {
  if (policy === 'always') return true;
  if (policy === 'never' || policy === 'build') return false;
  if (!image) return true;
  const limit = refreshMs(policy);
  if (limit === undefined) return false;
  return image.lastTaggedAt === undefined || observed.at === undefined || observed.at > image.lastTaggedAt + limit;
}

/** Plans the pulls and builds that come before everything else. A pull that fails is made good by a build where some service builds the image. */
export function planImages(project: Project, observed: Observed, rules: ImageRules, plan: PlanBuilder): ImagePlan {
  const steps: StepId[] = [];
  const touched = new Set<string>();
  const services = servicesByName(project);
  for (const service of services) {
    const policy = policyOf(service, rules);
    if (mustPull(project, service, observed, policy)) {
      steps.push(...pull(project, service, service.image ?? '', isBuilt(project, service), pullCause(service, policy), plan));
      touched.add(defaultImageName(project, service));
    }
    for (const mount of service.volumes ?? []) {
      const image = mount.type === 'image' ? mount.source : undefined;
      if (image && !project.services[image] && !own(observed.images, image))
        steps.push(...pull(project, { ...service, platform: '' }, image, false, { reason: 'missing' }, plan));
    }
  }
  for (const service of services) {
    for (const image of hookImages(project, service, observed, policyOf(service, rules))) {
      steps.push(
        ...pull(project, { ...service, platform: '' }, image, false, { reason: 'needed', by: `pre_start of ${service.name}` }, plan),
      );
      touched.add(image);
    }
  }
  if (rules.build !== 'never') {
    const building = services.filter(service => service.build && !service.provider);
    const wanted = building.filter(service => policyOf(service, rules) === 'build' || !presentImage(project, service, observed));
    for (const service of inBuildOrder(wanted)) {
      const forced = policyOf(service, rules) === 'build';
      const cause: Cause = !forced
        ? { reason: 'missing' }
        : rules.build === 'always'
          ? { reason: 'requested', flag: '--build' }
          : buildPolicy(service);
      steps.push(build(project, service, cause, forced, plan));
      touched.add(defaultImageName(project, service));
    }
  }
  const open = services.filter(service => touched.has(defaultImageName(project, service))).map(service => service.name);
  return { steps, open: new Set(open) };
}

/** The images that the pre_start hooks of a service have of their own, where they are pulled. Nobody builds these: `build` means `missing`. */
function hookImages(project: Project, service: Service, observed: Observed, policy: string): readonly string[] {
  const rule = policy === 'build' ? 'missing' : policy;
  return (service.pre_start ?? []).flatMap(({ image }) => {
    const isOwn = image && !service.provider && image !== defaultImageName(project, service);
    return isOwn && isPulled(own(observed.images, image), observed, rule) ? [image] : [];
  });
}

const buildPolicy = (service: Service): Cause => ({ reason: 'needed', by: `pull_policy of ${service.name}` });

function pullCause(service: Service, policy: string): Cause {
  const always = policy === 'always' && service.pull_policy !== 'always';
  if (always) return { reason: 'requested', flag: '--pull' };
  return policy === 'missing' || policy === 'if_not_present'
    ? { reason: 'missing' }
    : { reason: 'needed', by: `pull_policy of ${service.name}` };
}

/** Whether the image of a service can be built, by it or by another service with the same image. */
function isBuilt(project: Project, service: Service): boolean {
  return Object.values(project.services).some(other => other.build && (other.name === service.name || other.image === service.image));
}

function servicesByName(project: Project): readonly Service[] {
  return Object.values(project.services).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function pullId(image: string, platform: string | undefined): StepId {
  return `image:${image}${platform ? `@${platform}` : ''}/pull`;
}

/** One pull for each image and platform, however many services use it. Returns the id of a step that is new. */
function pull(
  project: Project,
  service: Service,
  image: string,
  failureTolerated: boolean,
  cause: Cause,
  plan: PlanBuilder,
): readonly StepId[] {
  const platform = platformOf(project, service);
  const id = pullId(image, service.platform || undefined);
  if (plan.has(id)) return [];
  plan.add({
    id,
    operation: { kind: 'image.pull', image, ...(platform ? { platform } : {}), service: service.name, failureTolerated },
    subject: { kind: 'Image', name: image },
    after: [],
    cause,
  });
  return [id];
}

/** A build; after all pulls of its image, and, unless the build was asked for, only where the pull failed. */
function build(project: Project, service: Service, cause: Cause, forced: boolean, plan: PlanBuilder): StepId {
  const image = defaultImageName(project, service);
  const pulled = [pullId(image, service.platform || undefined), pullId(image, undefined)].find(id => plan.has(id));
  const first = `image:${image}/build`;
  return plan.add({
    id: plan.has(first) ? `${first}-${service.name}` : first,
    operation: { kind: 'image.build', image, service: service.name },
    subject: { kind: 'Image', name: image },
    after: [
      ...(pulled ? [pulled] : []),
      ...builtFirst(service)
        .map(name => project.services[name])
        .filter(other => other !== undefined)
        .map(other => `image:${defaultImageName(project, other)}/build`)
        .filter(id => plan.has(id)),
    ],
    cause,
    ...(pulled && !forced ? { when: { step: pulled, is: 'failed' } } : {}),
  });
}

/** The services whose images a build starts from: `additional_contexts` with `service:NAME`. */
function builtFirst(service: Service): readonly string[] {
  return Object.values(service.build?.additional_contexts ?? {})
    .filter(context => context.startsWith('service:'))
    .map(context => context.slice('service:'.length));
}

/** Services so that each comes after those its build starts from; a circle is left in the order of names, and the builder will complain. */
function inBuildOrder(services: readonly Service[]): readonly Service[] {
  const byName = named(services.map(service => [service.name, service]));
  const ordered = new Set<Service>();
  const visit = (service: Service, above: ReadonlySet<Service>) => {
    if (ordered.has(service) || above.has(service)) return;
    for (const name of builtFirst(service)) {
      const other = byName[name];
      if (other) visit(other, new Set([...above, service]));
    }
    ordered.add(service);
  };
  for (const service of services) visit(service, new Set());
  return [...ordered];
}

/** `pull`: the images of the named services, or of all (interop.md §4.9: without a policy an explicit pull always pulls). */
export function planPull(intent: PullIntent, project: Project, observed: Observed): Plan {
  const plan = createPlanBuilder();
  const asked: Cause = { reason: 'requested', flag: 'pull' };
  const names = new Set(intent.services);
  for (const service of servicesByName(project)) {
    const dependency = names.size > 0 && !names.has(service.name) && !intent.includeDependencies;
    if (dependency) continue;
    const policy = intent.policy ?? service.pull_policy;
    if (service.image && isPulledWhenAsked(project, service, observed, policy))
      pull(project, service, service.image, intent.ignoreFailures || service.build !== undefined, asked, plan);
    for (const { image } of service.pre_start ?? []) {
      if (!image || image === defaultImageName(project, service)) continue;
      const own: Service = { ...service, image, platform: '' };
      if (isPulledWhenAsked(project, own, observed, policy === 'build' ? 'missing' : policy))
        pull(project, own, image, intent.ignoreFailures, asked, plan);
    }
  }
  return plan.finish(project.name);
}

function isPulledWhenAsked(project: Project, service: Service, observed: Observed, policy: string | undefined): boolean {
  if (!policy || policy === 'always' || refreshMs(policy) !== undefined) return true;
  if (policy === 'never' || policy === 'build') return false;
  return !presentImage(project, service, observed) || isLatest(service.image ?? '');
}

/** Whether a reference means the tag `latest`, which is expected to move. */
function isLatest(reference: string): boolean {
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return !last.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
}

/** `build`: the named services that have a build section, or all; and those whose images their builds start from. */
export function planBuild(intent: BuildIntent, project: Project): Plan {
  const plan = createPlanBuilder();
  const names = new Set(intent.services.length > 0 ? intent.services : Object.keys(project.services));
  for (const name of names)
    for (const other of builtFirst(project.services[name] ?? { name, command: null, entrypoint: null })) names.add(other);
  const services = servicesByName(project).filter(service => service.build && names.has(service.name));
  for (const service of inBuildOrder(services)) build(project, service, { reason: 'requested', flag: 'build' }, true, plan);
  if (services.length === 0) plan.notice({ code: 'request.nothing', message: 'No services to build' });
  return plan.finish(project.name);
}
