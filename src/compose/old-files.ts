// Old files (loader.md §9): documents of Fig, and of Compose up to 1.5, which have their services at the top level, put into today's form.
// Runs on each document: first what it is and its outline, before variables are put in; then its attributes, by the rows of the table.
import { basename } from 'node:path';
import type { Report } from '../diagnostics/report.ts';
import { suggestSurely } from '../diagnostics/suggest.ts';
import { child, type Entry, type Mapping, mappingNode, type Node, type Scalar, stringNode } from '../document/node.ts';
import type { Path } from '../document/path.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import type { OldAttribute } from './attributes/attribute.ts';
import { mapItems, mapValues } from './attributes/forms.ts';
import { attributeAt, attributes } from './attributes/table.ts';
import { mergeNodes } from './merge.ts';
import { composeRule } from './rules.ts';
import type { Keys } from './schema.ts';
import { extractTags, type Tagged } from './tags.ts';

/** Whether a file is one of Fig by its name: it may hold anything, and its `$` are literal. */
export function isFigFile(file: string): boolean {
  return /^fig\.ya?ml$/.test(basename(file));
}

const isExtension = (key: string) => key.startsWith('x-');

/** The services of an old document: its top-level keys but for `version: "1"` and extensions. */
function servicesOf(document: Mapping): readonly Entry[] {
  return [...document.entries.values()].filter(({ key, value }) => !isExtension(key) && !isVersionOne(key, value));
}

function isVersionOne(key: string, value: Node): boolean {
  return key === 'version' && value.kind === 'scalar' && /^1(?:\.\d+)?$/.test(value.text);
}

const keysOf = (path: Path): Keys => {
  let rule = composeRule;
  for (const part of path) {
    const { known, patterns } = rule.forms.get('object')!.keys!;
    rule = known.get(String(part)) ?? patterns[0]!.rule!;
  }
  return rule.forms.get('object')!.keys!;
};
const rootKeys = keysOf([]);
const serviceKeys = keysOf(['services', '*']);

const oldRule = (service: string, key: string): OldAttribute | undefined => attributeAt(['services', service, key])?.old;

/** A mapping that no section of a file of today could be: with an image, a build, or a service that it extends. */
function isMarked({ key: name, value }: Entry): boolean {
  if (value.kind !== 'mapping') return false;
  return [...value.entries.values()].some(entry => oldRule(name, entry.key)?.marksService?.(entry.value) ?? false);
}

/** Keys that mark a service. */
const marks = attributes.flatMap(({ at, old }) => (old?.marksService ? [at.split('.').at(-1)!] : []));

/** Whether the key that would mark a service is misspelt: the complaint about it says more than one about the whole service. */
function isAlmostMarked({ value }: Entry): boolean {
  const keys = value.kind === 'mapping' ? [...value.entries.keys()] : [];
  return keys.some(key => !serviceKeys.known.has(key) && suggestSurely(key, marks) !== undefined);
}

/** Whether a service has a key that came after Compose 1.5. Keys that nobody knows are misspelt, and tell nothing. */
function isYoung({ value }: Entry): boolean {
  const keys = value.kind === 'mapping' ? [...value.entries.keys()] : [];
  return keys.some(key => serviceKeys.known.has(key) && !serviceKeys.old.has(key));
}

/**
 * Whether a document is an old one. Where the reference succeeds it never is: there is no `services:`, and something that is no section of a
 * file of today. `others` are the services of the old files beside it, which a file over them may go on with.
 */
export function isOldDocument(document: Mapping, file: string, others: ReadonlySet<string> = new Set()): boolean {
  if (document.entries.has('services')) return false;
  const services = servicesOf(document);
  if (isFigFile(file)) return services.some(entry => isMarked(entry) || !rootKeys.known.has(entry.key));
  if (services.length === 0 || services.some(isYoung)) return false;
  const isForeign = ({ key }: Entry) => !rootKeys.known.has(key);
  const isOne = (entry: Entry) => isMarked(entry) || (isForeign(entry) && (others.has(entry.key) || isAlmostMarked(entry)));
  const isAny = others.size > 0 || services.some(isMarked);
  return isAny && services.every(entry => entry.value.kind === 'mapping' && isOne(entry));
}

/** The names of the services of the old ones among the documents of a file. */
export function oldServices(documents: readonly Mapping[], file: string): readonly string[] {
  return documents.filter(document => isOldDocument(document, file)).flatMap(document => servicesOf(document).map(({ key }) => key));
}

/** An old document with its services where a file of today has them. In a file of Fig each `$` is doubled: it is no variable. */
export function outlined(document: Mapping, file: string): Mapping {
  const isFig = isFigFile(file);
  const isSection = (entry: Entry) => isFig && rootKeys.known.has(entry.key) && !isMarked(entry);
  const services = servicesOf(document);
  const rest = [...document.entries.values()].filter(entry => isExtension(entry.key) || (services.includes(entry) && isSection(entry)));
  const own = mappingNode(
    services.filter(entry => !isSection(entry)),
    document.origin,
  );
  const made = mappingNode([['services', own], ...rest], document.origin);
  return isFig ? (withoutVariables(made) as Mapping) : made;
}

function withoutVariables(node: Node): Node {
  if (node.kind === 'mapping') return mapValues(node, withoutVariables);
  if (node.kind === 'sequence') return mapItems(node, withoutVariables);
  if (node.type !== 'string' || !node.value.includes('$')) return node;
  return { ...stringNode(node.value.replaceAll('$', '$$$$'), node.origin), text: node.text } satisfies Scalar;
}

/** An outlined document with its attributes in today's form, and what they clear of what came before. `services`: as in OldContext. */
export function modernise(document: Mapping, services: ReadonlySet<string>, report: Report): Tagged {
  let around = document;
  const origin: Origin = document.origin;
  const own = child(document, 'services');
  const add = (fragment: Mapping) => {
    around = mergeNodes(around, fragment, { mode: 'merged', report }) as Mapping;
  };
  const convert = (service: Node): Node => {
    if (service.kind !== 'mapping') return service;
    let made = service;
    for (const [key, convert] of conversions) if (made.entries.has(key)) made = convert(made, { services, add });
    return made;
  };
  const made = own?.kind === 'mapping' ? mapValues(own, convert) : own;
  return extractTags(mappingNode([...around.entries.values(), ...(made ? [['services', made] as const] : [])], origin));
}

/** Conversions by the key of a service, in the order of the table. */
const conversions = attributes.flatMap(({ at, old }) => (old?.convert ? [[at.split('.').at(-1)!, old.convert] as const] : []));

/** The entries of a service of an old file, in today's form, for which it could not be extended. */
export function bindings(name: string, service: Node): readonly Entry[] {
  if (service.kind !== 'mapping') return [];
  return [...service.entries.values()].filter(entry => oldRule(name, entry.key)?.bindsService?.(entry.value) ?? false);
}

/**
 * Says once for a project that it has an old file, and how to be rid of it. `read`: all files of the project; those that the converted file stands
 * for would be read over it if they stayed.
 */
export function noteOldFile(document: Mapping, file: string, read: readonly string[], report: Report): void {
  const [first] = servicesOf(document);
  const kind = isFigFile(file) ? 'Fig 1.0' : 'Compose v1';
  report.add('files.old-form', {
    message: `read as a file of ${kind}, with services at the top level`,
    span: first?.keySpan ?? originSpan(document.origin),
    hint: hintForConversion(read.filter(path => path !== '-').map(path => basename(path))),
  });
}

function hintForConversion(read: readonly string[]): string {
  const target = 'compose.yaml';
  const draft = 'compose.new.yaml';
  const isTaken = read.includes(target);
  const others = read.filter(name => name !== target);
  const away = read.length > 1 ? [`put ${others.join(' and ')} away`] : [];
  const last = isTaken ? [`put ${draft} in the place of ${target}`] : [];
  const steps = [`${read.length > 1 ? 'Convert them' : 'Convert it'} with "fig config -o ${isTaken ? draft : target}"`, ...away, ...last];
  return `${steps.length > 1 ? `${steps.slice(0, -1).join(', ')}, and ${steps.at(-1)}` : steps[0]}.`;
}

/** Says that a file over one of today is an old one, which was perhaps converted and left where it is read again. */
export function refuseOldOverride(document: Mapping, file: string, report: Report): void {
  const [first] = servicesOf(document);
  report.add('schema.unknown-key', {
    message: `additional properties '${first?.key}' not allowed: "services:" is missing above it`,
    span: first?.keySpan ?? originSpan(document.origin),
    hint: `Put ${basename(file)}, a file of Compose v1 over one of today, away if it was converted with the old files; else write "services:" above, and indent the rest.`,
  });
}
