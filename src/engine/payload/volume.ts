// The body of the call that makes a volume.
import type { Project } from '../../model/project.ts';
import type { Volume } from '../../model/resources.ts';
import type { Payload } from '../engine.ts';
import { sortedRecord, withoutUnset } from './host.ts';
import { resourceLabels } from './labels.ts';

/** `configHash` is volumeHash of the volume. */
export function volumePayload(project: Project, key: string, volume: Volume, configHash: string): Payload {
  return withoutUnset({
    Name: volume.name ?? `${project.name}_${key}`,
    Driver: volume.driver || undefined,
    DriverOpts: sortedRecord(volume.driver_opts),
    Labels: resourceLabels(project, 'volume', key, volume.labels, configHash),
  });
}
