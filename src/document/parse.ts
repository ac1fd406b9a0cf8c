// YAML text → located nodes, typed as the reference's reader types them. The first stage of the pipeline that understands anything.
// js-yaml gives events with offsets; the tree is fig's own. Where js-yaml finds the text broken, syntax.ts says what is wrong.
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { type Mend, quoting, renaming } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import { suggest, suggestSurely } from '../diagnostics/suggest.ts';
import type { SourceFile } from '../source/file.ts';
import type { Origin } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { deepen } from './layout.ts';
import type { Entry, Mapping, Node, Scalar } from './node.ts';
import { formatPath } from './path.ts';
import { type Meaning, parseTimestamp, plainMeaning } from './scalar.ts';
import { reportSyntax } from './syntax.ts';

/** How deep collections may lie in each other. */
const MAX_DEPTH = 400;
/** Values a document may hold, as in the reference. */
const MAX_VALUES = 100_000;
/** How often js-yaml may begin a node in one file: for ten such documents, or for fewer that it reads twice. Its events take memory. */
const MAX_NODES = 1_000_000;

/**
 * The documents of a file, in order; none where the text is not YAML or holds no document. Aliases share the node of their anchor, merge keys
 * are applied, tags such as `!reset` are kept. Everything wrong is reported with its place; nodes that could not be read are left out.
 */
export async function parseDocuments(file: SourceFile, report: Report): Promise<readonly Node[]> {
  const read = readEvents(file.text);
  if ('events' in read) return composeAll(file, report, read.events, file.text, offset => offset);
  if (read.excess) return refuse(read.stoppedAt, read.excess);
  const deepened = deepen(file.text);
  const again = readEvents(deepened.text);
  if ('events' in again) return composeAll(file, report, again.events, deepened.text, deepened.original);
  const stoppedAt = deepened.original(again.stoppedAt);
  if (again.excess) return refuse(stoppedAt, again.excess);
  await reportSyntax(file, report, deepened, stoppedAt);
  return [];

  function refuse(at: number, excess: Excess): readonly Node[] {
    report.add('files.too-large', { ...excess, span: { file, start: at, end: at + 1 } });
    return [];
  }
}

/** What there is too much of, and the way out. */
interface Excess {
  readonly message: string;
  readonly hint: string;
}

/** The events of a text; or the offset at which js-yaml gave up, and what there was too much of, if that was it. */
function readEvents(text: string): { readonly events: readonly Event[] } | { readonly stoppedAt: number; readonly excess?: Excess } {
  let nodes = 0;
  // js-yaml has no limit for how many nodes there are, but asks for that of their depth at each of them.
  const maxDepth = { valueOf: () => (++nodes > MAX_NODES ? -1 : MAX_DEPTH) } as unknown as number;
  try {
    return { events: parseEvents(text, { maxDepth }) };
  } catch (failure) {
    if (!(failure instanceof YAMLException)) throw failure;
    const stoppedAt = failure.mark?.position ?? 0;
    if (nodes > MAX_NODES) {
      return { stoppedAt, excess: { message: `compose file exceeds maximum node visit limit (${MAX_VALUES})`, hint: 'Split the file.' } };
    }
    if (!failure.reason.startsWith('nesting exceeded')) return { stoppedAt };
    const message = `values lie more than ${MAX_DEPTH} deep in each other`;
    return { stoppedAt, excess: { message, hint: `Nest them at most ${MAX_DEPTH} deep.` } };
  }
}

type ScalarEvent = Extract<Event, { readonly type: typeof EVENT_ID.SCALAR }>;
type CollectionEvent = Extract<Event, { readonly type: typeof EVENT_ID.MAPPING | typeof EVENT_ID.SEQUENCE }>;

/** What an anchor names: a node once it is complete, and how many values it stands for. */
interface Anchor {
  node: Node | undefined;
  size: number;
  readonly span: Span;
}

interface Composer {
  readonly file: SourceFile;
  readonly report: Report;
  readonly events: readonly Event[];
  /** The text that the events point into. */
  readonly text: string;
  readonly original: (offset: number) => number;
  /** Anchors live on across the documents of a file. */
  readonly anchors: Map<string, Anchor>;
  /** The names of all anchors of the file, looked for where one is missed. */
  anchorNames?: ReadonlySet<string>;
  at: number;
  /** Where the last node ended, in `text`. */
  end: number;
  /** Values met, with and without what aliases repeat. */
  values: number;
  expanded: number;
  readonly path: (string | number)[];
}

/** Thrown to give up on a file that is too large; caught in composeAll, after it was reported. */
class TooLarge extends Error {}

function composeAll(
  file: SourceFile,
  report: Report,
  events: readonly Event[],
  text: string,
  original: (offset: number) => number,
): readonly Node[] {
  const documents: Node[] = [];
  const composer: Composer = { file, report, events, text, original, anchors: new Map(), at: 0, end: 0, values: 0, expanded: 0, path: [] };
  try {
    while (composer.at < events.length) {
      const event = events[composer.at];
      composer.at++;
      if (event?.type === EVENT_ID.DOCUMENT) {
        composer.values = 0;
        const opening = composer.end === 0 ? -1 : text.slice(composer.end).search(/^---/m);
        const start = composer.end + Math.max(0, opening);
        const node = composeNode(composer, spanOf(composer, start, opening === -1 ? start : start + 3));
        if (node) documents.push(node);
      }
    }
  } catch (failure) {
    if (!(failure instanceof TooLarge)) throw failure;
    return [];
  }
  return documents;
}

function spanOf(composer: Composer, start: number, end: number): Span {
  const from = composer.original(start);
  return { file: composer.file, start: from, end: Math.max(from, composer.original(end)) };
}

const written = (span: Span): Origin => ({ how: 'written', span });

/** The next node; `nowhere` is the place of a value that has no text. undefined where it was reported. */
function composeNode(composer: Composer, nowhere: Span): Node | undefined {
  const event = composer.events[composer.at];
  composer.at++;
  if (!event) return undefined;
  countValue(composer, 1, nowhere);
  if (event.type === EVENT_ID.ALIAS) return resolveAlias(composer, event.anchorStart, event.anchorEnd);
  if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) return undefined;
  if (event.anchorStart === -1) return composeContent(composer, event, nowhere);
  const span = spanOf(composer, event.anchorStart - 1, event.anchorEnd);
  const anchor: Anchor = { node: undefined, size: 0, span };
  composer.anchors.set(composer.text.slice(event.anchorStart, event.anchorEnd), anchor);
  const before = composer.expanded;
  const node = composeContent(composer, event, span);
  anchor.node = node;
  anchor.size = composer.expanded - before + 1;
  return node;
}

/**
 * A value of a mapping or an item of a list. The reference's reader takes a bare `<<` for a merge key also there, and drops the entry or the item
 * without a word.
 */
function composeValue(composer: Composer, nowhere: Span): Node | undefined {
  const event = composer.events[composer.at];
  const isBareMerge =
    event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && event.tagStart === -1 && scalarText(composer, event) === '<<';
  const node = composeNode(composer, nowhere);
  if (!isBareMerge) return node;
  const message = `"<<" is the merge key, and ${formatPath(composer.path)} is left out because of it`;
  composer.report.add('value.suspicious', { message, span: node && originOf(node), hint: `Write '<<' in quotes for the text.` });
  return undefined;
}

function composeContent(composer: Composer, event: ScalarEvent | CollectionEvent, nowhere: Span): Node | undefined {
  if (event.type === EVENT_ID.SCALAR) return composeScalar(composer, event, nowhere);
  const node = event.type === EVENT_ID.MAPPING ? composeMapping(composer, event, nowhere) : composeSequence(composer, event);
  const tag = event.tagStart === -1 ? undefined : ownTag(composer.text.slice(event.tagStart, event.tagEnd));
  return tag === undefined || !node ? node : { ...node, tag };
}

/** Counts against two limits: the file's own values, and what its aliases make of them (a few lines can stand for billions). */
function countValue(composer: Composer, size: number, span: Span): void {
  composer.values++;
  composer.expanded += size;
  const repeated = composer.expanded - composer.values;
  // The more values, the smaller the part that may come from aliases, as in the reference: nearly all of 400,000, a tenth of 4,000,000.
  const allowed = 0.99 - 0.89 * Math.min(1, Math.max(0, (composer.expanded - 400_000) / 3_600_000));
  if (composer.values <= MAX_VALUES && (composer.expanded < 1_000 || repeated <= allowed * composer.expanded)) return;
  composer.report.add('files.too-large', {
    message:
      composer.values > MAX_VALUES
        ? `compose file exceeds maximum node visit limit (${MAX_VALUES})`
        : `the aliases of this file repeat too much: it would hold ${composer.expanded} values`,
    span,
    hint: 'Split the file, or take aliases out of what other aliases repeat.',
  });
  throw new TooLarge();
}

function resolveAlias(composer: Composer, start: number, end: number): Node | undefined {
  const name = composer.text.slice(start, end);
  const span = spanOf(composer, start - 1, end);
  composer.end = end;
  const anchor = composer.anchors.get(name);
  if (!anchor) {
    composer.report.add('yaml.unknown-anchor', {
      message: `unknown anchor '${name}' referenced`,
      span,
      hint: isAnchoredBelow(name, composer) ? `Move "&${name}" above its first use.` : hintForAnchor(name, composer),
      mend: mendForAnchor(name, span, composer),
    });
    return undefined;
  }
  if (!anchor.node) {
    if (anchor.size === 0) {
      composer.report.add('yaml.alias-cycle', {
        message: `anchor '${name}' value contains itself`,
        span,
        related: [{ span: anchor.span, message: `"${name}" begins here` }],
        hint: `Remove "*${name}".`,
      });
    }
    return undefined;
  }
  countValue(composer, anchor.size - 1, span);
  composer.values--;
  return anchor.node;
}

/** Whether an anchor of that name stands anywhere in the file: where it is missed, further down. */
function isAnchoredBelow(name: string, composer: Composer): boolean {
  const { events, text } = composer;
  composer.anchorNames ??= new Set(
    events.map(event => ('anchorStart' in event && event.type !== EVENT_ID.ALIAS ? text.slice(event.anchorStart, event.anchorEnd) : '')),
  );
  return composer.anchorNames.has(name);
}

function mendForAnchor(name: string, span: Span, composer: Composer): Mend | undefined {
  const sure = isAnchoredBelow(name, composer) ? undefined : suggestSurely(name, composer.anchors.keys());
  return sure === undefined ? undefined : renaming(span, name, sure);
}

function hintForAnchor(name: string, { anchors }: Composer): string {
  const near = suggest(name, anchors.keys());
  return near === undefined ? `Write "&${name}" before the value that is meant, or quotes around the text.` : `Write "*${near}".`;
}

function composeSequence(composer: Composer, event: CollectionEvent): Node {
  const items: Node[] = [];
  composer.end = event.start + 1;
  for (let event = composer.events[composer.at]; event && event.type !== EVENT_ID.POP; event = composer.events[composer.at]) {
    composer.path.push(items.length);
    const item = composeValue(composer, spanOf(composer, composer.end, composer.end));
    composer.path.pop();
    if (item) items.push(item);
  }
  return { kind: 'sequence', items, origin: closeCollection(composer, event) };
}

/** Steps over the event that ends a collection, and gives its place. */
function closeCollection(composer: Composer, event: CollectionEvent): Origin {
  composer.at++;
  const opening = composer.text.charCodeAt(event.start);
  if (opening === 91 || opening === 123) composer.end = closingBracket(composer.text, composer.end) + 1;
  return written(spanOf(composer, event.start, composer.end));
}

/** The offset of the bracket that closes a collection whose last value ended at `from`. */
function closingBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 93 || character === 125) return at;
    if (character === 35) at = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
  }
  return text.length - 1;
}

/** A key as written: its text, or why it is none. */
interface Key {
  readonly text: string;
  readonly span: Span;
  readonly isMerge: boolean;
  /** What stands there instead of a string, as the reference shows it. */
  readonly refused?: string;
  readonly hint?: string;
}

/** undefined where it was reported as a whole. */
function composeMapping(composer: Composer, event: CollectionEvent, parent: Span): Mapping | undefined {
  const entries = new Map<string, Entry>();
  const places = new Map<string, Span>();
  const pairs: Pair[] = [];
  let merges: Node | undefined;
  composer.end = event.start;
  if (composer.text.charCodeAt(event.start) === 123) composer.end++;
  for (let next = composer.events[composer.at]; next && next.type !== EVENT_ID.POP; next = composer.events[composer.at]) {
    const key = composeKey(composer);
    composer.path.push(key.text);
    const value = composeValue(composer, key.span);
    composer.path.pop();
    const pair = pairOf(composer, key, value);
    if (pair) pairs.push(pair);
    else if (!acceptKey(composer, key, value, places) || !value) continue;
    else if (key.isMerge) merges = value;
    else entries.set(key.text, { key: key.text, keySpan: key.span, value });
  }
  const origin = closeCollection(composer, event);
  if (pairs.length > 0) {
    reportPairs(composer, pairs, parent);
    return undefined;
  }
  return { kind: 'mapping', entries: merges ? mergeInto(composer, entries, merges) : entries, origin };
}

/** `8080: 80` in a mapping: an item of a list whose dash and quotes are missing. */
interface Pair {
  readonly key: Key;
  readonly text: string;
}

function pairOf({ path }: Composer, key: Key, value: Node | undefined): Pair | undefined {
  const text = value?.kind === 'scalar' ? `${key.text}:${value.text}` : '';
  const isPair = key.refused !== undefined && typeof path.at(-1) === 'string' && /^\d{2,5}:\d{2,5}$/.test(text);
  return isPair ? { key, text } : undefined;
}

/** All pairs of a mapping are one slip: it should have been a list. */
function reportPairs(composer: Composer, pairs: readonly Pair[], parent: Span): void {
  const [{ key, text }] = pairs as [Pair];
  composer.report.add('yaml.key-type', {
    message: `non-string key in ${formatPath(composer.path)}: ${key.refused}`,
    span: parent,
    related: pairs.map(({ key }) => ({ span: key.span, message: 'a number as a key' })),
    hint: `Write each pair as an item of a list: - "${text}".`,
  });
}

/** Whether a key is a string and new to its mapping; reports it otherwise. */
function acceptKey(composer: Composer, key: Key, value: Node | undefined, places: Map<string, Span>): boolean {
  if (key.refused !== undefined) {
    const asText = oneText(composer, key, value);
    const where = composer.path.length === 0 ? 'at top level' : `in ${formatPath(composer.path)}`;
    composer.report.add('yaml.key-type', {
      message: `non-string key ${where}: ${key.refused}`,
      span: key.span,
      hint: key.text === '' ? key.hint : asText === undefined ? `Quote the key: "${key.text}".` : `Write it as one text: "${asText}".`,
      mend: asText === undefined ? quoting(key.span, key.text) : joining(key.span, value, asText),
    });
    return false;
  }
  const first = places.get(key.text);
  if (!first) {
    places.set(key.text, key.span);
    return true;
  }
  composer.report.add('yaml.duplicate-key', {
    message: `mapping key "${key.text}" already defined`,
    span: key.span,
    related: [{ span: first, message: 'first defined here' }],
    hint: 'Remove one of the two, and keep what belongs together under the other.',
  });
  return false;
}

/** `- 8080: 80` was meant as one text. Other keys want quotes. */
function oneText({ path }: Composer, key: Key, value: Node | undefined): string | undefined {
  const text = value?.kind === 'scalar' ? `${key.text}:${value.text}` : '';
  return typeof path.at(-1) === 'number' && /^[\d./:-]+(?:\/[a-z]+)?$/.test(text) ? text : undefined;
}

/** A key and its value on one line as the one text that was meant. */
function joining({ file, start }: Span, value: Node | undefined, text: string): Mend | undefined {
  const last = value && originOf(value);
  if (!last || file.text.slice(start, last.end).replace(/:\s+/, ':') !== text) return undefined;
  return [{ span: { file, start, end: last.end }, text: `"${text}"` }];
}

function composeKey(composer: Composer): Key {
  const event = composer.events[composer.at];
  if (event?.type === EVENT_ID.SCALAR && event.style !== SCALAR_STYLE.PLAIN && event.anchorStart === -1 && event.tagStart === -1) {
    composer.at++;
    const text = scalarText(composer, event);
    return { text, span: scalarSpan(composer, event, spanOf(composer, composer.end, composer.end)), isMerge: false };
  }
  const isAlias = event?.type === EVENT_ID.ALIAS;
  const nowhere = spanOf(composer, composer.end, composer.end + 1);
  const tag = event?.type === EVENT_ID.SCALAR && event.tagStart !== -1 ? composer.text.slice(event.tagStart, event.tagEnd) : '';
  const start = composer.end;
  const node = composeNode(composer, nowhere);
  composer.values--;
  composer.expanded--;
  if (!node) return { text: '', span: spanOf(composer, start, composer.end), isMerge: false, refused: '?' };
  const span = isAlias && event ? spanOf(composer, event.anchorStart - 1, event.anchorEnd) : (originOf(node) ?? nowhere);
  if (node.kind !== 'scalar') {
    const hint = 'Quote the text, if its brackets are part of it.';
    return { text: '', span, isMerge: false, refused: node.kind === 'mapping' ? 'a mapping' : 'a list', hint };
  }
  const isMerge = tag === '!!merge' || (node.text === '<<' && tag === '' && !isAlias);
  if (node.type === 'string' || isMerge) return { text: isMerge ? '<<' : String(node.value), span, isMerge };
  return { text: node.text, span, isMerge: false, refused: node.type === 'null' ? '<nil>' : String(node.value) };
}

function originOf(node: Node): Span | undefined {
  return node.origin.how === 'written' ? node.origin.span : undefined;
}

/** Entries of merged mappings that are not there already; of several, the first one wins. The mapping's own keys come first. */
function mergeInto(composer: Composer, own: Map<string, Entry>, merges: Node): Map<string, Entry> {
  for (const source of merges.kind === 'sequence' ? merges.items : [merges]) {
    if (source.kind === 'mapping') {
      for (const [key, entry] of source.entries) if (!own.has(key)) own.set(key, entry);
    } else {
      const isEmpty = source.kind === 'scalar' && source.type === 'null';
      composer.report.add('yaml.merge-value', {
        message: 'map merge requires map or sequence of maps as the value',
        span: originOf(source),
        hint:
          source.kind === 'scalar' && composer.anchors.has(source.text)
            ? `Write "*${source.text}".`
            : isEmpty
              ? 'Write a mapping here: this is what << would merge, and it is empty.'
              : 'Write an alias, such as "<<: *name".',
      });
    }
  }
  return own;
}

function scalarText(composer: Composer, event: ScalarEvent): string {
  if (event.fast) return composer.text.slice(event.valueStart, event.valueEnd);
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) checkEscapes(composer, event);
  return getScalarValue(composer.text, event);
}

/** Escapes of a text, those that are half of a character with their other half: `\ud83d\ude00`. */
const escapes = /\\(?:u[dD][89a-fA-F]..(?:\\u[dD][c-fC-F]..)?|[\s\S])/g;

/** `"\ud83d"` is no character; to the reference, not even before its other half. */
function checkEscapes(composer: Composer, { valueStart, valueEnd }: ScalarEvent): void {
  for (const { 0: code, index } of composer.text.slice(valueStart, valueEnd).matchAll(escapes)) {
    if (code.length <= 2) continue;
    composer.report.add('yaml.syntax', {
      message: `found invalid Unicode character escape code: "${code}" is UTF-16, and no character`,
      span: spanOf(composer, valueStart + index, valueStart + index + code.length),
      hint: 'Write the character itself.',
    });
  }
}

/** The place of a scalar with its quotes or the head of its block; the place given for a value without text. */
function scalarSpan(composer: Composer, event: ScalarEvent, nowhere: Span): Span {
  const { valueStart: start, valueEnd: end, style } = event;
  if (start === -1) {
    if (event.tagStart === -1) return nowhere;
    composer.end = event.tagEnd;
    return spanOf(composer, event.tagStart, event.tagEnd);
  }
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) {
    composer.end = end + 1;
    return spanOf(composer, start - 1, end + 1);
  }
  composer.end = end;
  if (style === SCALAR_STYLE.PLAIN) return spanOf(composer, start, end);
  const headStart = composer.text.lastIndexOf('\n', start - 2) + 1;
  const mark = /[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n?$/.exec(composer.text.slice(headStart, start));
  return spanOf(composer, mark ? headStart + mark.index : start, Math.max(start, composer.text.slice(0, end).trimEnd().length));
}

/** undefined where text and tag contradict each other. */
function composeScalar(composer: Composer, event: ScalarEvent, nowhere: Span): Scalar | undefined {
  const text = event.valueStart === -1 ? '' : scalarText(composer, event);
  const origin = written(scalarSpan(composer, event, nowhere));
  if (event.tagStart === -1) {
    if (event.style !== SCALAR_STYLE.PLAIN) return { kind: 'scalar', type: 'string', value: text, text, origin };
    const meaning = plainMeaning(text);
    if (meaning.type === 'string') return { kind: 'scalar', type: 'string', value: text, text, origin };
    return { kind: 'scalar', ...meaning, text, origin };
  }
  const rawTag = composer.text.slice(event.tagStart, event.tagEnd);
  const standard = standardTag(rawTag);
  const tag = ownTag(rawTag);
  if (standard === undefined) return { kind: 'scalar', type: 'string', value: text, text, origin, ...(tag === undefined ? {} : { tag }) };
  const meaning = taggedMeaning(standard, text);
  if (meaning) return { kind: 'scalar', ...meaning, text, origin };
  composer.report.add('yaml.syntax', {
    message: `the value is not of type ${standard}, which its tag says`,
    span: originSpanOf(origin),
    hint: `Remove "!!${standard}", or write a value of that type.`,
  });
  return undefined;
}

const originSpanOf = (origin: Origin) => (origin.how === 'written' ? origin.span : undefined);

/** The name of one of YAML's own tags (`!!str`), undefined for others. */
function standardTag(rawTag: string): string | undefined {
  return /^(?:!!|!<tag:yaml\.org,2002:)([a-z]+)>?$/.exec(rawTag)?.[1];
}

/** A tag that is not YAML's own, as written: `!reset`. The bare `!` only says "a string". */
function ownTag(rawTag: string): string | undefined {
  return rawTag === '!' || standardTag(rawTag) !== undefined ? undefined : rawTag;
}

/** What a scalar with one of YAML's own tags means; undefined where text and tag contradict each other. */
function taggedMeaning(tag: string, text: string): Meaning | undefined {
  if (tag === 'binary') {
    const digits = text.replace(/\s/g, '');
    if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
    return { type: 'string', value: new TextDecoder().decode(Uint8Array.from(atob(digits), byte => byte.charCodeAt(0))) };
  }
  if (!['int', 'float', 'bool', 'null', 'timestamp'].includes(tag)) return { type: 'string', value: text };
  const meaning = plainMeaning(text);
  if (meaning.type === tag) return meaning;
  if (tag === 'float' && meaning.type === 'int') return { type: 'float', value: Number(meaning.value) };
  const timestamp = tag === 'timestamp' ? parseTimestamp(text) : undefined;
  return timestamp === undefined ? undefined : { type: 'timestamp', value: timestamp };
}
