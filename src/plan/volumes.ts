// Volumes: which are made, and which are made anew, with all that is in them lost: that asks for consent, and without it they are kept.
import { labels as labelKeys } from '../model/identity.ts';
import type { Observed, ObservedVolume } from '../model/observed.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { containersOf, volumeHash } from './hash.ts';
import type { KeptVolumes } from './intent.ts';
import type { Missing } from './networks.ts';
import type { StepId } from './operation.ts';

/** The volume's name on the engine. */
export function volumeName(project: Project, key: string): string {
  const volume = project.volumes[key];
  return volume?.name ?? (volume?.external ? key : `${project.name}_${key}`);
}

/** The volume that stands for a key of the file, chosen as networks are (see findNetwork). */
export function findVolume(project: Project, observed: Pick<Observed, 'volumes'>, key: string): ObservedVolume | undefined {
  const name = volumeName(project, key);
  const sorted = observed.volumes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const exact = sorted.find(volume => volume.name === name);
  if (project.volumes[key]?.external) return exact;
  const keyed = sorted.filter(volume => volume.key === key);
  return keyed.find(volume => volume.name === name) ?? keyed[0] ?? exact;
}

/** Volumes that the file calls external and the engine does not have. */
export function missingVolumes(project: Project, observed: Observed): readonly Missing[] {
  return Object.keys(project.volumes)
    .sort()
    .filter(key => project.volumes[key]?.external && !findVolume(project, observed, key))
    .map(key => ({ kind: 'volume', key, message: `external volume "${volumeName(project, key)}" not found` }));
}

/** How a volume stands: `diverged` where the engine's own has been made from another definition, `renamed` where by another name. */
type VolumeState = 'external' | 'missing' | 'renamed' | 'foreign' | 'current' | 'diverged';

function volumeState(project: Project, observed: Observed, key: string): VolumeState {
  const volume = project.volumes[key];
  if (!volume || volume.external) return 'external';
  const found = findVolume(project, observed, key);
  if (!found) return 'missing';
  if (!found.configHash || found.key !== key) return 'foreign';
  if (found.configHash === volumeHash(volume)) return 'current';
  return found.name === volumeName(project, key) ? 'diverged' : 'renamed';
}

/** Keys of the volumes that are made anew, sorted: those that differ from the file, but for the kept. */
export function volumesToRemake(project: Project, observed: Observed, kept: KeptVolumes = []): readonly string[] {
  return Object.keys(project.volumes)
    .sort()
    .filter(key => volumeState(project, observed, key) === 'diverged' && !isKept(project, key, kept));
}

/** Whether a volume stays whatever the file says of it: nobody agreed to lose it, or `x-fig` asks for it. */
function isKept(project: Project, key: string, kept: KeptVolumes): boolean {
  return kept.includes(volumeName(project, key)) || (project.fig?.keep.includes(key) ?? false);
}

/** The first of some volumes (by key) that a service mounts, or that one of its containers still does. */
export function mountedOf(keys: readonly string[], project: Project, service: Service, observed: Observed): string | undefined {
  const held = new Set(containersOf(observed, service.name).flatMap(({ mounts }) => mounts.map(({ name }) => name)));
  return keys.find(
    key => held.has(volumeName(project, key)) || service.volumes?.some(({ type, source }) => type === 'volume' && source === key),
  );
}

/**
 * Plans all volumes. `freed` are the steps after which nothing of the project mounts a volume that is made anew. Returns the step that makes
 * each volume, where one is made. A renamed volume is a new one; the old one stays.
 */
export function planVolumes(
  project: Project,
  observed: Observed,
  kept: KeptVolumes,
  freed: readonly StepId[],
  after: readonly StepId[],
  plan: PlanBuilder,
): ReadonlyMap<string, StepId> {
  const made = new Map<string, StepId>();
  for (const key of Object.keys(project.volumes).sort()) {
    const volume = project.volumes[key];
    if (!volume || volume.external) continue;
    const found = findVolume(project, observed, key);
    const name = volumeName(project, key);
    switch (volumeState(project, observed, key)) {
      case 'missing':
        made.set(key, create(project, key, { reason: 'missing' }, after, plan));
        break;
      case 'renamed':
        made.set(
          key,
          create(
            project,
            key,
            { reason: 'changed', paths: [{ path: `volumes.${key}.name`, before: found?.name ?? '', after: name }] },
            after,
            plan,
          ),
        );
        break;
      case 'diverged':
        if (isKept(project, key, kept))
          plan.notice({ code: 'engine.conflict', message: `${mismatch(name)}. It is kept as it is, with its data` });
        else made.set(key, remake(project, key, freed, plan));
        break;
      default:
        if (found && !found.key && !project.fig?.keep.includes(key)) noticeForeign(project, found, plan);
    }
  }
  return made;
}

function create(project: Project, key: string, cause: Cause, after: readonly StepId[], plan: PlanBuilder): StepId {
  return plan.add({
    id: `volume:${key}/create`,
    operation: { kind: 'volume.create', volume: key },
    subject: { kind: 'Volume', name: volumeName(project, key) },
    after,
    cause,
  });
}

/** Removes a volume that nothing mounts any more, and makes it as the file says. */
function remake(project: Project, key: string, freed: readonly StepId[], plan: PlanBuilder): StepId {
  const name = volumeName(project, key);
  const cause = volumeChange(project, key);
  const removed = plan.add({
    id: `volume:${key}/remove`,
    operation: { kind: 'volume.remove', name },
    subject: { kind: 'Volume', name },
    after: freed,
    cause,
    losesData: true,
    question: `${mismatch(name)}. Recreate (data will be lost)?`,
  });
  return create(project, key, cause, [removed], plan);
}

/** Why something hangs on a volume that differs from the file. */
export function volumeChange(project: Project, key: string): Cause {
  return { reason: 'changed', paths: [{ path: `volumes.${key}`, ...placeOf(project, `volumes.${key}`) }] };
}

function mismatch(name: string): string {
  return `Volume "${name}" exists but doesn't match configuration in compose file`;
}

function noticeForeign(project: Project, found: ObservedVolume, plan: PlanBuilder): void {
  const owner = found.labels[labelKeys.project];
  if (owner === project.name) return;
  const by = owner ? `for project "${owner}" (expected "${project.name}")` : 'by Docker Compose';
  const was = owner ? 'was created' : 'was not created';
  plan.notice({
    code: 'engine.conflict',
    message: `volume "${found.name}" already exists but ${was} ${by}. Use \`external: true\` to use an existing volume`,
  });
}
