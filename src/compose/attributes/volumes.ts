// Attributes of mounts, and of the volumes of the project.
import { posix } from 'node:path';
import type { Report } from '../../diagnostics/report.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import {
  boolNode,
  child,
  type Entry,
  type Mapping,
  mappingNode,
  type Node,
  sequenceNode,
  stringNode,
  withEntry,
  withoutEntry,
} from '../../document/node.ts';
import { formatPath, type Path } from '../../document/path.ts';
import { originSpan, settingOf } from '../../source/origin.ts';
import { partOf } from '../../source/span.ts';
import type { Attribute, CanonicalContext, OldContext } from './attribute.ts';
import { isFull } from './dependencies.ts';
import { externalResource } from './external.ts';
import { mapItems, pairs, set, textOf, textToListAtLast } from './forms.ts';

const mounts = 'services.*.volumes';

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);
/** Options other tools know, which the reference drops without effect on a local Linux engine. */
const harmless = new Set(['', 'rw', 'cached', 'delegated', 'consistent']);

interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
  /** A spec of one or two characters, which the reference gives no settings. */
  readonly bare: boolean;
}

/** The sections of a short form: divided by `:`, but not within `${…}` and not after the letter of a Windows drive. */
function sections(spec: string): readonly string[] {
  const found: string[] = [];
  let section = '';
  let depth = 0;
  const chars = [...spec];
  for (const [index, char] of chars.entries()) {
    if (char === '$' && chars[index + 1] === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    else if (char === ':' && depth === 0 && !/^\p{L}$/u.test(section)) {
      found.push(section);
      section = '';
      continue;
    }
    section += char;
  }
  return [...found, section];
}

/** `[source:]target[:options]`, or in the reference's words what is wrong with it. */
export function parseMount(spec: string): Mount | string {
  if (spec === '') return 'invalid empty volume spec';
  if (spec.length <= 2) return { type: 'volume', source: '', target: spec, options: [], bare: true };
  const parts = sections(spec);
  if (parts.includes('')) return `invalid spec: ${spec}: empty section between colons`;
  if (parts.length > 3) return `invalid spec: ${spec}: too many colons`;
  const [source, target] = parts.length === 1 ? ['', parts[0] ?? ''] : [parts[0] ?? '', parts[1] ?? ''];
  return { type: isHostPath(source) ? 'bind' : 'volume', source, target, options: parts[2]?.split(',') ?? [], bare: false };
}

function isHostPath(source: string): boolean {
  return /^(?:[./~]|\\\\|\p{L}:)/u.test(source);
}

/** A path without `.`, `..`, doubled and trailing slashes; empty stays empty. */
export function cleanTarget(target: string): string {
  if (target === '') return '';
  const clean = posix.normalize(target);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function mountNode(mount: Mount, from: Node): Node {
  const leaf = (key: string, value: string): Entry => ({ key, value: stringNode(value, from.origin) });
  const yes = (key: string): Entry => ({ key, value: boolNode(true, from.origin) });
  const group = (key: string, entries: readonly Entry[]): Entry => ({ key, value: mappingNode(entries, from.origin) });
  const has = (...options: readonly string[]): string | undefined => mount.options.findLast(option => options.includes(option));
  const selinux = has('z', 'Z');
  const propagation = has(...propagations);
  const bind = [
    ...(selinux ? [leaf('selinux', selinux)] : []),
    ...(propagation ? [leaf('propagation', propagation)] : []),
    // Short forms make the directory of the host, as they always have.
    ...(mount.type === 'bind' ? [yes('create_host_path')] : []),
  ];
  const nocopy = has('nocopy') ? [yes('nocopy')] : [];
  return mappingNode(
    [
      leaf('type', mount.type),
      ...(mount.source === '' ? [] : [leaf('source', mount.source)]),
      leaf('target', cleanTarget(mount.target)),
      ...(has('ro', 'rw') === 'ro' ? [yes('read_only')] : []),
      ...(bind.length > 0 ? [group('bind', bind)] : []),
      ...((mount.type === 'volume' && !mount.bare) || nocopy.length > 0 ? [group('volume', nocopy)] : []),
    ],
    from.origin,
  );
}

/** The long form. */
function toMount(node: Node, context: CanonicalContext): Node | undefined {
  const spec = textOf(node);
  const where = formatPath(context.path);
  const span = originSpan(node.origin);
  if (spec === undefined) return node;
  const mount = (context.uninterpolated ? undefined : shortNamed(spec, context.document)) ?? parseMount(spec);
  if (typeof mount !== 'string') {
    if (!context.uninterpolated) warnOfUnknownOptions(mount, node, context);
    return mountNode(mount, node);
  }
  context.report.add('value.invalid', { message: `${where}: ${mount}`, span, related: settingOf(node.origin), hint: hintForMount(spec) });
  return undefined;
}

/** What was most likely meant: no section is empty, and all options stand in the third. */
function hintForMount(spec: string): string {
  const [source, target, ...options] = sections(spec).filter(section => section !== '');
  if (source === undefined || target === undefined) return 'Remove it, or write "SOURCE:TARGET".';
  return `Write "${[source, target, ...(options.length > 0 ? [options.join(',')] : [])].join(':')}".`;
}

/** A bind mount says what of the host it mounts. */
function checkMount(node: Node, path: Path, report: Report): void {
  if (node.kind !== 'mapping' || textOf(node.entries.get('type')?.value) !== 'bind' || node.entries.has('source')) return;
  const message = `${formatPath(path)}: invalid mount config for type "bind": field Source must not be empty`;
  report.add('value.invalid', { message, span: originSpan(node.origin), hint: 'Add "source" with a path of the host.' });
}

/** `d:/data` where the project has a volume `d`: that volume, and not the Windows drive the reference takes it for, which no engine mounts. */
function shortNamed(spec: string, document: Mapping): Mount | undefined {
  const [, letter, rest] = /^(\p{L}):(\/.*)$/u.exec(spec) ?? [];
  const volumes = document.entries.get('volumes')?.value;
  if (letter === undefined || rest === undefined || volumes?.kind !== 'mapping' || !volumes.entries.has(letter)) return undefined;
  const [target = '', options, ...more] = rest.split(':');
  const isDrive = more.length > 0 || options?.includes('/');
  return isDrive ? undefined : { type: 'volume', source: letter, target, options: options?.split(',') ?? [], bare: false };
}

function warnOfUnknownOptions(mount: Mount, node: Node, { path, report }: CanonicalContext): void {
  const known = new Set(['ro', 'nocopy', 'z', 'Z', ...propagations, ...harmless]);
  const span = originSpan(node.origin);
  for (const option of mount.options.filter(name => !known.has(name))) {
    report.add('value.suspicious', {
      message: `${formatPath(path)}: the mount option "${option}" is unknown and has no effect`,
      span: span && partOf(span, option),
      hint: hintForOption(option, known),
    });
  }
}

function hintForOption(option: string, known: ReadonlySet<string>): string {
  const near = /^read/.test(option) ? 'ro' : suggest(option, known);
  return near ? `Write "${near}".` : `Remove "${option}".`;
}

/** The path in the container. */
function targetOf(item: Node): string | undefined {
  if (item.kind === 'mapping') return textOf(item.entries.get('target')?.value);
  const spec = textOf(item);
  const mount = spec === undefined ? undefined : parseMount(spec);
  return typeof mount === 'object' ? mount.target : undefined;
}

function withHostPath(node: Mapping): Mapping {
  if (node.entries.has('create_host_path')) return node;
  return withEntry(node, 'create_host_path', boolNode(true, { how: 'defaulted', rule: 'bind.create_host_path' }));
}

/** An external volume is there already: settings of its own would do nothing. */
function checkVolume(node: Node, path: Path, report: Report): void {
  const external = node.kind === 'mapping' ? node.entries.get('external') : undefined;
  if (node.kind !== 'mapping' || external?.value.kind !== 'scalar' || external.value.value !== true) return;
  for (const { key, keySpan, value } of node.entries.values()) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
    report.add('project.inconsistent', {
      message: `${formatPath(path)}: conflicting parameters "external" and "${key}" specified`,
      span: keySpan ?? originSpan(value.origin),
      related: external.keySpan ? [{ span: external.keySpan, message: 'external' }] : [],
      hint: `Remove "${key}": an external volume is there already.`,
    });
  }
}

/** The volumes that a service of an old file mounts by name; a single letter is no Windows drive there. */
function namedVolumes(service: Mapping): readonly Node[] {
  const listed = child(service, 'volumes');
  return (listed?.kind === 'sequence' ? listed.items : []).flatMap(item => {
    const spec = textOf(item) ?? '';
    const mount = parseMount(spec);
    const named = typeof mount === 'object' && mount.type === 'volume' ? mount.source : '';
    const source = /^(\p{L}):\/[^:]*(?::[^/]*)?$/u.exec(spec)?.[1] ?? named;
    return source === '' || source.includes('$') ? [] : [stringNode(source, item.origin)];
  });
}

/** Old files declared no volumes: their names are those of the engine, and the volumes are the project's no more than anybody's. */
function declareVolumes(service: Mapping, { add }: OldContext): Mapping {
  for (const name of namedVolumes(service)) {
    const volume = mappingNode([['name', name]], name.origin);
    add(mappingNode([['volumes', mappingNode([[textOf(name)!, volume]], name.origin)]], name.origin));
    add(mappingNode([['x-fig', mappingNode([['keep', sequenceNode([name], name.origin)]], name.origin)]], name.origin));
  }
  return service;
}

/** The driver of a service is that of every volume it names. */
function declareDriver(service: Mapping, { add }: OldContext): Mapping {
  const driver = service.entries.get('volume_driver')!;
  for (const name of namedVolumes(service)) {
    const volume = mappingNode([{ ...driver, key: 'driver' }], driver.value.origin);
    add(mappingNode([['volumes', mappingNode([[textOf(name)!, volume]], name.origin)]], name.origin));
  }
  return withoutEntry(service, 'volume_driver');
}

/** Old files named services and other containers alike. */
function fromContainers(service: Mapping, { services }: OldContext): Mapping {
  const listed = child(service, 'volumes_from');
  if (listed?.kind !== 'sequence') return service;
  const items = mapItems(listed, item => {
    const [name] = textOf(item)?.split(':') ?? [];
    return name === undefined || services.has(name) ? item : stringNode(`container:${textOf(item)}`, item.origin);
  });
  return withEntry(service, 'volumes_from', items);
}

/** The reference gives the engine the container alone, and so does fig. */
function warnOfReadOnly(node: Node, path: Path, report: Report): void {
  for (const [index, item] of (node.kind === 'sequence' ? node.items : []).entries()) {
    const text = textOf(item) ?? '';
    if (!/:ro$/.test(text.replace(/^container:[^:]*$/, ''))) continue;
    report.add('value.suspicious', {
      message: `${formatPath([...path, index])}: the mode "ro" has no effect, and "${text}" may be written to`,
      span: originSpan(item.origin),
      hint: 'List the volumes under "volumes", with ":ro".',
    });
  }
}

export const volumeAttributes: readonly Attribute[] = [
  { at: 'services.*.volume_driver', old: { convert: declareDriver } },
  { at: 'services.*.volumes_from', old: { convert: fromContainers, bindsService: isFull }, check: warnOfReadOnly },
  { at: mounts, old: { convert: declareVolumes }, unique: targetOf },
  { at: `${mounts}.[]`, canonical: toMount, hostPath: 'bind', checkPath: checkMount },
  { at: `${mounts}.[].bind`, defaults: withHostPath },
  { at: `${mounts}.[].read_only`, cast: 'bool' },
  { at: `${mounts}.[].volume.nocopy`, cast: 'bool' },
  pairs(`${mounts}.[].volume.labels`, 'empty'),
  { ...set('services.*.tmpfs'), merge: 'list', canonical: textToListAtLast },
  { at: 'volumes.*', canonical: externalResource, hostPath: 'device', check: checkVolume },
  { at: 'volumes.*.external', cast: 'bool' },
  pairs('volumes.*.labels', 'empty'),
];
