// For tests of plans: an engine's state made up from a project, and plans as text that can be read.
import { topologicalOrder } from '../../../src/graph/order.ts';
import { dependencyGraph, replicasOf } from '../../../src/model/dependencies.ts';
import { containerName, defaultImageName, labels } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';
import type { Observed, ObservedContainer, ObservedImage } from '../../../src/model/observed.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Cause, Change } from '../../../src/plan/cause.ts';
import { redactedModel } from '../../../src/plan/difference.ts';
import { effectiveService, networkHash, serviceHash, volumeHash } from '../../../src/plan/hash.ts';
import type { DownIntent, RunIntent } from '../../../src/plan/intent.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import { formatPlace } from '../../../src/source/span.ts';

export { upIntent as up } from '../../rig/intents.ts';
export { project } from '../compose/loading.ts';

export const down: DownIntent = { kind: 'down', services: [], volumes: false, images: 'none', removeOrphans: false };

export const run: RunIntent = {
  kind: 'run',
  service: '',
  withDependencies: true,
  build: 'when-needed',
  removeOrphans: false,
  ignoreOrphans: false,
};

export function image(reference: string, changes: Partial<ObservedImage> = {}): ObservedImage {
  const digest = `sha256:${reference}`;
  return { reference, id: digest, digest, volumes: [], os: 'linux', architecture: 'amd64', hasHealthcheck: false, ...changes };
}

/** An engine that has all images of a project, and nothing else. */
export function fresh(project: Project): Observed {
  const references = new Set(Object.values(project.services).map(service => defaultImageName(project, service)));
  return {
    apiVersion: '1.41',
    containers: [],
    networks: [],
    volumes: [],
    images: named([...references].map(reference => [reference, image(reference)])),
  };
}

/** The id that the made-up engine gives to a container. */
export function idOf(service: string, number: number): string {
  return `${Buffer.from(service).toString('hex')}${number}`.padEnd(64, '0');
}

/** An engine on which `up` of a project has just ended. Containers can be changed by name without the project: `web-1`. */
export function settled(project: Project, changes: Readonly<Record<string, Partial<ObservedContainer>>> = {}): Observed {
  const containers: ObservedContainer[] = [];
  for (const name of topologicalOrder(dependencyGraph(project))) {
    const service = project.services[name];
    for (let number = 1; service && number <= replicasOf(service); number++) {
      const ids = (other: string) => containers.find(container => container.service === other)?.id;
      const effective = effectiveService(project, service, ids);
      const reference = defaultImageName(project, service);
      containers.push({
        id: idOf(name, number),
        name: containerName(project, service, number),
        image: reference,
        imageId: `sha256:${reference}`,
        state: 'running',
        status: 'Up 3 minutes',
        health: service.healthcheck ? 'healthy' : 'none',
        createdAt: number,
        command: '',
        labels: named([[labels.image, `sha256:${reference}`]]),
        service: name,
        number,
        oneOff: false,
        configHash: serviceHash(effective),
        model: redactedModel(project, effective),
        networks: named(Object.keys(service.networks ?? {}).map(key => [project.networks[key]?.name ?? key, `id of ${key}`])),
        ports: [],
        mounts: (service.volumes ?? []).map(mount => ({
          type: mount.type,
          ...(mount.type === 'volume' && mount.source ? { name: project.volumes[mount.source]?.name ?? '' } : {}),
          source: mount.source ?? '',
          destination: mount.target ?? '',
          readOnly: false,
        })),
        ...changes[`${name}-${number}`],
      });
    }
  }
  return {
    ...fresh(project),
    containers,
    networks: Object.entries(project.networks).map(([key, network]) => ({
      id: `id of ${key}`,
      name: network.name ?? key,
      labels: named([[labels.project, project.name]]),
      ...(network.external ? {} : { key, configHash: networkHash(network) }),
    })),
    volumes: Object.entries(project.volumes).map(([key, volume]) => ({
      name: volume.name ?? key,
      driver: 'local',
      labels: named([[labels.project, project.name]]),
      ...(volume.external ? {} : { key, configHash: volumeHash(volume) }),
    })),
  };
}

/** A plan as a golden text: a step a line, then what is kept and what is to be said. */
export function planText(plan: Plan): string {
  const lines = plan.steps.map(stepText);
  const kept = plan.kept.map(subject => `keeps ${subject.name}`);
  const notices = plan.notices.map(notice => `${notice.code}: ${notice.message}`);
  return `\n${[...lines, ...kept, ...notices].join('\n')}\n`;
}

export function stepText({ id, after, cause, when, losesData }: Step): string {
  const order = after.length > 0 ? `after ${after.join(', ')}` : 'first';
  const condition = when ? ` if ${when.step} ${when.is}` : '';
  return `${id} | ${order} | ${causeText(cause)}${condition}${losesData ? ' LOSES DATA' : ''}`;
}

function causeText(cause: Cause): string {
  switch (cause.reason) {
    case 'changed':
      return cause.paths.map(changeText).join(', ');
    case 'follows':
      return `follows ${cause.step}`;
    case 'needed':
      return `${cause.by} needs it${cause.span ? ` ${formatPlace(cause.span)}` : ''}`;
    case 'requested':
      return cause.flag;
    default:
      return cause.reason;
  }
}

function changeText({ path, before, after, span }: Change): string {
  const values = before === undefined && after === undefined ? '' : `: ${before ?? ''} → ${after ?? ''}`;
  return `${path}${values}${span ? ` ${formatPlace(span)}` : ''}`;
}
