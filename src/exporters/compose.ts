// Project → canonical Compose text: what `config` prints, and the bytes of which hashes are made. Byte for byte as the reference v5.5.1;
// the attributes, their order and when they are left out stand in model/shape.ts.
import type { Mapping } from '../document/node.ts';
import { compareCodePoints, compareNaturally, printJson, printYaml, type Tree, treeOf } from '../document/print.ts';
import type { Named } from '../model/named.ts';
import type { Whole } from '../model/parts.ts';
import type { Project } from '../model/project.ts';
import type { Network, Volume } from '../model/resources.ts';
import type { Service } from '../model/service.ts';
import { type Field, networkStruct, type Shape, type Struct, sections, serviceStruct, volumeStruct } from '../model/shape.ts';
import { float32Text, goFloatText, shortestFloat32 } from '../model/values.ts';

/** What is printed for: `hash` is JSON without the attributes that hashes leave out. */
type Form = 'yaml' | 'json' | 'hash';

/** `config`: YAML with a line end; every `$` is doubled, so that the output can be read again. */
export function composeYaml(project: Project): string {
  const entries: [string, Tree][] = [['name', project.name]];
  for (const { key, struct, printEmpty } of sections) {
    const section = sectionTree(struct, project[key], 'yaml');
    if (printEmpty || section.entries.length > 0) entries.push([key, section]);
  }
  return doubleDollars(printYaml({ ordered: true, entries: [...entries, ...extensionEntries(project.extensions)] }));
}

/** `config --format json`: no line end; every `$` is doubled. */
export function composeJson(project: Project): string {
  const entries: [string, Tree][] = [['name', project.name]];
  for (const { key, struct, printEmpty, inJson } of sections) {
    const section = sectionTree(struct, project[key], 'json');
    if (inJson && (printEmpty || section.entries.length > 0)) entries.push([key, section]);
  }
  return doubleDollars(printJson({ ordered: false, entries: [...entries, ...extensionEntries(project.extensions)] }));
}

/** A document that was not made into a project (`config --no-interpolate`), as YAML: all keys sorted, `$` as it is. */
export function documentYaml(document: Mapping): string {
  return printYaml(treeOf(document, goFloatText));
}

/** The same as JSON. */
export function documentJson(document: Mapping): string {
  return printJson(treeOf(document, goFloatText));
}

/** A variable that the files of a project mention. */
interface Mention {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  readonly presenceValue: string;
}

/** `config --variables --format yaml`: four blanks of indentation, no line too long. */
export function variablesYaml(mentions: readonly Mention[]): string {
  const tree = mentionsTree(mentions, ['name', 'defaultvalue', 'presencevalue', 'required']);
  return printYaml(tree, { step: 4, width: Number.POSITIVE_INFINITY });
}

/** `config --variables --format json`, without a line end. */
export function variablesJson(mentions: readonly Mention[]): string {
  return printJson(mentionsTree(mentions, ['Name', 'DefaultValue', 'PresenceValue', 'Required']), 4);
}

function mentionsTree(mentions: readonly Mention[], [name, value, presence, required]: readonly [string, string, string, string]): Tree {
  const entries = mentions.map(mention => {
    const told: readonly (readonly [string, Tree])[] = [
      [name, mention.name],
      [value, mention.defaultValue],
      [presence, mention.presenceValue],
      [required, mention.required],
    ];
    return [mention.name, { ordered: true, entries: told }] as const;
  });
  return { ordered: false, entries };
}

/** The bytes that a service's hash is made of (interop.md §3). */
export function serviceJson(service: Service): string {
  return printJson(structTree(serviceStruct, service, 'hash'), 0);
}

/** The bytes that a network's hash is made of. */
export function networkJson(network: Network): string {
  return printJson(structTree(networkStruct, network, 'hash'), 0);
}

/** The bytes that a volume's hash is made of. */
export function volumeJson(volume: Volume): string {
  return printJson(structTree(volumeStruct, volume, 'hash'), 0);
}

const doubleDollars = (text: string) => text.replaceAll('$', () => '$$');

type Table = Extract<Tree, { readonly ordered: boolean }>;

function sectionTree(struct: Struct, section: Named<unknown>, form: Form): Table {
  return { ordered: false, entries: Object.entries(section).map(([name, value]) => [name, structTree(struct, value, form)] as const) };
}

/** `x-…` values were made trees when they were read; after the attributes, in the order of names. */
function extensionEntries(extensions: Named<unknown> | undefined): [string, Tree][] {
  return extensions ? (Object.entries(extensions) as [string, Tree][]).sort(([a], [b]) => compareNaturally(a, b)) : [];
}

function structTree(struct: Struct, value: unknown, form: Form): Table {
  const record = value as Readonly<Record<string, unknown>>;
  const entries: [string, Tree][] = [];
  for (const field of struct.fields) {
    if (form === 'hash' && field.hashed === false) continue;
    if (field.hiddenBy === 'always' || (field.hiddenBy !== undefined && record[field.hiddenBy])) continue;
    const held = record[field.key];
    const shown = form === 'hash' && field.hashed && isZero(field.shape, held) ? field.hashed.emptyAs : held;
    if (isOmitted(field, shown, form)) continue;
    entries.push([form === 'yaml' ? field.key : (field.jsonKey ?? field.key), valueTree(field.shape, shown, form)]);
  }
  if (form === 'yaml') entries.push(...extensionEntries(record['extensions'] as Named<unknown> | undefined));
  return { ordered: true, entries };
}

function isOmitted(field: Field, value: unknown, form: Form): boolean {
  switch (field.omit) {
    case 'zero':
      return isZero(field.shape, value);
    case 'absent':
      return value === undefined || value === null;
    case 'true':
      return value !== false;
    case 'never':
      return false;
    case 'json':
      return form !== 'yaml' && isZero(field.shape, value);
    case 'unset':
      return form === 'yaml' && (value === undefined || value === null);
    case 'hollow':
      return form === 'yaml' && isZero(field.shape, value);
  }
}

/** Whether a value is what Go has where nothing was given. A struct is where all in it is. */
function isZero(shape: Shape, value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return true;
  if (shape.kind === 'duration') return value === '0s';
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  if (shape.kind !== 'struct') return Object.keys(value).length === 0;
  const record = value as Readonly<Record<string, unknown>>;
  return (
    record['extensions'] === undefined &&
    shape.struct.fields.every(field => {
      const held = record[field.key];
      if (field.omit === 'absent' || field.omit === 'unset') return held === undefined || held === null;
      return field.omit === 'true' ? held !== false : isZero(field.shape, held);
    })
  );
}

function valueTree(shape: Shape, value: unknown, form: Form): Tree {
  switch (shape.kind) {
    case 'struct':
      return structTree(shape.struct, value ?? {}, form);
    case 'list':
      return (value as readonly unknown[]).map(item => valueTree(shape.of, item, form));
    case 'map':
      return {
        ordered: false,
        entries: Object.entries(value as Named<unknown>).map(
          ([key, held]) => [key, held === null ? null : valueTree(shape.of, held, form)] as const,
        ),
      };
    case 'int':
    case 'count':
      return numberTree((value ?? 0) as Whole);
    case 'float': {
      const single = shortestFloat32(Number(value));
      return { yaml: goFloatText(single), json: float32Text(single) };
    }
    case 'bytes':
      return String(value ?? 0);
    case 'limit':
      // One limit of 0 is what the reference cannot tell from two limits of 0.
      return typeof value !== 'object' && value ? numberTree(value as Whole) : structTree(shape.struct, value || {}, form);
    case 'keys':
      return (value as readonly { readonly id: string; readonly path: string }[]).map(({ id, path }) =>
        path === '' ? id : `${id}: ${path}`,
      );
    case 'command':
      return (value ?? null) as readonly string[] | null;
    case 'bool':
      return value === true;
    case 'text':
      return String(value ?? '');
    case 'duration':
    case 'mode':
      return value as string;
    case 'test':
      return value as readonly string[];
    case 'hosts':
      return (value as readonly string[]).toSorted(compareCodePoints);
  }
}

function numberTree(value: Whole): Tree {
  const text = String(value);
  return { yaml: text, json: text };
}
