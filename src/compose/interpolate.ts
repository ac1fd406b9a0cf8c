// Interpolation: every string value of a document gets its variables, then the scalar type that its attribute wants. Runs on each document
// before include, extends and merge. Keys are never touched.
import { rewriting } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import { boolNode, floatNode, intNode, type Mapping, type Node, type Scalar, stringNode } from '../document/node.ts';
import { formatPath, type Path } from '../document/path.ts';
import { isSecretName } from '../model/secrets.ts';
import { oldBooleanWarning, parseBoolean } from '../model/values.ts';
import { type Origin, originSpan, settingOf } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import type { Cast } from './attributes/attribute.ts';
import { mapItems, mapValues } from './attributes/forms.ts';
import { type AttributeTree, attributesByPath, below } from './attributes/table.ts';
import { hintForVariable, warnUnset } from './dotenv.ts';
import type { Variables } from './environment.ts';
import { type Room, substitute, type TemplateProblem } from './template.ts';

export interface InterpolationContext {
  readonly variables: Variables;
  readonly report: Report;
  /** Unset variables that a warning of this load has named: one warning each. */
  readonly warned: Set<string>;
  /** What the values of variables may still add to the files of this load. */
  readonly room: Room;
}

/** A document with its variables replaced. A value that cannot be interpolated is reported and stays as it was written. */
export function interpolate(document: Mapping, { variables, report, warned, room }: InterpolationContext): Mapping {
  const reported = new Set<string>();
  // Taken once, and only where a hint wants them: thousands of slips may ask for them.
  let known: readonly string[] | undefined;
  const names = () => {
    known ??= Object.keys(variables.values);
    return known;
  };
  const visit = (node: Node, path: Path, tree: AttributeTree | undefined): Node => {
    switch (node.kind) {
      case 'mapping':
        return visitMapping(node, path, tree);
      case 'sequence':
        return mapItems(node, (item, index) => visit(item, [...path, index], tree && below(tree, index)));
      case 'scalar':
        return node.type === 'string' ? interpolateScalar(node, path, tree?.attribute?.cast) : node;
    }
  };
  const visitMapping = (node: Mapping, path: Path, tree: AttributeTree | undefined): Mapping =>
    mapValues(node, (value, key) => visit(value, [...path, key], tree && below(tree, key)));
  const interpolateScalar = (node: Scalar & { type: 'string' }, path: Path, cast: Cast | undefined): Node => {
    if (cast === undefined && !node.value.includes('$')) return node;
    if (room.left < 0) return node; // It was said where the room ended.
    const { text, problems, used } = substitute(node.value, name => variables.values[name], room);
    for (const problem of problems) {
      const span = spanWithin(node, problem.start, problem.end);
      // An anchor is written once and read at many paths: one slip, one diagnostic.
      const place = span ? `${span.file.path}:${span.start}` : shownPath(path);
      if (!reported.has(place)) reportProblem(problem, path, span, names, report);
      reported.add(place);
    }
    if (problems.length > 0) return node;
    for (const use of used) if (use.unset) warnOnce(use.name, spanWithin(node, use.start, use.end));
    const first = used[0]?.name;
    const origin: Origin =
      first === undefined
        ? node.origin
        : { how: 'interpolated', variable: first, set: variables.origins.get(first) ?? 'environment', base: node.origin };
    if (cast === undefined) return text === node.value ? node : withTag(stringNode(text, origin), node);
    const result = castText(text, cast, origin, (message, meant) => {
      const span = originSpan(origin);
      const mend = rewriting(span, text, String(meant));
      report.add('interpolation.yaml11-boolean', { message, span, hint: `Write ${meant}.`, mend });
    });
    if (typeof result !== 'string') return withTag(result, node);
    const isSecret = used.some(({ name }) => isSecretName(name));
    const shown = text === '' ? 'the value is empty, and' : isSecret ? 'the value' : quoted(text);
    report.add('interpolation.cast', {
      message: `${formatPath(path)}: ${shown} is ${result}`,
      span: originSpan(node.origin),
      related: settingOf(origin),
      hint: castHint(cast),
    });
    return node;
  };
  const warnOnce = (name: string, span: Span | undefined) => {
    if (warned.has(name)) return;
    warned.add(name);
    warnUnset(name, span, report, names());
  };
  return visitMapping(document, [], attributesByPath);
}

const withTag = (made: Scalar, from: Scalar): Scalar => (from.tag === undefined ? made : { ...made, tag: from.tag });

/** The path as the reference's messages show it: `services.web.environment.[]`. */
function shownPath(path: Path): string {
  return path.map(part => (typeof part === 'number' ? '[]' : part)).join('.');
}

function reportProblem(problem: TemplateProblem, path: Path, span: Span | undefined, names: () => readonly string[], report: Report): void {
  if (problem.kind === 'too-long') {
    report.add('files.too-large', { message: `${shownPath(path)}: ${problem.message}`, span, hint: problem.hint });
  } else if (problem.kind === 'required') {
    report.add('interpolation.required-variable', {
      message: `error while interpolating ${shownPath(path)}: ${problem.message}`,
      span,
      hint: hintForVariable(problem.name ?? '', names()),
    });
  } else {
    report.add('interpolation.format', {
      message: `invalid interpolation format for ${shownPath(path)}.\nYou may need to escape any $ with another $: ${problem.message}`,
      span,
      hint: problem.hint ?? 'Write $$ for a $ that is meant literally.',
    });
  }
}

/**
 * The place of a part of a scalar's value, in the text it was written in. Where escapes or folding moved the part, it is looked for by its
 * text; where it cannot be found, the whole scalar is the place.
 */
function spanWithin(node: Scalar & { type: 'string' }, start: number, end: number): Span | undefined {
  const span = originSpan(node.origin);
  if (!span) return undefined;
  const raw = span.file.text.slice(span.start, span.end);
  const whole = raw.indexOf(node.value);
  const part = node.value.slice(start, end);
  const at = whole === -1 ? raw.indexOf(part) : whole + start;
  return at === -1 || part === '' ? span : { file: span.file, start: span.start + at, end: span.start + at + part.length };
}

function castHint(cast: Cast): string {
  switch (cast) {
    case 'bool':
      return 'Write true or false.';
    case 'int':
    case 'int64':
      return 'Write a whole number.';
    case 'float':
    case 'float32':
      return 'Write a number.';
  }
}

/** Told of a boolean in an old spelling. */
type OldWordWarning = (message: string, meant: boolean) => void;

const quoted = (text: string) => JSON.stringify(text);

/** A text as the type its attribute wants; or, in words, what it is instead (loader.md §2.3). */
function castText(text: string, cast: Cast, origin: Origin, warn: OldWordWarning): Scalar | string {
  switch (cast) {
    case 'bool':
      return castBoolean(text, origin, warn);
    case 'int':
    case 'int64': {
      if (!/^[+-]?\d+$/.test(text)) return 'not a whole number';
      const value = BigInt(text.replace(/^\+/, ''));
      if (BigInt.asIntN(64, value) !== value) return 'beyond the numbers that 64 bits hold';
      return intNode(Number.isSafeInteger(Number(value)) ? Number(value) : value, origin);
    }
    case 'float':
    case 'float32': {
      const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return 'not a number';
      const value = cast === 'float32' ? Math.fround(Number(digits)) : Number(digits);
      if (!Number.isFinite(value)) return 'too large a number';
      return floatNode(Number(digits), origin);
    }
  }
}

function castBoolean(text: string, origin: Origin, warn: OldWordWarning): Scalar | string {
  const meant = parseBoolean(text);
  if (!meant) return 'not true or false';
  if (meant.isOldWord) warn(oldBooleanWarning(text, meant.value), meant.value);
  return boolNode(meant.value, origin);
}
