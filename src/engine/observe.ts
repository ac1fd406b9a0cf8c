// observe: asks the engine once what it has of a project. The only source of Observed; planning reads nothing else.
import { defaultImageName, labels } from '../model/identity.ts';
import { type Named, named } from '../model/named.ts';
import type { ContainerState, Observed, ObservedContainer, ObservedImage, ObservedNetwork, ObservedVolume } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { ContainerSummary, Engine, ImageDetails, NetworkDetails, VolumeDetails } from './engine.ts';
import { EngineFailure } from './failure.ts';
import { decodeModel } from './payload/labels.ts';

/** Images inspected at once; more does not make an engine faster. */
const inspectionLimit = 8;

/** What the engine has of a project: its containers, networks and volumes by label, what else the project declares by name, and its images. */
export async function observe(engine: Engine, project: Project): Promise<Observed> {
  const ofProject = { label: [`${labels.project}=${project.name}`] };
  const [{ containers, hooks }, networks, volumes, images] = await Promise.all([
    observeContainers(engine, project.name),
    engine.listNetworks(ofProject).then(async listed => {
      const named = listed.map(toObservedNetwork);
      return [...named, ...(await missing(project.networks, named, async name => toObservedNetwork(await engine.inspectNetwork(name))))];
    }),
    engine.listVolumes(ofProject).then(async listed => {
      const named = listed.map(toObservedVolume);
      return [...named, ...(await missing(project.volumes, named, async name => toObservedVolume(await engine.inspectVolume(name))))];
    }),
    observeImages(engine, imageReferences(project)),
  ]);
  // Asked last, when the answers have told it.
  return { apiVersion: await engine.apiVersion(), containers, ...(hooks.length > 0 ? { hooks } : {}), networks, volumes, images };
}

/** All containers of a project, running or not, one-offs too. Containers without a configuration hash (hooks) are not the project's replicas. */
export async function observeProject(engine: Engine, name: string): Promise<readonly ObservedContainer[]> {
  const filters = { label: [`${labels.project}=${name}`, labels.configHash] };
  return (await engine.listContainers(filters, { all: true })).map(toObservedContainer);
}

/** As observeProject, and the containers of hooks, which have no configuration hash. One list tells both. */
async function observeContainers(engine: Engine, name: string): Promise<Required<Pick<Observed, 'containers' | 'hooks'>>> {
  const listed = await engine.listContainers({ label: [`${labels.project}=${name}`] }, { all: true });
  const all = listed.map(toObservedContainer);
  return { containers: all.filter(one => labels.configHash in one.labels), hooks: all.filter(one => labels.hook in one.labels) };
}

/** Inspects what is declared and was not among the listed: external things, and names that another tool made. Absent ones are left out. */
async function missing<T extends { readonly name: string }>(
  declared: Named<{ readonly name?: string }>,
  listed: readonly T[],
  inspect: (name: string) => Promise<T>,
): Promise<readonly T[]> {
  const seen = new Set(listed.map(({ name }) => name));
  const wanted = Object.entries(declared).map(([key, { name = key }]) => name);
  const found = await limited(
    [...new Set(wanted)].filter(name => !seen.has(name)),
    async name => {
      try {
        const resource = await inspect(name);
        // Engines also find by the start of an id; only the very name counts.
        return resource.name === name ? resource : undefined;
      } catch (error) {
        if (error instanceof EngineFailure && error.status === 404) return undefined;
        throw error;
      }
    },
  );
  return found.filter(resource => resource !== undefined);
}

/** The references of all images that a project's services run, mount, or run hooks in. */
function imageReferences(project: Project): readonly string[] {
  const references = Object.values(project.services).flatMap(service => [
    ...(service.image || service.build ? [defaultImageName(project, service)] : []),
    ...(service.volumes ?? []).flatMap(({ type, source }) => (type === 'image' && source ? [source] : [])),
    ...(service.pre_start ?? []).flatMap(({ image }) => (image ? [image] : [])),
  ]);
  return [...new Set(references)];
}

/** Inspects images side by side; those the engine does not have are absent from the answer. */
export async function observeImages(engine: Engine, references: readonly string[]): Promise<Named<ObservedImage>> {
  const found = await limited(references, async reference => {
    const details = await engine.inspectImage(reference);
    return details && ([reference, toObservedImage(reference, details)] as const);
  });
  return named(found.filter(pair => pair !== undefined));
}

/** Runs `work` for each item, at most `inspectionLimit` at once; answers in the order of the items. */
async function limited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(inspectionLimit, items.length) }, worker));
  return results;
}

const states: ReadonlySet<string> = new Set<ContainerState>(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);

/** An entry of the container list as the model has it. */
export function toObservedContainer(summary: ContainerSummary): ObservedContainer {
  const own = named(Object.entries(summary.Labels ?? {}));
  const number = Number.parseInt(own[labels.number] ?? '', 10);
  const configHash = own[labels.configHash];
  let model: string | undefined;
  return {
    id: summary.Id,
    // A link of another container adds names with more slashes; the container's own has one.
    name: (summary.Names.find(name => name.lastIndexOf('/') === 0) ?? summary.Names[0] ?? '').replace(/^\//, ''),
    image: summary.Image,
    imageId: summary.ImageID,
    // Podman says `stopped` for what Docker calls `exited`.
    state: states.has(summary.State) ? (summary.State as ContainerState) : 'exited',
    status: summary.Status,
    health: healthOf(summary.Status),
    ...exitCodeOf(summary.Status),
    createdAt: summary.Created,
    command: summary.Command,
    labels: own,
    service: own[labels.service] ?? '',
    ...(Number.isNaN(number) ? {} : { number }),
    oneOff: own[labels.oneOff] === 'True',
    ...(configHash ? { configHash } : {}),
    // Unpacked for those who ask: only a change is told by it.
    get model() {
      model ??= decodeModel(own[labels.model]);
      return model;
    },
    networks: named(Object.entries(summary.NetworkSettings?.Networks ?? {}).map(([name, { NetworkID }]) => [name, NetworkID])),
    ports: (summary.Ports ?? []).map(port => ({
      ...(port.IP ? { ip: port.IP } : {}),
      privatePort: port.PrivatePort,
      ...(port.PublicPort ? { publicPort: port.PublicPort } : {}),
      protocol: port.Type,
    })),
    mounts: (summary.Mounts ?? []).map(mount => ({
      type: mount.Type,
      ...(mount.Name ? { name: mount.Name } : {}),
      source: mount.Source,
      destination: mount.Destination,
      readOnly: !mount.RW,
    })),
  };
}

/** The exit code that a list tells in its status text, and nowhere else. */
function exitCodeOf(status: string): { readonly exitCode?: number } {
  const code = /^Exited \((\d+)\)/.exec(status)?.[1];
  return code === undefined ? {} : { exitCode: Number(code) };
}

/** The health that a list tells in its status text, and nowhere else before API 1.52. */
function healthOf(status: string): ObservedContainer['health'] {
  const word = /\((healthy|unhealthy|health: starting|starting)\)/.exec(status)?.[1];
  if (word === undefined) return 'none';
  return word === 'healthy' || word === 'unhealthy' ? word : 'starting';
}

/** A network as the model has it. */
export function toObservedNetwork(details: NetworkDetails): ObservedNetwork {
  const own = named(Object.entries(details.Labels ?? {}));
  const key = own[labels.network];
  const configHash = own[labels.configHash];
  return { id: details.Id, name: details.Name, labels: own, ...(key ? { key } : {}), ...(configHash ? { configHash } : {}) };
}

/** A volume as the model has it. */
export function toObservedVolume(details: VolumeDetails): ObservedVolume {
  const own = named(Object.entries(details.Labels ?? {}));
  const key = own[labels.volume];
  const configHash = own[labels.configHash];
  return { name: details.Name, driver: details.Driver, labels: own, ...(key ? { key } : {}), ...(configHash ? { configHash } : {}) };
}

/** An inspected image. The digest is the platform manifest's where the engine lists manifests (API 1.48 and containerd's store), else the id. */
export function toObservedImage(reference: string, details: ImageDetails): ObservedImage {
  const lastTaggedAt = Date.parse(details.Metadata?.LastTagTime ?? '');
  const check = details.Config?.Healthcheck?.Test ?? [];
  return {
    reference,
    id: details.Id,
    digest: manifestDigest(details) ?? details.Id,
    volumes: Object.keys(details.Config?.Volumes ?? {}),
    os: details.Os,
    architecture: details.Architecture,
    ...(details.Variant ? { variant: details.Variant } : {}),
    ...(details.Config?.Labels ? { labels: named(Object.entries(details.Config.Labels)) } : {}),
    hasHealthcheck: check.length > 0 && check[0] !== 'NONE',
    // Engines write the year 1 for "never".
    ...(lastTaggedAt > 0 ? { lastTaggedAt } : {}),
  };
}

function manifestDigest(details: ImageDetails): string | undefined {
  const runnable = details.Manifests?.filter(({ Kind, Available }) => Kind === 'image' && Available) ?? [];
  const fitting = runnable.find(({ ImageData }) => {
    const platform = ImageData?.Platform;
    return (
      platform?.os === details.Os && platform.architecture === details.Architecture && (platform.variant ?? '') === (details.Variant ?? '')
    );
  });
  return (fitting ?? runnable[0])?.ID;
}
