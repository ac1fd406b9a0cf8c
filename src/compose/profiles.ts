// Profiles and the selection of services: what of a project takes part. Runs on the typed project, after the last pass over documents.
import type { Report } from '../diagnostics/report.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { type Named, named } from '../model/named.ts';
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';

/** All profiles that any service names, sorted. */
export function knownProfiles(project: Project): readonly string[] {
  const all = Object.values(allServices(project)).flatMap(service => service.profiles ?? []);
  return [...new Set(all)].sort();
}

/** The project with its services split by profiles: one without profiles always takes part; `*` switches everything on. */
export function splitByProfiles(project: Project, profiles: readonly string[]): Project {
  const takesPart = (service: Service) =>
    !service.profiles?.length || profiles.includes('*') || service.profiles.some(profile => profiles.includes(profile));
  const services = Object.entries(allServices(project));
  return {
    ...project,
    profiles,
    services: named(services.filter(([, service]) => takesPart(service))),
    disabledServices: named(services.filter(([, service]) => !takesPart(service))),
  };
}

export interface Selection {
  /** Names, or patterns with `*`, `?` and `[…]`; empty: everything that takes part. */
  readonly services: readonly string[];
  /** Leaves what they depend on out. */
  readonly withoutDependencies: boolean;
}

/**
 * The project with the selected services and what they depend on; the others are switched off, and dependencies on them dropped. A service that
 * is named has its profiles switched on. Unknown names are reported.
 */
export function selectServices(project: Project, { services: names, withoutDependencies }: Selection, report: Report): Project {
  if (names.length === 0) return project;
  const asked = names.flatMap(name => (project.services[name] ? [] : (project.disabledServices[name]?.profiles ?? [])));
  const enabled = asked.length > 0 ? splitByProfiles(project, [...project.profiles, ...asked]) : project;
  const selected = new Set<string>();
  const select = (name: string, isRequired: boolean) => {
    const found = Object.keys(enabled.services).filter(service => matchesName(name, service));
    if (found.length === 0 && isRequired) reportUnknown(name, enabled, report);
    for (const service of found) {
      if (selected.has(service)) continue;
      selected.add(service);
      if (withoutDependencies) continue;
      for (const [dependency, { required }] of Object.entries(enabled.services[service]?.depends_on ?? {})) select(dependency, required);
    }
  };
  for (const name of names) select(name, true);
  const isSelected = ([name]: readonly [string, unknown]) => selected.has(name);
  const active = Object.entries(enabled.services);
  return {
    ...enabled,
    services: named(active.filter(isSelected).map(([name, service]) => [name, withoutOtherDependencies(service, selected)] as const)),
    disabledServices: named([...Object.entries(enabled.disabledServices), ...active.filter(entry => !isSelected(entry))]),
  };
}

function withoutOtherDependencies(service: Service, selected: ReadonlySet<string>): Service {
  if (!service.depends_on) return service;
  return { ...service, depends_on: named(Object.entries(service.depends_on).filter(([name]) => selected.has(name))) };
}

function reportUnknown(name: string, project: Project, report: Report): void {
  const near = suggest(name, Object.keys(allServices(project)));
  report.add('request.unknown-service', {
    message: `no such service: ${name}`,
    hint: near && near !== name ? `Write "${near}".` : undefined,
  });
}

/** A shell pattern of one name, as the reference takes them: `*`, `?`, `[a-z]`, `[^a]`, and `\` before a literal. */
function matchesName(pattern: string, name: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === name;
  const source = pattern.replace(/\\(.)|\[(\^?)((?:\\.|[^\]])+)\]|[*?]|[.+^${}()|[\]\\/]/gs, (part, literal, negated, set) => {
    if (literal !== undefined) return literal.replace(/[^\w]/g, '\\$&');
    if (set !== undefined) return `[${negated}${set}]`;
    return part === '*' ? '[^/]*' : part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's').test(name);
}

/** The project without the resources that no service taking part uses. */
export function dropUnused(project: Project): Project {
  const services = Object.values(project.services);
  const keep = <T>(resources: Named<T>, used: Iterable<string>): Named<T> => {
    const wanted = new Set(used);
    return named(Object.entries(resources).filter(([key]) => wanted.has(key)));
  };
  return {
    ...project,
    networks: keep(
      project.networks,
      services.flatMap(service => Object.keys(service.networks ?? {})),
    ),
    volumes: keep(
      project.volumes,
      services.flatMap(service =>
        (service.volumes ?? []).flatMap(mount => (mount.type === 'volume' && mount.source ? [mount.source] : [])),
      ),
    ),
    secrets: keep(
      project.secrets,
      services.flatMap(service => [...(service.secrets ?? []), ...(service.build?.secrets ?? [])].map(reference => reference.source)),
    ),
    configs: keep(
      project.configs,
      services.flatMap(service => (service.configs ?? []).map(reference => reference.source)),
    ),
    models: keep(
      project.models,
      services.flatMap(service => Object.keys(service.models ?? {})),
    ),
  };
}

function allServices(project: Project): Named<Service> {
  return named([...Object.entries(project.services), ...Object.entries(project.disabledServices)]);
}
