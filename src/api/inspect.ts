// Questions about what the engine has of a project: containers, ports, images, processes. Data only; views make tables of it.
import type { ContainerSummary, Engine, ImageDetails } from '../engine/engine.ts';
import { observe, toObservedContainer } from '../engine/observe.ts';
import { type Named, named } from '../model/named.ts';
import type { Observed, ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import { answered, refuse } from './refusal.ts';

const projectLabel = 'com.docker.compose.project';
const hashLabel = 'com.docker.compose.config-hash';

export interface ListedContainer extends ObservedContainer {
  /** Of the last end; 0 while it runs for the first time. Read from the engine's status text, which saves one inspect a container. */
  readonly exitCode: number;
  /** Bytes of the writable layer, only where sizes were asked for. */
  readonly sizeBytes?: number;
}

export interface ContainerQuery {
  /** Empty or absent: all services. */
  readonly services?: readonly string[];
  /** Also those that do not run. */
  readonly all?: boolean;
  readonly oneOffs?: 'include' | 'exclude' | 'only';
  readonly sizes?: boolean;
}

/** `Exited (3) 2 minutes ago`, `Restarting (1) …`; the engine prints the code there and nowhere else in a list. */
function exitCodeOf(status: string): number {
  return Number(/^(?:Exited|Restarting|Dead) \((\d+)\)/.exec(status)?.[1] ?? 0);
}

function listed(summary: ContainerSummary): ListedContainer {
  const size = summary.SizeRw === undefined ? {} : { sizeBytes: summary.SizeRw };
  return { ...toObservedContainer(summary), exitCode: exitCodeOf(summary.Status), ...size };
}

function labelFilters(projectName: string, query: ContainerQuery): Named<readonly string[]> {
  const labels = [`${projectLabel}=${projectName}`, hashLabel];
  if (query.oneOffs !== 'include') labels.push(`com.docker.compose.oneoff=${query.oneOffs === 'only' ? 'True' : 'False'}`);
  if (query.services?.length === 1) labels.push(`com.docker.compose.service=${query.services[0]}`);
  return named([['label', labels]]);
}

/** The containers of a project, by name. One call to the engine. Throws Refusal where it cannot answer. */
export function listContainers(engine: Engine, projectName: string, query: ContainerQuery = {}): Promise<readonly ListedContainer[]> {
  return answered(async () => {
    const summaries = await engine.listContainers(labelFilters(projectName, query), {
      all: query.all ?? false,
      size: query.sizes ?? false,
    });
    const wanted = new Set(query.services ?? []);
    return summaries
      .map(listed)
      .filter(({ service }) => wanted.size === 0 || wanted.has(service))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });
}

/** All that planning would see of a project: the snapshot itself. */
export function inspectProject(engine: Engine, project: Project): Promise<Observed> {
  return answered(() => observe(engine, project));
}

export interface ListedProject {
  readonly name: string;
  /** Container state → how many. */
  readonly states: Named<number>;
  /** Absolute paths; several where containers of one project were made from different files. */
  readonly configFiles: readonly string[];
}

/** The projects that have containers on the engine, by name; without `all` only those with a running one. */
export function listProjects(engine: Engine, options: { readonly all: boolean }): Promise<readonly ListedProject[]> {
  return answered(async () => {
    const summaries = await engine.listContainers(named([['label', [projectLabel, hashLabel]]]), { all: options.all });
    const projects = new Map<string, { states: Record<string, number>; files: Set<string> }>();
    for (const { Labels, State } of summaries) {
      const name = Labels?.[projectLabel] ?? '';
      const project = projects.get(name) ?? { states: Object.create(null) as Record<string, number>, files: new Set<string>() };
      projects.set(name, project);
      project.states[State] = (project.states[State] ?? 0) + 1;
      for (const file of (Labels?.[`${projectLabel}.config_files`] ?? '').split(',')) if (file !== '') project.files.add(file);
    }
    return [...projects]
      .map(([name, { states, files }]) => ({ name, states, configFiles: [...files] }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });
}

const runningStates: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/**
 * The container a command means by a service: running, service containers before one-offs, the lowest number first; `index` picks a
 * number (interop.md §5.7). Throws Refusal `service "x" is not running`, with a hint where one that was meant is merely stopped.
 */
export async function selectContainer(engine: Engine, projectName: string, service: string, index?: number): Promise<ListedContainer> {
  const containers = await listContainers(engine, projectName, { services: [service], oneOffs: 'include', all: true });
  const candidates = containers.filter(({ number }) => !index || number === index);
  const [first] = candidates
    .filter(({ state }) => runningStates.has(state))
    .toSorted((a, b) => Number(a.oneOff) - Number(b.oneOff) || (a.number ?? 0) - (b.number ?? 0));
  if (first) return first;
  const which = index ? ` container #${index}` : '';
  const isStopped = candidates.some(({ oneOff }) => !oneOff);
  throw refuse(
    'engine.not-found',
    `service "${service}" is not running${which}`,
    isStopped ? `Start it with "start ${service}".` : undefined,
  );
}

export interface PortQuery {
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
  readonly index?: number;
}

/** Where a port of a service is published. Throws Refusal in the reference's words where it is not. */
export async function findPort(
  engine: Engine,
  projectName: string,
  query: PortQuery,
): Promise<{ readonly ip: string; readonly port: number }> {
  const container = await selectContainer(engine, projectName, query.service, query.index);
  const found = container.ports.find(({ privatePort, protocol }) => privatePort === query.port && protocol === query.protocol);
  if (found) return { ip: found.ip ?? '', port: found.publicPort ?? 0 };
  // The engine has them in no order, and once for each address.
  const sorted = container.ports.toSorted((a, b) => a.privatePort - b.privatePort || (a.protocol < b.protocol ? -1 : 1));
  const known = [...new Set(sorted.map(({ privatePort, protocol }) => `${privatePort}/${protocol}`))].join(', ');
  throw refuse('engine.not-found', `no port ${query.port}/${query.protocol} for container ${container.name}: ${known}`);
}

export interface ListedImage {
  readonly container: string;
  readonly service: string;
  readonly id: string;
  readonly repository: string;
  readonly tag: string;
  /** `linux/amd64`. */
  readonly platform: string;
  readonly sizeBytes: number;
  /** RFC 3339, where the engine tells. */
  readonly createdAt?: string;
  readonly lastTaggedAt?: string;
}

/** Repository and tag of the reference a container was made with; an id has neither. */
function splitReference(reference: string, details: ImageDetails | undefined): { repository: string; tag: string } {
  const tagged = reference.startsWith('sha256:') ? details?.RepoTags?.[0] : reference.split('@')[0];
  if (!tagged) return { repository: '<none>', tag: '<none>' };
  const colon = tagged.lastIndexOf(':');
  return colon > tagged.lastIndexOf('/')
    ? { repository: tagged.slice(0, colon), tag: tagged.slice(colon + 1) }
    : { repository: tagged, tag: 'latest' };
}

/** The images of a project's containers, by container name; each image is inspected once. */
export async function listImages(engine: Engine, projectName: string, services: readonly string[] = []): Promise<readonly ListedImage[]> {
  const containers = await listContainers(engine, projectName, { services, all: true, oneOffs: 'include' });
  return answered(async () => {
    const ids = [...new Set(containers.map(({ imageId }) => imageId))];
    const images = new Map(await Promise.all(ids.map(async id => [id, await engine.inspectImage(id)] as const)));
    return containers.map(({ name, service, image, imageId }) => {
      const details = images.get(imageId);
      const platform = details ? [details.Os, details.Architecture, details.Variant].filter(Boolean).join('/') : '';
      return {
        container: name,
        service,
        id: imageId,
        ...splitReference(image, details),
        platform,
        sizeBytes: details?.Size ?? 0,
        ...(details?.Created ? { createdAt: details.Created } : {}),
        ...(details?.Metadata?.LastTagTime ? { lastTaggedAt: details.Metadata.LastTagTime } : {}),
      };
    });
  });
}

export interface ListedProcesses {
  readonly container: ListedContainer;
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

/** What runs inside the running containers, by container name. */
export async function listProcesses(
  engine: Engine,
  projectName: string,
  services: readonly string[] = [],
): Promise<readonly ListedProcesses[]> {
  const containers = await listContainers(engine, projectName, { services, oneOffs: 'include' });
  return answered(() =>
    Promise.all(
      containers.map(async container => {
        const { Titles, Processes } = await engine.topContainer(container.id);
        return { container, titles: Titles, processes: Processes };
      }),
    ),
  );
}

export interface ListedVolume {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  readonly scope: string;
  readonly labels: Named<string>;
}

/** The volumes of a project, or those that the given services' containers mount. */
export async function listVolumes(engine: Engine, projectName: string, services: readonly string[] = []): Promise<readonly ListedVolume[]> {
  const containers = services.length === 0 ? [] : await listContainers(engine, projectName, { services, all: true, oneOffs: 'include' });
  const mounted = new Set(containers.flatMap(({ mounts }) => mounts.flatMap(({ name }) => (name === undefined ? [] : [name]))));
  return answered(async () => {
    const volumes = await engine.listVolumes(named([['label', [`${projectLabel}=${projectName}`]]]));
    return volumes
      .filter(({ Name }) => services.length === 0 || mounted.has(Name))
      .map(({ Name, Driver, Mountpoint, Scope, Labels }) => ({
        name: Name,
        driver: Driver,
        mountpoint: Mountpoint,
        scope: Scope,
        labels: Labels ?? named(),
      }));
  });
}
