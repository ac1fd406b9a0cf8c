// Canonical tree → typed Project: the one place where a tree becomes typed. Durations, sizes, modes and command words are read here; what to
// read at which attribute is the shape table's (model/shape.ts). The last pass of the loader before profiles and references.
import type { Code } from '../diagnostics/codes.ts';
import { type Mend, quoting, rewriting } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Mapping, Node, Scalar } from '../document/node.ts';
import { formatPath } from '../document/path.ts';
import { compareCodePoints, treeOf } from '../document/print.ts';
import { type Named, named } from '../model/named.ts';
import type { Whole } from '../model/parts.ts';
import type { Origins, Project } from '../model/project.ts';
import { type Field, type Section, type Shape, type Struct, sections } from '../model/shape.ts';
import {
  formatDuration,
  formatMode,
  goFloatText,
  oldBooleanWarning,
  parseBoolean,
  parseBytes,
  parseDecimal,
  parseDuration,
  parseMode,
  parseWhole,
  splitCommand,
  truncated,
  wholeOf,
} from '../model/values.ts';
import { originSpan, settingOf } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { goText, int64Of, isTooWide } from './attributes/forms.ts';

/** What a project has beside its tree. */
export type ProjectFacts = Pick<Project, 'name' | 'nameFrom' | 'directory' | 'files' | 'envFiles' | 'environment' | 'profiles'>;

/**
 * The project of a canonical document. All services become `services`; profiles are split off afterwards. Values that cannot be read are
 * reported and left out, so that the rest of the project is still there for other checks.
 */
export function toProject(document: Mapping, facts: ProjectFacts, report: Report): Project {
  const decoder: Decoder = { report, environment: facts.environment, path: [] };
  const read: Record<string, Named<unknown>> = {};
  for (const section of sections) {
    decoder.path.push(section.key);
    read[section.key] = decodeSection(decoder, section, document.entries.get(section.key)?.value);
    decoder.path.pop();
  }
  // The shapes are the types of the model written as data, which the compiler cannot see.
  const typed = read as unknown as Pick<Project, Section['key']>;
  return { ...facts, ...typed, disabledServices: named(), extensions: decodeExtensions(document), origins: originsOf(document) };
}

interface Decoder {
  readonly report: Report;
  readonly environment: Named<string>;
  readonly path: (string | number)[];
}

function decodeSection(decoder: Decoder, section: Section, node: Node | undefined): Named<unknown> {
  const read: [string, unknown][] = [];
  for (const [name, { value }] of node?.kind === 'mapping' ? node.entries : []) {
    decoder.path.push(name);
    const entry = decodeStruct(decoder, section.struct, value);
    read.push([name, section.keyIsName ? { name, ...entry } : entry]);
    decoder.path.pop();
  }
  return named(read);
}

function refuse(decoder: Decoder, node: Node, problem: string, hint?: string, code: Code = 'value.invalid', mend?: Mend): undefined {
  const related = settingOf(node.origin);
  decoder.report.add(code, { message: `${formatPath(decoder.path)}: ${problem}`, span: originSpan(node.origin), related, hint, mend });
  return undefined;
}

function decodeStruct(decoder: Decoder, struct: Struct, node: Node): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  if (node.kind !== 'mapping') {
    if (node.kind !== 'scalar' || node.type !== 'null') refuse(decoder, node, `must be a mapping, and is ${describe(node)}`);
  }
  for (const field of struct.fields) {
    const value = node.kind === 'mapping' ? node.entries.get(field.key)?.value : undefined;
    decoder.path.push(field.key);
    const decoded = value && !isNull(value) ? decodeValue(decoder, field.shape, value) : undefined;
    decoder.path.pop();
    const kept = decoded ?? unsetValue(field);
    if (kept !== undefined) read[field.key] = kept;
    if (field.contentInto !== undefined && typeof decoded === 'string') {
      const content = decoder.environment[decoded];
      if (content !== undefined) read[field.contentInto] = content;
    }
  }
  if (struct.extensible && node.kind === 'mapping') {
    const extensions = decodeExtensions(node);
    for (const _ in extensions) {
      read['extensions'] = extensions;
      break;
    }
  }
  return read;
}

/** What an attribute holds that nobody wrote, where that is a value of its own. */
function unsetValue(field: Field): unknown {
  if (field.shape.kind === 'command') return null;
  if (field.omit === 'true') return true;
  if (field.omit !== 'never') return undefined;
  return field.shape.kind === 'bool' ? false : field.shape.kind === 'text' ? '' : 0;
}

/** The `x-…` entries of a mapping as trees that can be printed. */
function decodeExtensions(node: Mapping): Named<unknown> {
  const found: [string, unknown][] = [];
  for (const [key, entry] of node.entries) if (key.startsWith('x-')) found.push([key, treeOf(entry.value, goFloatText)]);
  return named(found);
}

const isNull = (node: Node) => node.kind === 'scalar' && node.type === 'null';

function describe(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'mapping' ? 'a mapping' : 'a list';
  return node.type === 'string' ? 'a text' : `of type ${node.type}`;
}

/** The text of a scalar as Go prints its value into a text: `1e3` gives `1000`, a date its time. null gives the empty text. */
const scalarText = (node: Scalar): string => goText(node) ?? '';

/** The value at a node that is not null; undefined where it was reported. */
function decodeValue(decoder: Decoder, shape: Shape, node: Node): unknown {
  switch (shape.kind) {
    case 'struct':
      if (node.kind !== 'mapping') return refuse(decoder, node, `must be a mapping, and is ${describe(node)}`);
      return decodeStruct(decoder, shape.struct, node);
    case 'map':
      return decodeMap(decoder, shape, node);
    case 'list':
      return decodeList(decoder, shape.of, node);
    case 'command':
      return decodeCommand(decoder, node);
    case 'test':
      if (node.kind === 'scalar') return ['CMD-SHELL', scalarText(node)];
      return decodeList(decoder, { kind: 'text' }, node);
    case 'hosts':
      return decodeHosts(decoder, node);
    case 'keys':
      return decodeKeys(decoder, node);
    case 'limit':
      if (node.kind === 'mapping') return decodeStruct(decoder, shape.struct, node);
      if (node.kind === 'scalar' && node.type === 'float')
        return refuse(decoder, node, `${node.text} is not a whole number`, 'Write a whole number.');
      if (node.kind === 'scalar' && isTooWide(node)) return refuse(decoder, node, `${node.text} is too large`, 'Write a smaller number.');
      return decodeScalar(decoder, { kind: 'int' }, node);
    default:
      return decodeScalar(decoder, shape, node);
  }
}

type ScalarShape = Extract<Shape, { readonly kind: 'text' | 'bool' | 'int' | 'float' | 'duration' | 'bytes' | 'mode' | 'count' }>;

function decodeScalar(decoder: Decoder, shape: ScalarShape, node: Node): unknown {
  if (node.kind !== 'scalar') return refuse(decoder, node, `must be one value, and is ${describe(node)}`);
  const text = scalarText(node);
  switch (shape.kind) {
    case 'text':
      if (shape.whole && !isTextual(node)) return refuse(decoder, node, `${text} is neither a text nor a whole number`);
      // It stays, since others count on it: a path, a name.
      if (node.type === 'timestamp') {
        const mend = quoting(originSpan(node.origin), node.text);
        refuse(decoder, node, `${node.text} is a date, not a text`, `Put it in quotes: "${node.text}".`, 'value.invalid', mend);
      }
      return text;
    case 'bool':
      return node.type === 'bool' ? node.value : decodeBoolean(decoder, node, text);
    case 'int':
      return decodeInteger(decoder, node, text, shape.unsigned);
    case 'float': {
      if (shape.narrow && isTooWide(node)) return refuse(decoder, node, `${text} is too large`);
      const value = node.type === 'int' || node.type === 'float' ? Number(node.value) : parseDecimal(text);
      return value === undefined || Number.isNaN(value) ? refuse(decoder, node, `"${text}" is not a number`, 'Write a number.') : value;
    }
    case 'duration': {
      const nanoseconds = parseDuration(text);
      if (nanoseconds !== undefined) return formatDuration(nanoseconds);
      const hint = /^\d+$/.test(text) ? `Add a unit: "${text}s" for seconds.` : hintForDuration(text);
      return refuse(decoder, node, `"${text}" is not a duration`, hint);
    }
    case 'bytes':
      return decodeBytes(decoder, node, text);
    case 'mode': {
      const mode = node.type === 'string' ? parseMode(text) : int64Of(node);
      return mode === undefined
        ? refuse(decoder, node, `"${text}" is not a file mode`, 'Write octal digits, such as "0440".')
        : formatMode(mode);
    }
    case 'count':
      if (node.type === 'float') return refuse(decoder, node, `${node.text} is not a whole number`, 'Write a whole number.');
      if (isTooWide(node)) return refuse(decoder, node, `${text} is too large`, 'Write a smaller number.');
      return text.toLowerCase() === 'all' ? -1 : decodeInteger(decoder, node, text, undefined, 'Write "all", or a whole number.');
  }
}

function decodeBoolean(decoder: Decoder, node: Scalar, text: string): boolean | undefined {
  const meant = parseBoolean(text);
  if (!meant) return refuse(decoder, node, `"${text}" is not true or false`, 'Write true or false.');
  if (meant.isOldWord) {
    const message = oldBooleanWarning(text, meant.value);
    const span = originSpan(node.origin);
    const mend = rewriting(span, text, String(meant.value));
    decoder.report.add('interpolation.yaml11-boolean', { message, span, hint: `Write ${meant.value}.`, mend });
  }
  return meant.value;
}

const isTextual = (node: Scalar) => node.type === 'string' || int64Of(node) !== undefined;

/** What is beyond the bits of its attribute loses its upper ones, as in the reference. */
function decodeInteger(
  decoder: Decoder,
  node: Scalar,
  text: string,
  unsigned: number | undefined,
  hint = 'Write a whole number.',
): Whole | undefined {
  const written = node.type === 'string' ? parseWhole(text) : undefined;
  if (unsigned !== undefined && written !== undefined) {
    const mend = rewriting(originSpan(node.origin), text, text);
    return refuse(decoder, node, `"${text}" is a text, not a number`, `Write ${text} without quotes.`, 'value.invalid', mend);
  }
  const isNumber = node.type === 'float' && !Number.isNaN(node.value);
  const value = node.type === 'int' ? BigInt(node.value) : isNumber ? truncated(node.value) : written;
  if (value === undefined) return refuse(decoder, node, `"${text}" is not a whole number`, hint);
  if (unsigned === undefined) return wholeOf(BigInt.asIntN(64, value));
  const isNegative = node.type === 'float' ? node.value <= -1 : value < 0n;
  return isNegative ? refuse(decoder, node, `${text} is less than 0`, 'Write 0 or more.') : wholeOf(BigInt.asUintN(unsigned, value));
}

/** Words and blanks that people write into a duration: `30 seconds` was meant as `30s`. */
function hintForDuration(text: string): string {
  const [, amount, unit] = /^(\d+)\s*(ms|millis|s|m|h|d|w)[a-z]*$/i.exec(text.trim()) ?? [];
  const short = unit?.toLowerCase() === 'millis' ? 'ms' : unit?.toLowerCase();
  return amount ? `Write "${amount}${short}".` : 'Use numbers with units ns, us, ms, s, m, h, d or w, such as 1m30s.';
}

/** `1 gigabyte` was meant as `1g`. */
function hintForSize(text: string): string {
  const [, amount, unit] = /^(\d+)\s*([bkmgtp])[a-z]*$/i.exec(text.trim()) ?? [];
  return amount ? `Write "${amount}${unit?.toLowerCase()}".` : 'Use a number with a unit b, k, m, g, t or p, such as 512m.';
}

function decodeBytes(decoder: Decoder, node: Scalar, text: string): Whole | undefined {
  // The reference drops sizes that are written as floating-point numbers, or that need 64 bits without a sign.
  const size = node.type === 'string' ? parseBytes(text) : int64Of(node);
  if (size !== undefined) return wholeOf(size);
  if (node.type !== 'string') return undefined;
  return refuse(decoder, node, `"${text}" is not a size`, hintForSize(text));
}

function decodeList(decoder: Decoder, of: Shape, node: Node): readonly unknown[] | undefined {
  if (node.kind === 'mapping') return refuse(decoder, node, 'must be a list, and is a mapping');
  const items = node.kind === 'sequence' ? node.items : [node];
  const read: unknown[] = [];
  for (const [index, item] of items.entries()) {
    decoder.path.push(index);
    const value = decodeValue(decoder, of, item);
    if (value !== undefined) read.push(value);
    decoder.path.pop();
  }
  return read;
}

/** Values of user keys may be any scalar, also a date. */
function isTextOf(shape: Shape, node: Node): node is Scalar {
  return shape.kind === 'text' && node.kind === 'scalar';
}

/** A map of user keys; a list of `KEY=VALUE` is one too, where the values are texts. */
function decodeMap(decoder: Decoder, shape: Extract<Shape, { readonly kind: 'map' }>, node: Node): Named<unknown> | undefined {
  if (node.kind === 'scalar') return refuse(decoder, node, `must be a mapping, and is ${describe(node)}`);
  const read: [string, unknown][] = [];
  if (node.kind === 'sequence') {
    for (const item of node.items) read.push(...decodeAssignment(decoder, item, shape.nullable));
    return named(read);
  }
  for (const [key, { value }] of node.entries) {
    decoder.path.push(key);
    const decoded =
      isNull(value) && shape.nullable ? null : isTextOf(shape.of, value) ? scalarText(value) : decodeValue(decoder, shape.of, value);
    // A list with nothing in it says nothing of its key.
    if (decoded !== undefined && !(Array.isArray(decoded) && decoded.length === 0)) read.push([key, decoded]);
    decoder.path.pop();
  }
  return named(read);
}

function decodeAssignment(decoder: Decoder, item: Node, nullable: boolean): readonly [string, string | null][] {
  if (item.kind !== 'scalar') {
    refuse(decoder, item, `must be KEY=VALUE, and is ${describe(item)}`);
    return [];
  }
  const text = scalarText(item);
  const at = text.indexOf('=');
  const key = at === -1 ? text : text.slice(0, at);
  if (nullable && /\s$/.test(key)) {
    refuse(decoder, item, `environment variable ${key} is declared with a trailing space`, 'Remove the blank before "=".');
    return [];
  }
  return [[key, at === -1 ? (nullable ? null : '') : text.slice(at + 1)]];
}

function decodeCommand(decoder: Decoder, node: Node): readonly unknown[] | undefined {
  if (node.kind !== 'scalar') return decodeList(decoder, { kind: 'text' }, node);
  const text = scalarText(node);
  if (node.type === 'timestamp') {
    // The reference leaves it out without a word.
    return refuse(decoder, node, `${node.text} is a date, and is left out`, `Put it in quotes: "${node.text}".`, 'value.suspicious');
  }
  const split = splitCommand(text);
  if (!split) {
    return refuse(decoder, node, 'invalid command line string', 'Close every quote, or write the command as a list of words.');
  }
  if (split.stopped) {
    const [operator] = /^[;&|<>]+/.exec(text.slice(split.stopped.at)) ?? [];
    const problem = `no shell runs this command, so "${operator}" and what follows is dropped`;
    refuse(decoder, node, problem, 'Run it in a shell: ["sh", "-c", "…"].', 'value.shell-operator');
  }
  return split.words;
}

/** `host=address` or `host:address` texts, several addresses after commas, or a mapping → sorted `host=address`, brackets dropped. */
function decodeHosts(decoder: Decoder, node: Node): readonly string[] {
  const hosts: string[] = [];
  const add = (host: string, address: string, from: Node): void => {
    if (host === '' || /[:=]/.test(host)) refuse(decoder, from, `bad host name '${host}'`, 'Write host=address.');
    else hosts.push(`${host}=${address.replace(/^\[(.+)\]$/s, '$1')}`);
  };
  const addText = (item: Node): void => {
    const text = item.kind === 'scalar' ? scalarText(item) : '';
    const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
    if (at === -1) refuse(decoder, item, `invalid additional host, missing IP: ${text}`, `Write "${text}=ADDRESS".`);
    else for (const address of text.slice(at + 1).split(',')) add(text.slice(0, at), address, item);
  };
  for (const [host, { value }] of node.kind === 'mapping' ? node.entries : []) {
    decoder.path.push(host);
    for (const address of value.kind === 'sequence' ? value.items : [value]) {
      if (address.kind === 'scalar') add(host, scalarText(address), address);
    }
    decoder.path.pop();
  }
  if (node.kind === 'scalar') addText(node);
  for (const [index, item] of node.kind === 'sequence' ? node.items.entries() : []) {
    decoder.path.push(index);
    addText(item);
    decoder.path.pop();
  }
  return hosts.sort(compareCodePoints);
}

/** Keys of an agent: id → path, where no path means the agent itself. */
function decodeKeys(decoder: Decoder, node: Node): readonly { readonly id: string; readonly path: string }[] | undefined {
  if (node.kind === 'mapping') {
    return [...node.entries].map(([id, { value }]) => ({ id, path: value.kind === 'scalar' ? scalarText(value) : '' }));
  }
  if (node.kind === 'scalar') return refuse(decoder, node, `must be a list, and is ${describe(node)}`);
  return node.items.flatMap(item => decodeAssignment(decoder, item, false).map(([id, path]) => ({ id, path: path ?? '' })));
}

/** Origins looked up in the tree the project was made from: nothing is stored for the thousands of values that no one asks about. */
function originsOf(document: Mapping): Origins {
  return { at: path => placeBelow(document, path).node.origin, keyAt: path => placeBelow(document, path).keySpan };
}

/** A node, and the place of its key where it is an entry. */
interface Place {
  readonly node: Node;
  readonly keySpan?: Span | undefined;
}

/** What a path such as `web.ports[0]` names below a node; its nearest parent, without a key, where it names nothing. */
function placeBelow(node: Node, path: string, keySpan?: Span): Place {
  if (path === '') return { node, keySpan };
  const index = /^\[(\d+)\]\.?/.exec(path);
  if (index) {
    const item = node.kind === 'sequence' ? node.items[Number(index[1])] : undefined;
    return item ? placeBelow(item, path.slice(index[0].length)) : { node };
  }
  if (node.kind !== 'mapping') return { node };
  // A key may hold dots and brackets itself: the longest key that is there is the one meant.
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    const entry = node.entries.get(path.slice(0, end));
    if (entry) return placeBelow(entry.value, path.slice(path.charAt(end) === '.' ? end + 1 : end), entry.keySpan);
  }
  return { node };
}
