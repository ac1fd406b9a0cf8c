// References and consistency (loader.md §1 step 9): every name used is declared, and no two settings contradict each other. Runs on the typed
// project, after profiles have switched services off and before services are selected. Only services that take part are looked at.
import type { Code } from '../diagnostics/codes.ts';
import type { Related } from '../diagnostics/diagnostic.ts';
import { renaming } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import { suggest, suggestSurely } from '../diagnostics/suggest.ts';
import { formatPath, type Path } from '../document/path.ts';
import { findCycle } from '../graph/cycle.ts';
import { dependencyGraph, replicasOf } from '../model/dependencies.ts';
import type { Named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Service, Whole } from '../model/service.ts';
import { originSpan } from '../source/origin.ts';
import { partOf, type Span } from '../source/span.ts';

/** Reports names that nobody declares, settings that exclude each other, and circles of dependencies. */
export function checkReferences(project: Project, report: Report): void {
  const checker = new Checker(project, report);
  for (const service of Object.values(project.services)) {
    checkSource(checker, service);
    checkDependencies(checker, service);
    checkResources(checker, service);
    checkNumbers(checker, service);
    checkMounts(checker, service);
    checkHealth(checker, service);
    checkDoubtful(checker, service);
  }
  checkSecrets(checker, project);
  checkCycle(checker, project);
}

/**
 * The project with `scale` repeated as `deploy.replicas`, where a service that takes part has both sections: what the reference's check leaves
 * behind, and its output shows.
 */
export function alignReplicas(project: Project): Project {
  const services: [string, Service][] = Object.entries(project.services).map(([name, service]) => {
    const { scale, deploy } = service;
    return [name, scale === undefined || !deploy ? service : { ...service, deploy: { ...deploy, replicas: scale } }];
  });
  const record: Record<string, Service> = Object.create(null);
  for (const [name, service] of services) record[name] = service;
  return { ...project, services: record };
}

/** What a check wants to say beside its sentence. */
interface More {
  readonly hint?: string | undefined;
  readonly related?: readonly Related[];
  /** Points at the key and not at the value. */
  readonly atKey?: true;
  /** The text that is wrong, where it is a part of the value. */
  readonly part?: string;
  /** The same, for what a short form has at its end. */
  readonly lastPart?: string;
  readonly unknown?: Unknown;
}

/** A name that nobody declares, those that are declared, one of which may surely be meant, and those that the service names beside it. */
interface Unknown {
  readonly name: string;
  readonly known: Named<unknown>;
  readonly beside: readonly string[];
}

/**
 * The declared name that is surely meant. Not one that the service names as well, nor one with a letter added: `data` and `datab` may be two
 * things, one of which was forgotten.
 */
function meant({ name, beside }: Unknown, known: readonly string[]): string | undefined {
  const sure = suggestSurely(name, known);
  return sure === undefined || beside.includes(sure) || name.startsWith(sure) ? undefined : sure;
}

class Checker {
  readonly project: Project;
  private readonly report: Report;
  private readonly names = new Map<Named<unknown>, readonly string[]>();

  constructor(project: Project, report: Report) {
    this.project = project;
    this.report = report;
  }

  add(code: Code, path: Path, message: string, { hint, related = [], atKey, part, lastPart, unknown }: More = {}): void {
    const place = atKey ? this.keyOf(path) : this.placeOf(path);
    const text = part ?? lastPart;
    const span = place && text !== undefined ? partOf(place, text, part === undefined ? 'last' : 'first') : place;
    const sure = unknown && meant(unknown, this.namesOf(unknown.known));
    const mend = sure === undefined ? undefined : renaming(span, unknown!.name, sure);
    this.report.add(code, { message, span, related, hint, mend });
  }

  contradiction(path: Path, message: string, more?: More): void {
    this.add('project.inconsistent', path, message, more);
  }

  doubt(path: Path, message: string, hint: string): void {
    this.add('value.suspicious', path, message, { hint });
  }

  /** The names of a section, taken once: thousands of slips may ask for them. */
  namesOf(section: Named<unknown>): readonly string[] {
    const known = this.names.get(section) ?? Object.keys(section);
    this.names.set(section, known);
    return known;
  }

  placeOf(path: Path): Span | undefined {
    const origin = this.project.origins.at(formatPath(path));
    return (origin && originSpan(origin)) ?? this.keyOf(path);
  }

  keyOf(path: Path): Span | undefined {
    const origin = this.project.origins.at(formatPath(path));
    return this.project.origins.keyAt?.(formatPath(path)) ?? (origin && originSpan(origin));
  }

  related(path: Path, message: string): readonly Related[] {
    const span = this.keyOf(path);
    return span ? [{ span, message }] : [];
  }
}

function has<T>(names: Named<T>, name: string): boolean {
  return Object.hasOwn(names, name);
}

// What the container is made from

function checkSource(checker: Checker, { name, image, build, provider, platform }: Service): void {
  const at: Path = ['services', name];
  if (!build && !image && !provider) {
    const message = `service "${name}" has neither an image nor a build context specified`;
    checker.contradiction(at, message, { atKey: true, hint: 'Add "image" with a name, or "build" with a folder.' });
  }
  if (!build) return;
  if (build.dockerfile && build.dockerfile_inline) {
    checker.contradiction([...at, 'build', 'dockerfile'], `service "${name}" declares mutualy exclusive dockerfile and dockerfile_inline`, {
      related: checker.related([...at, 'build', 'dockerfile_inline'], 'the other one'),
      hint: 'Remove one of the two.',
    });
  }
  if (build.platforms?.length && platform && !build.platforms.includes(platform)) {
    checker.contradiction([...at, 'platform'], `service.build.platforms MUST include service.platform "${platform}"`, {
      related: checker.related([...at, 'build', 'platforms'], 'the platforms it is built for'),
      hint: `Add "${platform}" to the platforms of the build.`,
    });
  }
  const built = Object.entries(build.additional_contexts ?? {}).filter(([, target]) => target.startsWith('service:'));
  const targets = built.map(([context, target]) => [context, target.slice('service:'.length)] as const);
  const beside = targets.map(([, target]) => target);
  for (const [context, target] of targets) checkContext(checker, name, context, target, beside);
}

function checkContext(checker: Checker, name: string, context: string, target: string, beside: readonly string[]): void {
  const { services } = checker.project;
  const at: Path = ['services', name, 'build', 'additional_contexts', context];
  if (!has(services, target)) {
    const message = `service "${name}" declares unknown service "${target}" as additional contexts ${context}`;
    checker.add('reference.unknown-service', at, message, {
      part: target,
      hint: hintForService(target, checker),
      unknown: { name: target, known: services, beside },
    });
  } else if (!services[target]?.build) {
    const message = `service "${name}" declares non-buildable service "${target}" as additional contexts ${context}`;
    checker.contradiction(at, message, {
      related: checker.related(['services', target], `"${target}" is defined here`),
      hint: `Write "docker-image://${services[target]?.image ?? 'IMAGE'}", or give "${target}" a "build".`,
    });
  }
}

// Other services

function hintForService(name: string, checker: Checker): string {
  const { services, disabledServices: disabled } = checker.project;
  const profiles = has(disabled, name) ? disabled[name]?.profiles : undefined;
  if (profiles?.length) return `Switch its profile on, with --profile ${profiles[0]}.`;
  const near = suggest(name, checker.namesOf(services));
  return near === undefined ? `Add "${name}" under "services:", or remove what names it.` : `Write "${near}".`;
}

function checkDependencies(checker: Checker, service: Service): void {
  const { services, disabledServices } = checker.project;
  const through = whatImplies(service);
  const beside = Object.keys(service.depends_on ?? {});
  for (const [name, { required }] of Object.entries(service.depends_on ?? {})) {
    if (has(services, name)) continue;
    const isOff = has(disabledServices, name);
    if (isOff && !required) continue;
    const profiles = disabledServices[name]?.profiles ?? [];
    const why = isOff && profiles.length > 0 ? `: it is switched off, and belongs to the profile ${profiles.join(', ')}` : '';
    checker.add(
      'reference.unknown-service',
      ['services', service.name, 'depends_on', name],
      `service "${service.name}" depends on undefined service "${name}"${through.get(name) ?? ''}${why}`,
      {
        atKey: true,
        part: name,
        hint: hintForService(name, checker),
        ...(isOff ? {} : { unknown: { name, known: services, beside } }),
        related: isOff ? checker.related(['services', name], `"${name}" is defined here`) : [],
      },
    );
  }
}

/** What makes each dependency that `depends_on` does not name, as its complaint says it: the line that is shown says something else. */
function whatImplies({ links = [], volumes_from = [], ...service }: Service): ReadonlyMap<string, string> {
  const namespaces = ['cgroup', 'uts', 'pid', 'ipc', 'network_mode'] as const;
  const implied = new Map<string, string>();
  // Of several, the one that is set last is told.
  for (const text of volumes_from) implied.set(text.split(':')[0] ?? '', ', for its volumes_from');
  for (const text of links) implied.set(text.split(':')[0] ?? '', ', for its links');
  for (const key of namespaces) {
    const value = service[key];
    if (value?.startsWith('service:')) implied.set(value.slice('service:'.length), `, for its ${key}`);
  }
  return implied;
}

/** Circles, from the service that is first in the files on, with the place of each dependency. */
function checkCycle(checker: Checker, project: Project): void {
  const found = findCycle(dependencyGraph(project));
  if (!found) return;
  const start = Object.keys(project.services)
    .map(name => found.findIndex(edge => edge.from === name))
    .find(index => index !== -1);
  const cycle = [...found.slice(start), ...found.slice(0, start)];
  const [first, ...rest] = cycle;
  const names = cycle.map(edge => edge.from);
  const edgePath = (from: string, to: string): Path => ['services', from, 'depends_on', to];
  checker.add('graph.cycle', edgePath(first!.from, first!.to), `dependency cycle detected: ${[...names, names[0]].join(' -> ')}`, {
    atKey: true,
    related: rest.flatMap(({ from, to }) => checker.related(edgePath(from, to), `"${from}" depends on "${to}"`)),
    hint: 'Remove one of these dependencies.',
  });
}

// Networks, volumes, secrets, configs and models

type Section = 'networks' | 'volumes' | 'configs' | 'secrets' | 'models';

const codes: Readonly<Record<Section, Code>> = {
  networks: 'reference.unknown-network',
  volumes: 'reference.unknown-volume',
  configs: 'reference.unknown-config',
  secrets: 'reference.unknown-secret',
  models: 'reference.unknown-model',
};

function checkResources(checker: Checker, service: Service): void {
  const at: Path = ['services', service.name];
  const networks = Object.keys(service.networks ?? {});
  if (service.network_mode && networks.length > 0) {
    checker.contradiction(
      [...at, 'network_mode'],
      `service ${service.name} declares mutually exclusive \`network_mode\` and \`networks\``,
      {
        related: checker.related([...at, 'networks'], 'the networks'),
        hint: 'Remove one of the two.',
      },
    );
  }
  const check = (section: Section, what: string, used: readonly (readonly [string, Path])[]): void => {
    const declared: Named<unknown> = checker.project[section];
    const beside = used.map(([name]) => name);
    for (const [name, path] of used) {
      if (has(declared, name)) continue;
      checker.add(codes[section], path, `service "${service.name}" refers to undefined ${what} ${name}`, {
        part: name,
        hint: hintForResource(section, name, checker.namesOf(declared)),
        unknown: { name, known: declared, beside },
        ...(section === 'networks' || section === 'models' ? { atKey: true as const } : {}),
      });
    }
  };
  const keys = (key: 'networks' | 'models') => Object.keys(service[key] ?? {}).map(name => [name, [...at, key, name]] as const);
  const sources = (items: readonly { readonly source: string }[] | undefined, ...list: Path) =>
    (items ?? []).map(({ source }, index) => [source, [...at, ...list, index, 'source']] as const);
  if (!service.network_mode) check('networks', 'network', keys('networks'));
  check('models', 'model', keys('models'));
  const volumes = (service.volumes ?? []).map(({ type, source }) => ({ source: type === 'volume' && source ? source : '' }));
  check(
    'volumes',
    'volume',
    sources(volumes, 'volumes').filter(([source]) => source !== ''),
  );
  check('configs', 'config', sources(service.configs, 'configs'));
  check('secrets', 'secret', sources(service.secrets, 'secrets'));
  check('secrets', 'build secret', sources(service.build?.secrets, 'build', 'secrets'));
}

function hintForResource(section: Section, name: string, declared: readonly string[]): string {
  const near = suggest(name, declared);
  if (near !== undefined) return `Write "${near}".`;
  if (section === 'volumes' && name.includes('/')) return `Write "./${name}" for a directory of the host.`;
  const needed = section === 'configs' || section === 'secrets' ? ', with a "file"' : section === 'models' ? ', with a "model"' : '';
  return `Declare "${name}" under the top-level "${section}:"${needed}.`;
}

// Numbers that are given twice

/** Pairs of settings that say the same: the reference refuses different values. */
function checkNumbers(checker: Checker, service: Service): void {
  const at: Path = ['services', service.name];
  const { deploy, scale, container_name } = service;
  const { limits, reservations } = deploy?.resources ?? {};
  const compare = (key: string, own: Whole | undefined, deployKey: string, theirs: Whole | undefined): void => {
    if (own === undefined || theirs === undefined || own === theirs) return;
    const path = [...at, ...deployKey.split('.')];
    checker.contradiction([...at, key], `services.${service.name}: can't set distinct values on '${key}' and '${deployKey}'`, {
      related: checker.related(path, 'the other value'),
      hint: 'Remove one of the two.',
    });
  };
  /** The reference takes 0 for "not set". */
  const set = (value: number | undefined): number | undefined => (value ? Math.fround(value) : undefined);
  compare('scale', scale, 'deploy.replicas', deploy?.replicas);
  compare('cpus', set(service.cpus), 'deploy.resources.limits.cpus', set(limits?.cpus));
  compare('mem_limit', service.mem_limit || undefined, 'deploy.resources.limits.memory', limits?.memory || undefined);
  compare(
    'mem_reservation',
    service.mem_reservation || undefined,
    'deploy.resources.reservations.memory',
    reservations?.memory || undefined,
  );
  compare('pids_limit', service.pids_limit || undefined, 'deploy.resources.limits.pids', limits?.pids || undefined);
  for (const [key, value] of [
    ['scale', scale],
    ['deploy.replicas', deploy?.replicas],
  ] as const) {
    if (value !== undefined && Number(value) < 0) {
      const message = `services.${service.name}.${key}: must be greater than or equal to 0`;
      checker.contradiction([...at, ...key.split('.')], message, { hint: 'Write 0 or more.' });
    }
  }
  if (container_name && replicasOf(service) > 1) {
    const key = scale === undefined ? 'deploy.replicas' : 'scale';
    const message = `services.${service.name}: can't set container_name and ${key} as container name must be unique`;
    checker.contradiction([...at, 'container_name'], message, {
      related: checker.related([...at, ...key.split('.')], 'more than one container'),
      hint: 'Remove "container_name".',
    });
  }
}

// Mounts, watch rules and health

function checkMounts(checker: Checker, service: Service): void {
  const at: Path = ['services', service.name];
  const mounted = new Map<string, Path>();
  const mount = (target: string, path: Path): void => {
    const before = mounted.get(target);
    if (!before) mounted.set(target, path);
    else {
      checker.contradiction(path, `${formatPath(path)}: target ${target} already mounted as ${formatPath(before)}`, {
        related: checker.related(before, 'the other mount'),
        hint: 'Remove one of the two.',
      });
    }
  };
  for (const [index, tmpfs] of (service.tmpfs ?? []).entries()) mount(tmpfs.split(':')[0] ?? '', [...at, 'tmpfs', index]);
  for (const [index, { target = '' }] of (service.volumes ?? []).entries()) {
    const path = [...at, 'volumes', index];
    mount(target, path);
    if (!/^(?:\/|\p{L}:|\\\\|$)/u.test(target)) {
      const message = `${formatPath(path)}: the mount target "${target}" is not an absolute path`;
      checker.add('value.suspicious', [...path, 'target'], message, { hint: `Write "/${target}".`, lastPart: target });
    }
  }
  for (const [index, { action, target }] of (service.develop?.watch ?? []).entries()) {
    if (target || action === 'rebuild' || action === 'restart') continue;
    const message = `services.${service.name}.develop.watch: target is required for non-rebuild actions`;
    checker.contradiction([...at, 'develop', 'watch', index], message, { hint: 'Add "target" with a path of the container.' });
  }
}

function checkHealth(checker: Checker, service: Service): void {
  const { test = [], start_interval, start_period } = service.healthcheck ?? {};
  const at: Path = ['services', service.name, 'healthcheck'];
  const [first] = test;
  if (first !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(first)) {
    const message = `services.${service.name}: healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"`;
    checker.contradiction([...at, 'test'], message, { hint: 'Put "CMD" in front of the list.' });
  }
  if (start_interval !== undefined && start_period === undefined) {
    const message = `services.${service.name}: healthcheck.start_interval requires healthcheck.start_period to be set`;
    checker.doubt([...at, 'start_interval'], message, 'Add "start_period" with a duration.');
  }
}

/** What the reference takes, and the engine refuses later. */
function checkDoubtful(checker: Checker, { name, container_name, restart }: Service): void {
  const at: Path = ['services', name];
  if (container_name && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(container_name)) {
    const message = `services.${name}.container_name: "${container_name}" is not a name that the engine takes`;
    checker.doubt([...at, 'container_name'], message, 'Use letters, digits, underscores, dots and hyphens.');
  }
  if (restart && !/^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/.test(restart)) {
    const near = suggest(restart, ['no', 'always', 'unless-stopped', 'on-failure']);
    const message = `services.${name}.restart: "${restart}" is not a restart policy`;
    checker.doubt([...at, 'restart'], message, near === undefined ? 'Write no, always, on-failure or unless-stopped.' : `Write "${near}".`);
  }
}

// The project as a whole

/**
 * Reports services that take part and have the same container name. Apart from the other checks: it looks at the services that were selected,
 * and commands that create nothing do without it.
 */
export function checkContainerNames(project: Project, report: Report): void {
  const checker = new Checker(project, report);
  const taken = new Map<string, string>();
  for (const { name, container_name } of Object.values(project.services)) {
    if (!container_name) continue;
    const other = taken.get(container_name);
    if (other === undefined) taken.set(container_name, name);
    else {
      const message = `services.${name}: container name "${container_name}" is already in use by service "${other}"`;
      checker.contradiction(['services', name, 'container_name'], message, {
        related: checker.related(['services', other, 'container_name'], 'the other one'),
        hint: 'Remove "container_name", or choose another one.',
      });
    }
  }
}

/** Secrets of which nobody says what is in them; who else has more than one source, validation has named. */
function checkSecrets(checker: Checker, project: Project): void {
  for (const [name, { external, file, environment }] of Object.entries(project.secrets)) {
    if (external || file || environment) continue;
    const message = `secret "${name}" must declare either \`file\` or \`environment\``;
    checker.contradiction(['secrets', name], message, {
      atKey: true,
      hint: 'Add "file" with a path, or "environment" with the name of a variable.',
    });
  }
}
