// From files to a project, and, where no file is given, from the labels of its containers. Stands before every plan.
import { loadProject } from '../compose/load.ts';
import type { Loaded, LoadRequest } from '../compose/request.ts';
import type { Engine } from '../engine/engine.ts';
import { observeProject } from '../engine/observe.ts';
import { named } from '../model/named.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Condition, Dependency, Service } from '../model/service.ts';
import type { SourceReader } from '../source/reader.ts';
import { diskReader } from '../source/readers/disk.ts';
import { answered } from './refusal.ts';

/** Reads the files of a project; never throws for what the user wrote, but says what is wrong. */
export function openProject(request: LoadRequest, reader: SourceReader = diskReader()): Promise<Loaded> {
  return loadProject(request, reader);
}

const label = (container: ObservedContainer, key: string) => container.labels[`com.docker.compose.${key}`] ?? '';

/** The label depends_on: `db:service_healthy:false,cache:service_started:true`; missing parts as the reference fills them. */
function recalledDependencies(text: string): readonly (readonly [string, Dependency])[] {
  return text
    .split(',')
    .filter(entry => entry !== '')
    .map(entry => {
      const [name = '', condition = 'service_started', restart = 'true'] = entry.split(':');
      return [name, { condition: condition as Condition, restart: restart === 'true', required: false }] as const;
    });
}

function recalledService(name: string, replicas: readonly ObservedContainer[]): Service {
  const first = replicas[0];
  const dependencies = first ? recalledDependencies(label(first, 'depends_on')) : [];
  return {
    name,
    command: null,
    entrypoint: null,
    scale: replicas.length,
    ...(first ? { image: first.image } : {}),
    ...(dependencies.length > 0 ? { depends_on: named(dependencies) } : {}),
  };
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
    const replicas = new Map<string, ObservedContainer[]>();
    for (const container of containers)
      if (!container.oneOff) replicas.set(container.service, [...(replicas.get(container.service) ?? []), container]);
    const first = containers[0];
    const files = first ? label(first, 'project.config_files') : '';
    return {
      name,
      nameFrom: 'flag',
      directory: first ? label(first, 'project.working_dir') : '',
      files: files === '' ? [] : files.split(','),
      envFiles: [],
      environment: named(),
      profiles: [],
      services: named([...replicas].map(([service, found]) => [service, recalledService(service, found)] as const)),
      disabledServices: named(),
      networks: named(
        networks.flatMap(({ Name, Labels }) => {
          const key = Labels?.['com.docker.compose.network'];
          return key === undefined ? [] : [[key, { name: Name }] as const];
        }),
      ),
      volumes: named(
        volumes.flatMap(({ Name, Labels }) => {
          const key = Labels?.['com.docker.compose.volume'];
          return key === undefined ? [] : [[key, { name: Name }] as const];
        }),
      ),
      secrets: named(),
      configs: named(),
      models: named(),
      extensions: named(),
      origins: { at: () => undefined },
    };
  });
}
