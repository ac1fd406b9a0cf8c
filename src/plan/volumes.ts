// Volumes: which are made. One that differs from the file is kept with its data: only consent could take it away.
import { labels as labelKeys } from '../model/identity.ts';
import type { Observed, ObservedVolume } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { PlanBuilder } from './builder.ts';
import { volumeHash } from './hash.ts';
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

/** Plans all volumes. Returns the step that makes each volume, where one is made. A renamed volume is a new one; the old one stays. */
export function planVolumes(
  project: Project,
  observed: Observed,
  after: readonly StepId[],
  plan: PlanBuilder,
): ReadonlyMap<string, StepId> {
  const made = new Map<string, StepId>();
  for (const key of Object.keys(project.volumes).sort()) {
    const volume = project.volumes[key];
    if (!volume || volume.external) continue;
    const found = findVolume(project, observed, key);
    const name = volumeName(project, key);
    const diverged =
      found?.configHash !== undefined && found.configHash !== '' && found.key === key && found.configHash !== volumeHash(volume);
    if (!found || (diverged && found.name !== name)) {
      made.set(
        key,
        plan.add({
          id: `volume:${key}/create`,
          operation: { kind: 'volume.create', volume: key },
          subject: { kind: 'Volume', name },
          after,
          cause: found
            ? { reason: 'changed', paths: [{ path: `volumes.${key}.name`, before: found.name, after: name }] }
            : { reason: 'missing' },
        }),
      );
    } else if (diverged) {
      plan.notice({
        code: 'engine.conflict',
        message: `Volume "${name}" exists but doesn't match configuration in compose file. It is kept as it is, with its data`,
      });
    } else if (!found.key && !project.fig?.keep.includes(key)) noticeForeign(project, found, plan);
  }
  return made;
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
