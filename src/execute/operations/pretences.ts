// Pretences: performers that change nothing, for a preview. Each step ends as it would if all went well.
import { unreachable } from '../../diagnostics/invariant.ts';
import type { Performer } from '../performer.ts';
import type { Performers } from './table.ts';

const nothing = async () => undefined;

/** Containers that are not made still have to be named by the steps that would use them. */
const create: Performer<'container.create'> = async ({ name }, _world, { made }) => {
  made(`preview-of-${name}`);
  return undefined;
};

const wait: Performer<'container.wait'> = async ({ until }) => (until === 'service_completed_successfully' ? 'Exited' : 'Healthy');

export const pretences: Performers = {
  'network.create': nothing,
  'network.remove': nothing,
  'network.connect': nothing,
  'network.disconnect': nothing,
  'volume.create': nothing,
  'volume.remove': nothing,
  'image.pull': nothing,
  'image.build': nothing,
  'image.remove': nothing,
  decide: operation => unreachable(operation as never),
  'container.create': create,
  'container.rename': nothing,
  'container.start': nothing,
  'container.stop': nothing,
  'container.restart': nothing,
  'container.kill': nothing,
  'container.pause': nothing,
  'container.unpause': nothing,
  'container.remove': nothing,
  'container.wait': wait,
  'hook.run': nothing,
  'hook.contain': nothing,
  'hook.clear': nothing,
  'provider.run': nothing,
  'model.prepare': nothing,
  'model.status': nothing,
};
