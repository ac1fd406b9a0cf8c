// extends (loader.md §3.5): a service over the one it extends, of the same document or of another file. Runs on each document, after its
// includes came in and before it is merged.
import path from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { child, type Entry, type Mapping, mappingNode, type Node, withEntry, withoutEntry } from '../document/node.ts';
import type { Path } from '../document/path.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { mergeNodes } from './merge.ts';
import { bindings } from './old-files.ts';
import { type Asked, type ExtendedFile, isRemote, type LoadContext, type Scope } from './scope.ts';
import { clearPaths } from './tags.ts';

export interface ExtendsOptions {
  /** Absolute path of the document's file. */
  readonly file: string;
  readonly scope: Scope;
  readonly context: LoadContext;
  /** What the document's own tags clear. */
  readonly cleared: readonly Path[];
  /** The document is one of an old file. */
  readonly isOld: boolean;
  /** Loads the services of a file, without includes and checks, with paths made absolute; undefined after reporting. */
  readonly load: (file: string, scope: Scope, asked: Asked) => Promise<ExtendedFile | undefined>;
}

interface Reference {
  readonly service: string;
  readonly serviceSpan: Span | undefined;
  readonly file?: string;
  readonly fileSpan?: Span | undefined;
}

/** A service on the way along a chain of extends. */
interface Link {
  readonly family: Family;
  readonly service: string;
  readonly span: Span | undefined;
}

/** Services of one document or file, each resolved once. */
interface Family {
  readonly file: string;
  readonly services: Mapping;
  readonly cleared: readonly Path[];
  readonly isOld: boolean;
  readonly resolved: Map<string, Node>;
}

/** The document with every service merged over what it extends. */
export async function applyExtends(document: Mapping, options: ExtendsOptions): Promise<Mapping> {
  const services = child(document, 'services');
  if (services?.kind !== 'mapping') return document;
  const extender = new Extender(options);
  const family: Family = { file: options.file, services, cleared: options.cleared, isOld: options.isOld, resolved: new Map() };
  const entries = new Map(services.entries);
  for (const [name, entry] of services.entries) {
    if (!child(entry.value, 'extends')) continue;
    const service = await extender.resolve({ family, service: name, span: entry.keySpan });
    if (service) entries.set(name, { ...entry, value: service });
  }
  return withEntry(document, 'services', { ...services, entries });
}

const identity = ({ family, service }: Link) => `${family.file}\n${service}`;

class Extender {
  private readonly options: ExtendsOptions;
  private readonly families = new Map<string, Family>();
  /** Links of circles that were reported: the other services of a circle say nothing new. */
  private readonly circular = new Set<string>();

  constructor(options: ExtendsOptions) {
    this.options = options;
  }

  /** A service over all that it extends. Along the chain and back, since chains may be thousands of services long. */
  async resolve(start: Link): Promise<Node | undefined> {
    const { report } = this.options.context;
    const chain = new Map<string, { readonly link: Link; readonly known: Mapping }>();
    let base: Node | undefined;
    let link: Link | undefined = start;
    while (link) {
      const { family, service } = link;
      const known = family.resolved.get(service) ?? family.services.entries.get(service)?.value;
      if (known?.kind !== 'mapping' || family.resolved.has(service) || !known.entries.has('extends')) {
        base = known;
        break;
      }
      chain.set(identity(link), { link, known });
      const reference = readReference(service, known.entries.get('extends')!, report);
      link = reference && (await this.next(reference, link, chain));
    }
    for (const { link: over, known } of [...chain.values()].reverse()) {
      const own = withoutEntry(known, 'extends');
      if (base && link?.family.isOld) refuseBound(base, link, report);
      // The reference keeps the reference to a service that is there and empty: it is printed, and part of the hash.
      const isEmpty = base?.kind === 'scalar';
      base = base?.kind === 'mapping' ? this.inherit(over.service, base, own, over.family.cleared) : isEmpty ? known : own;
      over.family.resolved.set(over.service, base);
      link = over;
    }
    return base;
  }

  private inherit(name: string, base: Mapping, own: Mapping, cleared: readonly Path[]): Node {
    const wrapped = mappingNode([['services', mappingNode([[name, base]], base.origin)]], base.origin);
    const left = child(child(clearPaths(wrapped, cleared), 'services'), name) ?? own;
    return mergeNodes(left, own, { mode: 'inherited', report: this.options.context.report, path: ['services', name] });
  }

  /** Where an extended service is; undefined after reporting. */
  private async next(reference: Reference, from: Link, chain: ReadonlyMap<string, { readonly link: Link }>): Promise<Link | undefined> {
    const family =
      reference.file === undefined
        ? from.family
        : await this.familyOf(reference.file, { from: reference.fileSpan, mayBeOld: from.family.isOld });
    if (!family) return undefined;
    const { report } = this.options.context;
    if (!family.services.entries.has(reference.service)) {
      const where = reference.file === undefined ? '' : ` in ${reference.file}`;
      const near = suggest(reference.service, family.services.entries.keys());
      report.add('extends.unknown-service', {
        message: `cannot extend service "${from.service}" in ${from.family.file}: service "${reference.service}" not found${where}`,
        span: reference.serviceSpan,
        hint: near === undefined ? hintForBase(family.services.entries.keys(), from.service) : `Write "${near}".`,
      });
      return undefined;
    }
    const next: Link = { family, service: reference.service, span: reference.serviceSpan };
    if (!chain.has(identity(next))) return next;
    const links = [...chain.values()].map(({ link }) => link);
    const circle = [...links.slice([...chain.keys()].indexOf(identity(next))), next];
    if (!circle.some(link => this.circular.has(identity(link)))) reportCircle(circle, report);
    for (const link of circle) this.circular.add(identity(link));
    return undefined;
  }

  private async familyOf(written: string, asked: Asked): Promise<Family | undefined> {
    const { scope, context, load } = this.options;
    const { from: span, mayBeOld } = asked;
    if (isRemote(written)) {
      context.report.add('request.not-yet', {
        message: `extends from "${written}": files from git repositories and registries are not yet in fig`,
        span,
        hint: 'Fetch the file, and extend from its path.',
      });
      return undefined;
    }
    const file = path.resolve(scope.directory, written);
    const name = `${mayBeOld} ${file}`;
    const known = this.families.get(name);
    if (known) return known;
    if ((await context.reader.kind(file)) === 'missing') {
      context.report.add('files.unreadable', {
        message: `cannot read the file that is named here: open ${file}: no such file or directory`,
        span,
        hint: 'Correct the path.',
      });
      return undefined;
    }
    const key = JSON.stringify([name, scope.directory, scope.pathBase, context.numberOf(scope.variables)]);
    const loading = context.extended.get(key) ?? load(file, scope, asked);
    context.extended.set(key, loading);
    const loaded = await loading;
    if (!loaded) return undefined;
    const family: Family = { file, ...loaded, resolved: new Map() };
    this.families.set(name, family);
    return family;
  }
}

function readReference(name: string, { value: node, keySpan }: Entry, report: Report): Reference | undefined {
  const span = originSpan(node.origin);
  if (node.kind === 'scalar' && node.type === 'string') return { service: node.value, serviceSpan: span };
  const wrong = (message: string) => {
    report.add('extends.syntax', {
      message,
      span: keySpan ?? span,
      hint: 'Write the name of a service, or a mapping with service and file.',
    });
    return undefined;
  };
  if (node.kind !== 'mapping') return wrong(`services.${name}.extends must be the name of a service, or a mapping`);
  const service = child(node, 'service');
  if (service?.kind !== 'scalar' || service.type !== 'string') return wrong(`extends.${name}.service is required`);
  const file = child(node, 'file');
  const isNone = file === undefined || (file.kind === 'scalar' && file.type === 'null');
  if (!isNone && (file.kind !== 'scalar' || file.type !== 'string')) return wrong(`extends.${name}.file must be a path`);
  for (const entry of node.entries.values()) {
    if (entry.key === 'service' || entry.key === 'file') continue;
    report.add('extends.unknown-key', {
      message: `extends has no key "${entry.key}"; it is ignored`,
      span: entry.keySpan,
      hint: 'Write it beside extends, in the service itself.',
    });
  }
  const serviceSpan = originSpan(service.origin);
  return isNone
    ? { service: service.value, serviceSpan }
    : { service: service.value, serviceSpan, file: (file as { value: string }).value, fileSpan: originSpan(file.origin) };
}

/** In old files, a service that names others could not be extended. The key is told as its author wrote it. */
function refuseBound(base: Node, { service, family: { file }, span }: Link, report: Report): void {
  for (const { key, keySpan } of bindings(service, base)) {
    const written = keySpan ? keySpan.file.text.slice(keySpan.start, keySpan.end) : key;
    report.add('extends.bound-service', {
      message: `cannot extend service "${service}" in ${file}: services with "${written}" cannot be extended`,
      span,
      related: keySpan ? [{ span: keySpan, message: 'it names others here' }] : [],
      hint: `Move "${written}" to the services that extend it.`,
    });
  }
}

/** The services that could be meant, where none has a name like the one that is written. */
function hintForBase(names: Iterable<string>, extender: string): string {
  const others: string[] = [];
  for (const name of names) {
    if (name !== extender) others.push(name);
    if (others.length === 5) break;
  }
  if (others.length === 0) return 'Define that service, or remove "extends".';
  return `Write the name of a service that is there: ${others.join(', ')}.`;
}

function reportCircle(circle: readonly Link[], report: Report): void {
  const [first, ...rest] = circle;
  report.add('extends.cycle', {
    message: `Circular reference:\n  ${first?.service} in ${first?.family.file}${rest.map(link => `\n  extends ${link.service} in ${link.family.file}`).join('')}`,
    span: circle[1]?.span,
    related: circle.slice(2).flatMap(link => (link.span ? [{ span: link.span, message: `extends "${link.service}"` }] : [])),
    hint: 'Take "extends" out of one of these services.',
  });
}
