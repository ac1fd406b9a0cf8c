// From files to a project, and, where no file is given, from the labels of its containers. Stands before every plan.
import { loadProject } from '../compose/load.ts';
import type { Loaded, LoadRequest } from '../compose/request.ts';
import type { Engine } from '../engine/engine.ts';
import { observeProject, toObservedNetwork, toObservedVolume } from '../engine/observe.ts';
import { projectFromLabels } from '../model/identity.ts';
import { named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { SourceReader } from '../source/reader.ts';
import { diskReader } from '../source/readers/disk.ts';
import { answered } from './refusal.ts';

/** Reads the files of a project; never throws for what the user wrote, but says what is wrong. */
export function openProject(request: LoadRequest, reader: SourceReader = diskReader()): Promise<Loaded> {
  return loadProject(request, reader);
}

/**
 * A project as its containers, networks and volumes remember it, for commands that are given a name and no file (interop.md §2.1).
 * Replicas count as the scale; dependencies come from the labels, and none is required.
 */
export function recallProject(engine: Engine, name: string): Promise<Project> {
  return answered(async () => {
    const filters = named([['label', [`com.docker.compose.project=${name}`]]]);
    const [containers, networks, volumes] = await Promise.all([
      observeProject(engine, name),
      engine.listNetworks(filters),
      engine.listVolumes(filters),
    ]);
    return projectFromLabels(name, containers, networks.map(toObservedNetwork), volumes.map(toObservedVolume));
  });
}
