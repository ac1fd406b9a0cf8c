// The table of performers: one for each kind of operation. The compiler names those that are missing.
import { unreachable } from '../../diagnostics/invariant.ts';
import type { OperationKind } from '../../plan/operation.ts';
import type { Performer } from '../performer.ts';
import { buildImage } from './building.ts';
import {
  createContainer,
  killContainer,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from './containers.ts';
import { runHook } from './hooks.ts';
import { pullImage, removeImage } from './images.ts';
import { connectNetwork, createNetwork, disconnectNetwork, removeNetwork } from './networks.ts';
import { createVolume, removeVolume } from './volumes.ts';
import { waitForContainer } from './waiting.ts';

export type Performers = { readonly [K in OperationKind]: Performer<K> };

export const performers: Performers = {
  'network.create': createNetwork,
  'network.remove': removeNetwork,
  'network.connect': connectNetwork,
  'network.disconnect': disconnectNetwork,
  'volume.create': createVolume,
  'volume.remove': removeVolume,
  'image.pull': pullImage,
  'image.build': buildImage,
  'image.remove': removeImage,
  // A decision is the walk's own: it adds steps to it.
  decide: operation => unreachable(operation as never),
  'container.create': createContainer,
  'container.rename': renameContainer,
  'container.start': startContainer,
  'container.stop': stopContainer,
  'container.restart': restartContainer,
  'container.kill': killContainer,
  'container.pause': pauseContainer,
  'container.unpause': unpauseContainer,
  'container.remove': removeContainer,
  'container.wait': waitForContainer,
  'hook.run': runHook,
  // Few projects have these: they are loaded when one has.
  'hook.contain': async (...about) => (await import('./pre-start.ts')).runHookContainer(...about),
  'hook.clear': async (...about) => (await import('./pre-start.ts')).clearHook(...about),
  'provider.run': async (...about) => (await import('./providers.ts')).runProvider(...about),
  'model.prepare': async (...about) => (await import('./models.ts')).prepareModel(...about),
  'model.status': async (...about) => (await import('./models.ts')).askForModels(...about),
};
