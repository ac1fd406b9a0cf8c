// Images: pulling and removing them. Building has a file of its own.

import type { ProgressLine } from '../../engine/engine.ts';
import { EngineFailure } from '../../engine/failure.ts';
import { StepFailure } from '../failure.ts';
import type { Performance, Performer } from '../performer.ts';

/** Pulls an image; each layer is a part of the progress. */
export const pullImage: Performer<'image.pull'> = async ({ image, platform }, { engine, images }, { progress, signal }) => {
  await engine.pullImage(image, platform, line => tellLayer(line, progress), signal);
  images.changed(image);
  return undefined;
};

function tellLayer({ id, status, progressDetail }: ProgressLine, progress: Performance['progress']): void {
  // The first line names the tag where others name a layer.
  if (id === undefined || status === undefined || status.startsWith('Pulling from')) return;
  const { current, total } = progressDetail ?? {};
  progress({
    part: id,
    text: status,
    ...(current === undefined ? {} : { done: current }),
    ...(total === undefined ? {} : { total }),
  });
}

/** Removes an image, or only its name where others use it; a container that needs it keeps it, with a warning. */
export const removeImage: Performer<'image.remove'> = async ({ image }, { engine }) => {
  try {
    await engine.removeImage(image);
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
    if (failure.status === 404 || failure.kind === 'not-found' || failure.kind === 'image-missing') return 'Warning No such image';
    if (failure.kind !== 'conflict') throw failure;
    throw new StepFailure('engine.conflict', `Resource is still in use: ${failure.message}`, { tolerated: true });
  }
  return undefined;
};
