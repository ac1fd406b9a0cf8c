// Validation: the schema applied to nodes, so that each complaint has a place. Runs on the merged document, before canonicalisation; it walks
// the whole document and goes into the form that a value has by its type, so one slip gives one complaint.
import { type Mend, quoting, renaming } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import { suggest, suggestSurely, unabbreviated } from '../diagnostics/suggest.ts';
import type { Entry, Mapping, Node, Scalar, Sequence } from '../document/node.ts';
import { formatPath, type Path } from '../document/path.ts';
import { isSecretName } from '../model/secrets.ts';
import { originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import { rewriteAttributes } from './attributes/rewrite.ts';
import { composeRule } from './rules.ts';
import type { Form, JsonType, Keys, Rule } from './schema.ts';

/** Everything about a document that the schema of Compose files does not allow, and a word on what is obsolete. */
export function validate(document: Mapping, report: Report): void {
  new Validator(report, []).check(document, composeRule, undefined);
}

/** Everything about the value at a path that a rule does not allow. `keySpan` is the place of its key. */
export function validateBy(rule: Rule, node: Node, path: Path, keySpan: Span | undefined, report: Report): void {
  new Validator(report, path).check(node, rule, keySpan);
}

/** What the schema cannot say, and only all files together can break, by the rows of the attribute table. Runs once, on the canonical document. */
export function validateWhole(document: Mapping, report: Report, withPaths = true): void {
  rewriteAttributes(document, (node, attribute, path) => {
    attribute.check?.(node, path, report);
    if (withPaths) attribute.checkPath?.(node, path, report);
    return node;
  });
}

/** A mapping on the way down, for complaints about keys that belong further out. */
interface Outer {
  readonly keys: Keys;
  readonly depth: number;
  /** Where it stands, unless it is the file itself or an item of a list. */
  readonly entry: Entry | undefined;
}

class Validator {
  private readonly report: Report;
  private readonly path: (string | number)[];
  private readonly outer: Outer[] = [];

  constructor(report: Report, path: Path) {
    this.report = report;
    this.path = [...path];
  }

  check(node: Node, rule: Rule, keySpan: Span | undefined): void {
    const form = formOf(node, rule);
    if (form === undefined) this.complainOfType(node, rule, keySpan);
    else if (node.kind === 'mapping') this.checkMapping(node, form, keySpan);
    else if (node.kind === 'sequence') this.checkSequence(node, form, rule);
    else this.checkScalar(node, form, keySpan);
  }

  private get where(): string {
    return this.path.length === 0 ? '' : `${formatPath(this.path)}: `;
  }

  private checkMapping(node: Mapping, { keys }: Form, keySpan: Span | undefined): void {
    const key = this.path.at(-1);
    const entry = typeof key === 'string' ? { key, keySpan, value: node } : undefined;
    if (!keys || this.isTornText(node, keys)) return;
    this.outer.push({ keys, depth: this.path.length, entry });
    const misspelt = new Set<string>();
    const outdented = this.complainOfOutdented(node, keys);
    for (const entry of node.entries.values()) {
      if (outdented.has(entry)) continue;
      const rule = keys.known.get(entry.key) ?? keys.patterns.find(({ pattern }) => pattern.test(entry.key));
      if (rule === undefined) {
        const meant = this.complainOfKey(entry, node, keys);
        if (meant !== undefined) misspelt.add(meant);
      } else this.into(entry.key, entry.value, 'pattern' in rule ? rule.rule : rule, entry.keySpan);
    }
    this.outer.pop();
    for (const key of keys.required) {
      if (node.entries.has(key) || misspelt.has(key)) continue;
      this.report.add('schema.missing-key', {
        message: `${this.where}missing property '${key}'`,
        span: keySpan ?? originSpan(node.origin),
        hint: hintForMissing(key, keys.known.get(key)),
      });
    }
  }

  /** Complains of entries that stand beside the empty one below which they belong, and gives all of them. */
  private complainOfOutdented({ entries }: Mapping, keys: Keys): ReadonlySet<Entry> {
    const outdented = new Set<Entry>();
    const ruleOf = ({ key }: Entry) => keys.known.get(key) ?? keys.patterns.find(({ pattern }) => pattern.test(key))?.rule;
    let above: { readonly entry: Entry; readonly rule: Rule; readonly below: Entry[] } | undefined;
    const complain = () => {
      if (!above || above.below.length === 0) return;
      const { entry, rule, below } = above;
      for (const one of [entry, ...below]) outdented.add(one);
      this.path.push(entry.key);
      const [first] = below;
      const belongs = below.length > 1 ? `"${first!.key}" and what follows` : `"${first!.key}"`;
      this.complainOfType(entry.value, rule, entry.keySpan, `Indent ${belongs} below "${entry.key}".`);
      this.path.pop();
    };
    for (const entry of entries.values()) {
      const rule = ruleOf(entry);
      const inner = above?.rule.forms.get('object')?.keys;
      const fits = inner?.known.has(entry.key) || inner?.patterns.some(({ pattern }) => pattern.test(entry.key));
      if (above && fits && !rule) {
        above.below.push(entry);
        continue;
      }
      complain();
      const isEmpty = entry.value.kind === 'scalar' && entry.value.type === 'null';
      above = rule && isEmpty && formOf(entry.value, rule) === undefined ? { entry, rule, below: [] } : undefined;
    }
    complain();
    return outdented;
  }

  /** Complains of an item such as `127.0.0.1:80: 80`, which was meant as one text, and says whether it is one. */
  private isTornText({ entries }: Mapping, { known }: Keys): boolean {
    const [entry] = entries.values();
    if (entries.size !== 1 || !entry || typeof this.path.at(-1) !== 'number' || known.has(entry.key)) return false;
    const text = entry.value.kind === 'scalar' ? `${entry.key}:${entry.value.text}` : '';
    if (!/^\d[\d.:-]*(?:\/[a-z]+)?$/.test(text)) return false;
    this.report.add('schema.unknown-key', {
      message: `${this.where}additional properties '${entry.key}' not allowed`,
      span: entry.keySpan,
      hint: `Write it as one text: "${text}".`,
    });
    return true;
  }

  private into(part: string | number, node: Node, rule: Rule | undefined, keySpan: Span | undefined): void {
    if (!rule) return;
    this.path.push(part);
    this.check(node, rule, keySpan);
    this.path.pop();
    if (rule.obsolete && formOf(node, rule)) this.warnOfObsolete(part, keySpan ?? originSpan(node.origin));
  }

  private checkSequence(node: Sequence, form: Form, rule: Rule): void {
    const { items } = form;
    if (items) {
      for (const [index, item] of node.items.entries()) {
        // A list whose other form is a mapping is often written half as one: `- KEY: value`.
        if (item.kind === 'mapping' && !items.forms.has('object') && rule.forms.has('object')) {
          this.path.push(index);
          this.complainOfType(item, items, undefined, 'Remove the "- ", or write "KEY=value".');
          this.path.pop();
        } else this.into(index, item, items, undefined);
      }
    }
    if (form.unique) this.checkUnique(node);
  }

  private checkUnique(node: Sequence): void {
    const seen = new Map<string, number>();
    for (const [index, item] of node.items.entries()) {
      const key = equalityText(item);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else {
        const before = originSpan(node.items[first]!.origin);
        this.report.add('schema.value', {
          message: `${this.where}items at ${first} and ${index} are equal`,
          span: originSpan(item.origin),
          related: before ? [{ span: before, message: 'the first one' }] : [],
          hint: 'Remove one of the two.',
        });
      }
    }
  }

  private checkScalar(node: Scalar, { allowed, pattern, minimum, maximum }: Form, keySpan: Span | undefined): void {
    const span = originSpan(node.origin);
    const complain = (message: string, hint?: string, mend?: Mend) =>
      this.report.add('schema.value', { message: `${this.where}${message}`, span: span ?? keySpan, hint, mend });
    if (node.type === 'float' && !Number.isFinite(node.value)) {
      complain(`${node.text} is not allowed`, 'Write a finite number, or a text in quotes.');
    }
    if (node.type === 'string') {
      const mend = (words: readonly string[]) => {
        const sure = suggestSurely(node.value, words);
        return sure === undefined ? undefined : renaming(span, node.value, sure);
      };
      if (allowed && !allowed.includes(node.value)) {
        const message = `value must be one of ${allowed.map(value => `'${value}'`).join(', ')}`;
        complain(message, hintForChoice(node.value, allowed), mend(allowed));
      } else if (pattern && !pattern.test(node.value)) {
        const words = alternativesOf(pattern)?.filter(word => !word.endsWith('…')) ?? [];
        complain(`'${node.value}' does not match pattern '${pattern.source}'`, hintForPattern(node.value, pattern), mend(words));
      }
    } else if (node.type === 'int' || node.type === 'float') {
      if (minimum !== undefined && node.value < minimum)
        complain(`must be greater than or equal to ${minimum}`, `Write ${minimum} or more.`);
      if (maximum !== undefined && node.value > maximum) complain(`must be less than or equal to ${maximum}`, `Write ${maximum} or less.`);
    }
  }

  private complainOfType(node: Node, rule: Rule, keySpan: Span | undefined, hint = hintForType(node, rule, this.path.at(-1))): void {
    const span = originSpan(node.origin);
    // An empty value has no text of its own, and a block of keys is too much of it: their own key is what can be pointed at.
    const isBlock = node.kind === 'mapping' && node.entries.size > 0;
    const place = isBlock || (node.kind === 'scalar' && node.type === 'null') ? (keySpan ?? span) : (span ?? keySpan);
    const mend = node.kind === 'scalar' && lacksQuotes(node, rule) ? quoting(span, node.text) : undefined;
    this.report.add('schema.type', { message: `${this.where}must be ${expected(rule)}, not ${found(node)}`, span: place, hint, mend });
  }

  /** Complains of a key that is not known here. Returns the known key that was probably meant. */
  private complainOfKey(entry: Entry, parent: Mapping, keys: Keys): string | undefined {
    const { key } = entry;
    const span = entry.keySpan ?? originSpan(entry.value.origin) ?? originSpan(parent.origin);
    if (keys.newer.has(key)) {
      this.report.add('schema.newer-key', {
        message: `${this.where}'${key}' needs Compose 5.7, not yet in fig`,
        span,
        hint: `Remove "${key}".`,
      });
      return undefined;
    }
    if (!keys.closed) {
      // The schema names these keys by a pattern, yet lets others pass unread.
      if (keys.patterns.some(({ rule }) => rule)) this.warnOfUnread(key, keys, span);
      return undefined;
    }
    const around = this.sectionAround();
    if (around) {
      const name = String(this.path.at(-1));
      this.report.add('schema.unknown-key', {
        message: `${formatPath(this.path.slice(0, -1))}: additional properties '${name}' not allowed here`,
        span: around.keySpan ?? span,
        hint: `Write "${name}" without indentation: it belongs to the file as a whole.`,
      });
      return undefined;
    }
    const meant = suggest(key, keys.known.keys()) ?? unabbreviated(key, keys.known.keys());
    const section = this.sectionOf(entry, keys);
    const lacking = section !== undefined && !parent.entries.has(section) ? `: "${section}:" is missing above it` : '';
    this.report.add('schema.unknown-key', {
      message: `${this.where}additional properties '${key}' not allowed${lacking}`,
      span,
      hint: this.hintForKey(entry, keys, meant),
      mend: this.mendForKey(entry, parent, keys),
    });
    return meant;
  }

  /** The section that an entry of the top level belongs into, by what it looks like. */
  private sectionOf({ value }: Entry, keys: Keys): string | undefined {
    return value.kind === 'mapping' && this.path.length === 0 ? sectionFor(value, keys) : undefined;
  }

  /** The section of the file that was indented too far, where the mapping in which a key is not known is one: its name is taken for a service. */
  private sectionAround(): Entry | undefined {
    const [root] = this.outer;
    const { entry } = this.outer.at(-1) ?? {};
    const isSection = this.path.length === 2 && entry !== undefined && root?.keys.known.has(entry.key);
    const known = this.outer.at(-1)?.keys.known;
    const isForeign = entry?.value.kind === 'mapping' && [...entry.value.entries.keys()].every(key => !known?.has(key));
    return isSection && isForeign ? entry : undefined;
  }

  private hintForKey(entry: Entry, keys: Keys, meant: string | undefined): string {
    const { key } = entry;
    const instead = keys.instead.get(key);
    if (instead) return `Write ${instead} instead: "${key}" is from an older Compose.`;
    const outer = this.outer.findLast(({ keys: around }) => around !== keys && around.known.has(key));
    // `configs` of a network's ipam is a slip of the finger, though the file has such a section.
    const isSlip = meant !== undefined && (key === `${meant}s` || meant === `${key}s`);
    if (outer && !(isSlip && outer.depth < this.path.length - 1)) {
      const place = formatPath(this.path.slice(0, outer.depth));
      return place === ''
        ? `Write "${key}" without indentation: it belongs to the file as a whole.`
        : `Indent "${key}" less: it belongs to ${place}.`;
    }
    if (/^x_/.test(key)) return `Write "x-${key.slice(2)}".`;
    const section = meant === undefined ? this.sectionOf(entry, keys) : undefined;
    if (section !== undefined) return `Put "${key}" under a top-level "${section}:", and indent it.`;
    if (keys.known.size === 0) {
      if (key.includes('${')) return 'Write the name itself: variables are not read in keys.';
      return `Write "${key.trim().replace(/[^\w.-]+/g, '-')}": letters, digits, dots, hyphens and underscores make a name.`;
    }
    return meant === undefined ? `Remove "${key}", or write "x-${key}" if it is a key of your own.` : `Write "${meant}".`;
  }

  /** The key that was surely meant, where neither an older Compose nor a place further out knows the one that is written. */
  private mendForKey({ key, keySpan, value }: Entry, parent: Mapping, keys: Keys): Mend | undefined {
    const sure = suggestSurely(key, keys.known.keys());
    if (sure === undefined || parent.entries.has(sure) || keys.instead.has(key)) return undefined;
    // A service of its own, as in the oldest files, may be called "volume".
    if (this.path.length === 0 && value.kind === 'mapping' && sectionFor(value, keys) !== undefined) return undefined;
    return this.outer.some(({ keys: around }) => around.known.has(key)) ? undefined : renaming(keySpan, key, sure);
  }

  private warnOfUnread(key: string, keys: Keys, span: Span | undefined): void {
    const { pattern } = keys.patterns.find(({ rule }) => rule)!;
    this.report.add('value.suspicious', {
      message: `${this.where}the name '${key}' does not match ${pattern.source}, and its settings go unchecked`,
      span,
      hint: 'Write a name that matches, so that fig checks the settings.',
    });
  }

  private warnOfObsolete(part: string | number, span: Span | undefined): void {
    const file = span ? `${span.file.path}: ` : '';
    this.report.add('schema.obsolete-version', {
      message: `${file}the attribute \`${part}\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
      span,
      hint: `Remove "${part}".`,
      mend: span && removingEntry(span),
    });
  }
}

/** A key and a plain or quoted value, alone on their line but for a comment. */
const entryLine = /^(?:[\w-]+|"[\w-]+"|'[\w-]+')[ \t]*:[ \t]*(?:"[^"\\]*"|'[^']*'|[\w.]*)[ \t]*(#.*)?(?:\r?\n|$)/;

/** The line of a key and its value goes, its comment stays. undefined where there is more to the value or on the line. */
function removingEntry({ file, start }: Span): Mend | undefined {
  const isAtLineStart = start === 0 || file.text[start - 1] === '\n';
  const [line, comment] = entryLine.exec(file.text.slice(start)) ?? [];
  if (line === undefined || !isAtLineStart) return undefined;
  if (comment !== undefined) return [{ span: { file, start, end: start + line.indexOf(comment) }, text: '' }];
  const [blank = ''] = start === 0 ? (/^(?:[ \t]*\r?\n)*/.exec(file.text.slice(line.length)) ?? []) : [];
  return [{ span: { file, start, end: start + line.length + blank.length }, text: '' }];
}

/** The form of the rule that a value has by its type; undefined where the rule has none. */
function formOf(node: Node, { forms }: Rule): Form | undefined {
  for (const type of typesOf(node)) {
    const form = forms.get(type);
    if (form) return form;
  }
  return undefined;
}

/** The types that a value counts as: a whole number is a number too, and a float without fraction is whole; a date is a text. */
function typesOf(node: Node): readonly JsonType[] {
  if (node.kind === 'mapping') return ['object'];
  if (node.kind === 'sequence') return ['array'];
  switch (node.type) {
    case 'int':
      return ['integer', 'number'];
    case 'float':
      return Number.isInteger(node.value) ? ['integer', 'number'] : ['number'];
    case 'bool':
      return ['boolean'];
    case 'null':
      return ['null'];
    case 'string':
    case 'timestamp':
      return ['string'];
  }
}

const typeNames: Readonly<Record<JsonType, string>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
  object: 'mapping',
  array: 'list',
};

/** `a string`, `a boolean or string`, `a list or mapping`. */
function expected({ forms }: Rule): string {
  // That a value may be left out is no help to who has written one.
  const types = [...forms.keys()].filter((type, _, all) => type !== 'null' || all.length === 1);
  const names = types.map(type => typeNames[type]).toSorted();
  const all = listed(names);
  return `${/^[aeiou]/.test(all) ? 'an' : 'a'} ${all}`;
}

function found(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'mapping' ? 'a mapping' : 'a list';
  switch (node.type) {
    case 'int':
    case 'float':
      return `the number ${node.text}`;
    case 'bool':
      return `the boolean ${node.text}`;
    case 'null':
      return 'empty';
    case 'timestamp':
    case 'string':
      return 'a string';
  }
}

/** A number or boolean where a text belongs, and its quotes are all that it lacks. */
function lacksQuotes(node: Scalar, { forms, grammar }: Rule): boolean {
  // What may be a number, and is a text only for its size or its range, is no boolean in quotes.
  if (node.type === 'bool' && forms.has('number')) return false;
  return node.type !== 'null' && node.type !== 'string' && forms.has('string') && grammar !== 'duration';
}

function hintForType(node: Node, rule: Rule, part: string | number | undefined): string | undefined {
  const { forms, grammar } = rule;
  const words = forms.get('string')?.allowed;
  const [, key] = (node.kind === 'scalar' && /^([\w-]+):[^\s/]/.exec(node.text)) || [];
  if (key !== undefined && forms.get('object')?.keys?.known.has(key)) return `Put a blank after "${key}:".`;
  if (node.kind === 'scalar' && forms.has('array') && /^-["'\w]/.test(node.text) && !forms.has('string'))
    return 'Put a blank after the "-".';
  if (node.kind === 'scalar' && node.type === 'null' && forms.get('object')?.keys?.known.size === 0 && !forms.has('array'))
    return `Name each of the ${part} below it, indented.`;
  if (node.kind === 'scalar' && node.type === 'null') return typeof part === 'string' ? `Give "${part}" a value, or remove it.` : undefined;
  if (node.kind === 'scalar' && node.type === 'float' && forms.has('integer')) return 'Write a whole number.';
  if (node.kind === 'scalar' && words && !words.includes(node.text))
    return `Write ${listed(words.map(word => `"${word}"`))}${forms.has('array') ? ', or a list' : ''}.`;
  if (node.kind === 'scalar' && lacksQuotes(node, rule)) return `Put it in quotes: "${node.text}".`;
  if (node.kind === 'scalar' && node.type !== 'string' && grammar === 'duration') return `Add a unit: "${node.text}s" for seconds.`;
  if (node.kind === 'sequence' && forms.has('object') && node.items.length === 1 && hasOnlyKeysOf(node.items[0]!, forms.get('object')))
    return 'Remove the "- ".';
  if (node.kind === 'mapping' && hasOnlyKeysOf(node, forms.get('array')?.items?.forms.get('object')))
    return `Put "- " before "${node.entries.keys().next().value}".`;
  if (forms.has('object') && !forms.has('array') && !forms.has('string') && node.kind !== 'mapping')
    return 'Write "KEY: VALUE" lines, indented below the key.';
  if (node.kind === 'mapping' && forms.has('array')) return 'Write a list, each item on a line of its own after "- ".';
  const isSecret = typeof part === 'string' && isSecretName(part);
  if (node.kind === 'sequence' && forms.has('string') && node.items.length === 1 && node.items[0]?.kind === 'scalar' && !isSecret)
    return `Write "${node.items[0].text}".`;
  if (node.kind !== 'scalar' && forms.has('string')) return 'Write one value on the same line.';
  if (node.kind === 'scalar' && forms.has('array')) {
    // `PASSWORD=…` as one text: a hint shows no value that may be a secret.
    const isPair = node.text.includes('=');
    return isPair ? 'Write a list, each item on a line of its own after "- ".' : `Write a list: [${JSON.stringify(node.text)}].`;
  }
  return undefined;
}

/** Whether a value is a mapping that a form of mappings would take: one that stands, or does not stand, in a list by mistake. */
function hasOnlyKeysOf(node: Node, form: Form | undefined): boolean {
  if (node.kind !== 'mapping' || node.entries.size === 0 || !form?.keys) return false;
  return [...node.entries.keys()].every(key => form.keys?.known.has(key));
}

/** What to add where a key is missing: the words to choose from, or the type. */
function hintForMissing(key: string, rule: Rule | undefined): string {
  const allowed = rule?.forms.get('string')?.allowed;
  if (allowed) return `Add "${key}", one of ${allowed.join(', ')}.`;
  return rule?.forms.has('integer') ? `Add "${key}" with a whole number.` : `Add "${key}" with a text.`;
}

/** The word that is nearest, or that has what was written for a part: `healthy` for `service_healthy`. Else all of them. */
function hintForChoice(written: string, allowed: readonly string[]): string {
  const meant = suggest(written, allowed) ?? allowed.find(word => word.split(/[_-]/).includes(written));
  return meant === undefined ? `Write ${listed(allowed)}.` : `Write "${meant}".`;
}

/** Words to choose from, as a pattern or a list has them: `a, b or c`. */
function listed(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');
}

/** The words that a pattern of plain alternatives offers; other patterns are about characters. */
function alternativesOf({ source }: RegExp): readonly string[] | undefined {
  const [, alternatives] = /^\^\((.*)\)\$$/.exec(source) ?? [];
  return alternatives?.split('|').map(word => word.replace(/\(.*/, '…'));
}

function hintForPattern(written: string, pattern: RegExp): string {
  const [, prefix = '', units = ''] = /\|(\w+)\(\[0-9\]\+\[(\w+)\]\)\+/.exec(pattern.source) ?? [];
  if (prefix !== '' && written.startsWith(prefix)) return `Write numbers with ${listed([...units])} after "${prefix}".`;
  const alternatives = alternativesOf(pattern);
  return alternatives
    ? hintForChoice(written, alternatives)
    : 'Use two or more letters, digits, dots, hyphens and underscores, beginning with a letter or a digit.';
}

/** The top-level section whose entries have most of the keys that a misplaced mapping has. */
function sectionFor(value: Mapping, root: Keys): string | undefined {
  if (value.entries.size === 0) return undefined;
  for (const [section, rule] of root.known) {
    for (const { rule: entry } of rule.forms.get('object')?.keys?.patterns ?? []) {
      const known = entry?.forms.get('object')?.keys?.known;
      const fitting = known && [...value.entries.keys()].filter(key => known.has(key)).length;
      if (fitting !== undefined && fitting * 2 > value.entries.size) return section;
    }
  }
  return undefined;
}

/** A value as text, by which two items are equal or not. To the reference, whole floats are whole numbers, and numbers are their digits. */
function equalityText(node: Node): string {
  if (node.kind === 'sequence') return `[${node.items.map(equalityText).join()}]`;
  if (node.kind === 'scalar') return JSON.stringify(node.type === 'int' || node.type === 'float' ? String(node.value) : node.value);
  const entries = [...node.entries.values()].map(({ key, value }) => `${JSON.stringify(key)}:${equalityText(value)}`);
  return `{${entries.toSorted().join()}}`;
}
