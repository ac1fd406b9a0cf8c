// Suspicions: what the loader takes because the reference takes it, and what will hardly end well. Only `fig check` asks; all are warnings.
// Runs on the whole typed project: services that are switched off are looked at too, and unused resources are still there.
import { posix } from 'node:path';
import type { Code } from '../diagnostics/codes.ts';
import type { Finding, Report } from '../diagnostics/report.ts';
import { formatPath, type Path } from '../document/path.ts';
import { hasHealthcheckOff, replicasOf } from '../model/dependencies.ts';
import { placeOf } from '../model/places.ts';
import type { Project } from '../model/project.ts';
import type { Port, Service } from '../model/service.ts';
import type { SourceReader } from '../source/reader.ts';
import { createRoom, substitute } from './template.ts';

interface Looking {
  readonly project: Project;
  /** All services, whatever their profiles. */
  readonly services: readonly Service[];
  readonly reader: SourceReader;
  /** Reports at a path of the project; `atKey`: at its key. */
  say(code: Code, path: Path, finding: Omit<Finding, 'span'>, atKey?: 'atKey'): void;
}

/** Reports all that is suspicious. `project` was loaded with all resources. */
export async function lookForSuspicions(project: Project, reader: SourceReader, report: Report): Promise<void> {
  const looking: Looking = {
    project,
    reader,
    services: [...Object.values(project.services), ...Object.values(project.disabledServices)],
    say(code, path, finding, atKey) {
      const text = formatPath(path);
      const key = atKey && project.origins.keyAt?.(text);
      report.add(code, { ...finding, span: key ?? placeOf(project, text).span });
    },
  };
  healthThatNobodyChecks(looking);
  portsThatClash(looking);
  emptyVariables(looking);
  unusedResources(looking);
  await missingFiles(looking);
}

// Health

function healthThatNobodyChecks({ services, say }: Looking): void {
  const byName = new Map(services.map(service => [service.name, service]));
  for (const { name, depends_on } of services) {
    for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
      const dependency = byName.get(other);
      if (condition !== 'service_healthy' || !dependency || dependency.provider) continue;
      const isOff = hasHealthcheckOff(dependency);
      if (!isOff && dependency.healthcheck?.test?.length) continue;
      const problem = isOff ? 'its health check is switched off' : 'the file gives it no health check';
      say('check.no-healthcheck', ['services', name, 'depends_on', other, 'condition'], {
        message: `service "${name}" waits until "${other}" is healthy, and ${problem}`,
        hint: `Give "${other}" a "healthcheck"${isOff ? '' : ', unless its image has one'}, or write "condition: service_started".`,
      });
    }
  }
}

// Ports

interface Claim {
  readonly service: Service;
  readonly path: Path;
  readonly first: number;
  readonly last: number;
  readonly address: string;
  readonly protocol: string;
}

function portsThatClash({ project, services, say }: Looking): void {
  const claims = services.flatMap(claimsOf);
  for (const [index, claim] of claims.entries()) {
    const rival = claims.slice(0, index).find(other => isRival(claim, other));
    if (rival) {
      const { span } = placeOf(project, formatPath(rival.path));
      say('check.port-clash', claim.path, {
        message: `services "${rival.service.name}" and "${claim.service.name}" both publish port ${shownPort(claim)}`,
        related: span ? [{ span, message: `"${rival.service.name}" publishes it here` }] : [],
        hint: 'Publish one of them on another port of the host.',
      });
    }
    const replicas = replicasOf(claim.service);
    const room = claim.last - claim.first + 1;
    if (replicas <= room) continue;
    say('check.port-clash', claim.path, {
      message: `service "${claim.service.name}" has ${replicas} containers, and ${room === 1 ? 'one port' : `${room} ports`} of the host for them: ${shownPort(claim)}`,
      hint: `Publish a range of ${replicas} ports, or leave the port of the host out.`,
    });
  }
}

function claimsOf(service: Service): readonly Claim[] {
  if (service.network_mode === 'host' || replicasOf(service) === 0) return [];
  return (service.ports ?? []).flatMap((port, index) => {
    const range = rangeOf(port);
    if (!range) return [];
    const path = ['services', service.name, 'ports', index];
    return [{ service, path, ...range, address: port.host_ip ?? '', protocol: port.protocol ?? 'tcp' }];
  });
}

function rangeOf({ published }: Port): { readonly first: number; readonly last: number } | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(published ?? '') ?? [];
  return first === undefined || Number(first) === 0 ? undefined : { first: Number(first), last: Number(last) };
}

/** Ports of one service are told apart by the language itself; a range leaves the engine a choice as long as another port is free. */
function isRival(a: Claim, b: Claim): boolean {
  if (a.service === b.service || a.protocol !== b.protocol || !mayRunTogether(a.service, b.service)) return false;
  const isOne = a.first === a.last && b.first === b.last;
  if (a.first !== b.first || a.last !== b.last || !isOne) return false;
  return isAnyAddress(a.address) || isAnyAddress(b.address) || a.address === b.address;
}

const isAnyAddress = (address: string) => address === '' || address === '0.0.0.0' || address === '::';

/** Services of different profiles are often meant to take each other's place. */
function mayRunTogether({ profiles: a = [] }: Service, { profiles: b = [] }: Service): boolean {
  return a.length === 0 || b.length === 0 || a.some(profile => b.includes(profile));
}

function shownPort({ first, last, protocol }: Claim): string {
  return `${first === last ? first : `${first}-${last}`}/${protocol}`;
}

// Variables

/** Images and ports in whose text a variable stands that has no value. */
function emptyVariables({ project, services, say }: Looking): void {
  const emptyIn = (path: Path): string | undefined => {
    const origin = project.origins.at(formatPath(path));
    if (origin?.how !== 'interpolated' || origin.set !== 'environment' || origin.base.how !== 'written') return undefined;
    const { file, start, end } = origin.base.span;
    return substitute(file.text.slice(start, end), name => project.environment[name], createRoom()).used.find(({ unset }) => unset)?.name;
  };
  for (const { name, image = '', ports = [] } of services) {
    const at: Path = ['services', name];
    const inImage = emptyIn([...at, 'image']);
    if (inImage !== undefined) {
      say('check.empty-variable', [...at, 'image'], {
        message: `services.${name}.image: ${inImage} is not set, and what is left is "${image}"`,
        hint: `Set ${inImage}, or give it a default: \${${inImage}:-…}.`,
      });
    }
    for (const [index, { published }] of ports.entries()) {
      const inPort = emptyIn([...at, 'ports', index]);
      if (inPort === undefined) continue;
      const left = published === undefined ? 'the engine chooses the port of the host' : `what is left is ${published}`;
      say('check.empty-variable', [...at, 'ports', index], {
        message: `${formatPath([...at, 'ports', index])}: ${inPort} is not set, and ${left}`,
        hint: `Set ${inPort}, or give it a default: \${${inPort}:-…}.`,
      });
    }
  }
}

// Resources

/** The keys of top-level resources that services name, whatever their profiles. */
function usedResources(services: readonly Service[]) {
  return {
    networks: services.flatMap(({ networks }) => Object.keys(networks ?? {})),
    volumes: services.flatMap(({ volumes = [] }) => volumes.map(({ source }) => source)),
    configs: services.flatMap(({ configs = [], credential_spec }) => [...configs.map(({ source }) => source), credential_spec?.config]),
    secrets: services.flatMap(({ secrets = [], build }) => [...secrets, ...(build?.secrets ?? [])].map(({ source }) => source)),
    models: services.flatMap(({ models }) => Object.keys(models ?? {})),
  } satisfies Partial<Record<keyof Project, readonly (string | undefined)[]>>;
}

function unusedResources({ project, services, say }: Looking): void {
  const used = usedResources(services);
  for (const [section, names] of Object.entries(used) as [keyof typeof used, readonly (string | undefined)[]][]) {
    for (const name of Object.keys(project[section])) {
      if (names.includes(name)) continue;
      const message = `${section.slice(0, -1)} "${name}" is declared, and no service uses it`;
      say('check.unused', [section, name], { message, hint: `Remove "${name}", or name it in a service.` }, 'atKey');
    }
  }
}

// Files

/** A path of the host, and what happens where nothing is there. */
interface HostPath {
  readonly path: string;
  readonly at: Path;
  readonly what: string;
  readonly then: string;
}

async function missingFiles({ project, services, reader, say }: Looking): Promise<void> {
  const wanted = [...services.flatMap(mountedBy), ...services.flatMap(builtFrom), ...contentsOf(project, services)];
  const missing: string[] = [];
  for (const { path, at, what, then } of wanted) {
    // What lies in a folder that is not there was told with the folder.
    if (!path.startsWith('/') || missing.some(folder => path.startsWith(`${folder}/`))) continue;
    if ((await reader.kind(path)) !== 'missing') continue;
    missing.push(path);
    say('check.missing-file', at, { message: `${what} ${path} is not there, and ${then}`, hint: 'Make it, or correct the path.' });
  }
}

function mountedBy({ name, volumes = [] }: Service): readonly HostPath[] {
  return volumes.flatMap(({ type, source, bind }, index) => {
    if (type !== 'bind' || source === undefined) return [];
    const then =
      bind?.create_host_path === false ? 'the engine will refuse the mount' : 'the engine will make an empty folder there, as root';
    return [{ path: source, at: ['services', name, 'volumes', index], what: 'the bind mount source', then }];
  });
}

function builtFrom({ name, build }: Service): readonly HostPath[] {
  const { context, dockerfile, dockerfile_inline } = build ?? {};
  if (context === undefined) return [];
  const then = 'the build will fail';
  const folder = { path: context, at: ['services', name, 'build', 'context'], what: 'the build context', then };
  if (dockerfile === undefined || dockerfile_inline !== undefined) return [folder];
  const path = context.startsWith('/') ? posix.resolve(context, dockerfile) : dockerfile;
  return [folder, { path, at: ['services', name, 'build', 'dockerfile'], what: 'the Dockerfile', then }];
}

/** The files of configs and secrets that a service uses: of the others it is told that they are unused. */
function contentsOf(project: Project, services: readonly Service[]): readonly HostPath[] {
  const then = 'what uses it will not start';
  const used = usedResources(services);
  return (['configs', 'secrets'] as const).flatMap(section =>
    Object.entries(project[section]).flatMap(([name, { file }]) => {
      const what = `the file of ${section.slice(0, -1)} "${name}"`;
      return file === undefined || !used[section].includes(name) ? [] : [{ path: file, at: [section, name, 'file'], what, then }];
    }),
  );
}
