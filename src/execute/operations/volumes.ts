// Volumes: creating and removing them.
import { invariant } from '../../diagnostics/invariant.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { volumePayload } from '../../engine/payload/volume.ts';
import { volumeHash } from '../../plan/hash.ts';
import { StepFailure } from '../failure.ts';
import type { Performer } from '../performer.ts';

export const createVolume: Performer<'volume.create'> = async ({ volume }, { engine, project }) => {
  const desired = project.volumes[volume];
  invariant(desired, `volume ${volume} is not in the project`);
  await engine.createVolume(volumePayload(project, volume, desired, volumeHash(desired)));
  return undefined;
};

/** Removes a volume; one that is gone is removed. One in use is left with a warning, unless it is removed to be made anew. */
export const removeVolume: Performer<'volume.remove'> = async ({ name }, { engine }, { cause }) => {
  try {
    await engine.removeVolume(name);
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
    if (failure.kind === 'not-found') return undefined;
    if (failure.kind !== 'conflict' || cause.reason === 'changed') throw failure;
    throw new StepFailure('engine.conflict', `Resource is still in use: ${failure.message}`, { tolerated: true });
  }
  return undefined;
};
