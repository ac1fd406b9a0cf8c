// Normalisation (loader.md §1.4): what a project implies is written out. Names of attributes stand here where a rule is about that attribute.
// Runs once, on the whole project's canonical document with defaults and absolute paths; `config --no-normalize` leaves it out.
import type { Report } from '../diagnostics/report.ts';
import {
  boolNode,
  child,
  type Entry,
  type Mapping,
  mappingNode,
  type Node,
  nullNode,
  type Sequence,
  stringNode,
  withEntry,
} from '../document/node.ts';
import type { Named } from '../model/named.ts';
import type { Origin } from '../source/origin.ts';
import { sharedService } from './attributes/dependencies.ts';
import { cutPair, mapItems, mapValues, textOf } from './attributes/forms.ts';
import { cleanTarget } from './attributes/volumes.ts';

export interface NormaliseOptions {
  readonly projectName: string;
  /** Variables that entries without a value inherit. */
  readonly environment: Named<string>;
  readonly report: Report;
}

const by = (rule: string): Origin => ({ how: 'defaulted', rule });

/** The document with the default network, names on the engine, implied dependencies, build defaults and inherited variables written out. */
export function normalise(document: Mapping, { projectName, environment }: NormaliseOptions): Mapping {
  const named = withEntry(document, 'name', stringNode(projectName, child(document, 'name')?.origin ?? by('name')));
  const services = child(named, 'services');
  if (services?.kind !== 'mapping') return withNames(named, projectName);
  const normal = mapValues(services, node => (node.kind === 'mapping' ? normaliseService(node, environment) : node));
  return withNames(withDefaultNetwork(withEntry(named, 'services', normal)), projectName);
}

function normaliseService(service: Mapping, environment: Named<string>): Mapping {
  const steps: readonly [string, (value: Node) => Node][] = [
    ['pull_policy', value => (textOf(value) === 'if_not_present' ? stringNode('missing', value.origin) : value)],
    ['build', value => (value.kind === 'mapping' ? normaliseBuild(value, environment) : value)],
    ['environment', value => inherit(value, environment, true)],
    ['volumes', value => (value.kind === 'sequence' ? mapItems(value, withCleanTarget) : value)],
    ['pre_start', value => (value.kind === 'sequence' ? withImages(value, child(service, 'image')) : value)],
  ];
  let normal = joinsDefault(service) ? withEntry(service, 'networks', onlyDefault(service)) : service;
  for (const [key, change] of steps) {
    const value = child(normal, key);
    const made = value && change(value);
    if (made && made !== value) normal = withEntry(normal, key, made);
  }
  return withImpliedDependencies(normal);
}

// Networks

/** A service without networks of its own joins the default one, unless something else gives it its network. */
function joinsDefault(service: Mapping): boolean {
  if (service.entries.has('provider') || service.entries.has('network_mode')) return false;
  const networks = child(service, 'networks');
  return networks === undefined || (networks.kind === 'mapping' && networks.entries.size === 0);
}

function onlyDefault(service: Mapping): Mapping {
  const origin = child(service, 'networks')?.origin ?? by('networks.default');
  return mappingNode([['default', nullNode(by('networks.default'))]], origin);
}

/** The default network is declared where a service joins it and nobody declared it. */
function withDefaultNetwork(document: Mapping): Mapping {
  const networks = child(document, 'networks') ?? mappingNode([], by('networks'));
  const services = child(document, 'services');
  if (services?.kind !== 'mapping' || networks.kind !== 'mapping' || networks.entries.has('default')) return document;
  const isUsed = [...services.entries.values()].some(({ value }) => {
    if (value.kind !== 'mapping' || value.entries.has('provider') || value.entries.has('network_mode')) return false;
    return child(child(value, 'networks'), 'default') !== undefined;
  });
  return isUsed ? withEntry(document, 'networks', withEntry(networks, 'default', nullNode(by('networks.default')))) : document;
}

// Names

const namedSections = ['networks', 'volumes', 'configs', 'secrets'];

/** Resources without a name are called `project_key` on the engine, and by their key alone where they are external. */
function withNames(document: Mapping, projectName: string): Mapping {
  let result = document;
  for (const section of namedSections) {
    const resources = child(result, section);
    if (resources?.kind !== 'mapping') continue;
    const named = mapValues(resources, (node, key) => {
      const resource = isNull(node) ? mappingNode([], node.origin) : node;
      if (resource.kind !== 'mapping') return node;
      const name = child(resource, 'name');
      if (name && !isNull(name)) return resource;
      const made = isTrue(child(resource, 'external')) ? key : `${projectName}_${key}`;
      return withEntry(resource, 'name', stringNode(made, by(`${section}.name`)));
    });
    result = withEntry(result, section, named);
  }
  return result;
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && /^(?:1|t|T|true|TRUE|True)$/.test(String(node.value));
}

// Build, hooks and mounts

function normaliseBuild(build: Mapping, environment: Named<string>): Mapping {
  let normal = build;
  const isMissing = (key: string): boolean => {
    const value = child(normal, key);
    return value === undefined || isNull(value);
  };
  if (isMissing('context')) normal = withEntry(normal, 'context', stringNode('.', by('build.context')));
  if (isMissing('dockerfile') && isMissing('dockerfile_inline')) {
    normal = withEntry(normal, 'dockerfile', stringNode('Dockerfile', by('build.dockerfile')));
  }
  const args = child(normal, 'args');
  return args ? withEntry(normal, 'args', inherit(args, environment, false)) : normal;
}

/** Hooks without an image run that of the service. */
function withImages(hooks: Sequence, image: Node | undefined): Node {
  if (!image || !textOf(image)) return hooks;
  return mapItems(hooks, hook => (hook.kind !== 'mapping' || hook.entries.has('image') ? hook : withEntry(hook, 'image', image)));
}

function withCleanTarget(mount: Node): Node {
  const target = child(mount, 'target');
  const text = textOf(target);
  if (mount.kind !== 'mapping' || !target || text === undefined) return mount;
  const clean = text === '' ? '.' : cleanTarget(text);
  return clean === text ? mount : withEntry(mount, 'target', stringNode(clean, target.origin));
}

// Variables

/** Entries without a value get that of the environment. Those that it does not have either stay empty, or go. */
function inherit(node: Node, environment: Named<string>, keepUnset: boolean): Node {
  if (node.kind === 'mapping') {
    return mapValues(node, (value, key) => {
      if (!isNull(value)) return value;
      const set = environment[key];
      return set === undefined ? (keepUnset ? value : undefined) : stringNode(set, inheritedFrom(key, value));
    });
  }
  if (node.kind === 'scalar') return node;
  const inherited = mapItems(node, item => {
    const text = textOf(item);
    if (text === undefined || cutPair(text).value !== undefined) return item;
    const set = environment[text];
    return set === undefined ? (keepUnset ? item : undefined) : stringNode(`${text}=${set}`, inheritedFrom(text, item));
  });
  return inherited.items.length === 0 ? { ...inherited, isNil: true } : inherited;
}

function inheritedFrom(variable: string, node: Node): Origin {
  return { how: 'interpolated', variable, set: 'environment', base: node.origin };
}

// Dependencies

/** Attributes that share a namespace with another service, as `service:NAME`. */
const namespaces = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'];

/** Links, shared namespaces and shared mounts imply a dependency, unless one is declared. Its place is what implies it. */
function withImpliedDependencies(service: Mapping): Mapping {
  const implied = new Map<string, Entry>();
  const declared = child(service, 'depends_on');
  const isDeclared = (name: string): boolean => declared?.kind === 'mapping' && declared.entries.has(name);
  const imply = (name: string | undefined, from: Node, restart: boolean): void => {
    if (name === undefined || implied.has(name) || isDeclared(name)) return;
    const value = mappingNode(
      [
        ['condition', stringNode('service_started', by('depends_on.condition'))],
        ['restart', boolNode(restart, by('depends_on.restart'))],
        ['required', boolNode(true, by('depends_on.required'))],
      ],
      from.origin,
    );
    implied.set(name, { key: name, value });
  };
  for (const link of itemsOf(service, 'links')) imply(linkedService(textOf(link)), link, true);
  for (const namespace of namespaces) {
    const mode = child(service, namespace);
    if (mode) imply(sharedService(mode), mode, true);
  }
  for (const from of itemsOf(service, 'volumes_from')) {
    const text = textOf(from);
    if (!text?.startsWith('container:')) imply(text?.split(':')[0], from, false);
  }
  if (implied.size === 0) return service;
  const base = declared?.kind === 'mapping' ? declared : mappingNode([], by('depends_on'));
  return withEntry(service, 'depends_on', { ...base, entries: new Map([...base.entries, ...implied]) });
}

function itemsOf(service: Mapping, key: string): readonly Node[] {
  const node = child(service, key);
  return node?.kind === 'sequence' ? node.items : [];
}

/** `service:alias` → `service`; with any other number of colons, the whole text. */
function linkedService(link: string | undefined): string | undefined {
  const parts = link?.split(':');
  return parts?.length === 2 ? parts[0] : link;
}
