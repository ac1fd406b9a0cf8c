// Orphans: containers of the project that its files do not know. Which they are, and when an up removes them or tells of them.
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { type Draft, remove, stop } from './draft.ts';
import { findNetwork, networkState } from './networks.ts';
import type { StepId } from './operation.ts';
import type { Leaving } from './stopping.ts';
import { volumeName, volumesToRemake } from './volumes.ts';

/** Containers that `--remove-orphans` takes away: of services the files do not know, and one-offs that have ended. */
export function orphansOf(project: Project, observed: Pick<Observed, 'containers'>): readonly ObservedContainer[] {
  return observed.containers.filter(container => {
    if (container.oneOff) return container.state === 'exited' || container.state === 'dead';
    return !Object.hasOwn(project.services, container.service) && !Object.hasOwn(project.disabledServices, container.service);
  });
}

/** Orphans that stand in the way go before anything is made: they hold a name that a new container needs, or a network or volume made anew. */
export function planConflictingOrphans(draft: Draft, gate: readonly StepId[]): readonly StepId[] {
  const { project, observed } = draft;
  if (!draft.scope.removeOrphans) return gate;
  const names = new Set([...draft.fates.values()].flatMap(fates => fates.replicas.map(replica => replica.name)));
  const changed = Object.keys(project.networks).filter(key => networkState(project, observed, key) === 'diverged');
  const networks = new Set(changed.map(key => findNetwork(project, observed, key)?.id));
  const remade = volumesToRemake(project, observed, draft.scope.keptVolumes);
  const volumes = new Set<string | undefined>(remade.map(key => volumeName(project, key)));
  const removed = orphansOf(project, observed)
    .filter(
      ({ name, networks: held, mounts }) =>
        names.has(name) || Object.values(held).some(id => networks.has(id)) || mounts.some(mount => volumes.has(mount.name)),
    )
    .map(orphan => removeOrphan(draft, orphan, gate));
  return removed.length > 0 ? removed : gate;
}

/** Removes the orphans that are left when all that is new has been made, or tells of them. */
export function planOrphans(draft: Draft, created: readonly StepId[]): void {
  const orphans = orphansOf(draft.project, draft.observed);
  if (draft.scope.removeOrphans)
    for (const orphan of orphans.filter(({ name }) => !draft.removals.has(name))) removeOrphan(draft, orphan, created);
  else if (orphans.length > 0 && !draft.scope.ignoreOrphans)
    draft.plan.notice({ code: 'request.orphans', message: orphanMessage(orphans) });
}

/** The reference's warning about orphans. */
function orphanMessage(orphans: readonly ObservedContainer[]): string {
  const names = orphans.map(orphan => orphan.name).join(', ');
  return (
    `Found orphan containers (${names}) for this project. If you removed or renamed this service in your compose file, ` +
    'you can run this command with the --remove-orphans flag to clean it up.'
  );
}

function removeOrphan(draft: Draft, orphan: ObservedContainer, after: readonly StepId[]): StepId {
  const key = `orphan:${orphan.name}`;
  const leaving: Leaving = { key, container: orphan, cause: { reason: 'orphaned' }, after };
  const stopped = stop(draft, key, leaving);
  return remove(draft, key, { ...leaving, after: stopped === undefined ? after : [stopped] });
}
