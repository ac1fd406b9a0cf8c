// Interpolation: every string value of a document gets its variables, then the scalar type that its attribute wants. Runs on each document
// before include, extends and merge. Keys are never touched.
import { rewriting } from '../diagnostics/mend.ts';
import type { Report } from '../diagnostics/report.ts';
import { boolNode, floatNode, intNode, type Mapping, type Node, type Scalar, stringNode } from '../document/node.ts';
import type { Path } from '../document/path.ts';
import { oldBooleanWarning, parseBoolean } from '../model/values.ts';
import { type Origin, originSpan } from '../source/origin.ts';
import type { Span } from '../source/span.ts';
import type { Cast } from './attributes/attribute.ts';
import { mapItems, mapValues } from './attributes/forms.ts';
import { type AttributeTree, attributesByPath, below } from './attributes/table.ts';
import { warnUnset } from './dotenv.ts';
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
      if (!reported.has(place)) reportProblem(problem, path, span, report);
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
      report.add('interpolation.yaml11-boolean', { message, span, mend: rewriting(span, text, String(meant)) });
    });
    if (typeof result !== 'string') return withTag(result, node);
    report.add('interpolation.cast', {
      message: `error while interpolating ${shownPath(path)}: failed to cast to expected type: ${result}`,
      span: originSpan(node.origin),
      hint: castHint(cast),
    });
    return node;
  };
  const warnOnce = (name: string, span: Span | undefined) => {
    if (warned.has(name)) return;
    warned.add(name);
    warnUnset(name, span, report);
  };
  return visitMapping(document, [], attributesByPath);
}

const withTag = (made: Scalar, from: Scalar): Scalar => (from.tag === undefined ? made : { ...made, tag: from.tag });

/** The path as the reference's messages show it: `services.web.environment.[]`. */
function shownPath(path: Path): string {
  return path.map(part => (typeof part === 'number' ? '[]' : part)).join('.');
}

function reportProblem(problem: TemplateProblem, path: Path, span: Span | undefined, report: Report): void {
  if (problem.kind === 'too-long') report.add('files.too-large', { message: `${shownPath(path)}: ${problem.message}`, span });
  else if (problem.kind === 'required') {
    report.add('interpolation.required-variable', {
      message: `error while interpolating ${shownPath(path)}: ${problem.message}`,
      span,
      hint: `Set ${problem.name} in the environment or in .env.`,
    });
  } else {
    report.add('interpolation.format', {
      message: `invalid interpolation format for ${shownPath(path)}.\nYou may need to escape any $ with another $: ${problem.message}`,
      span,
      hint: 'Write $$ for a $ that is meant literally.',
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

/** A text as the type its attribute wants; or, as a text, the reference's reason why it cannot be (loader.md §2.3). */
function castText(text: string, cast: Cast, origin: Origin, warn: OldWordWarning): Scalar | string {
  switch (cast) {
    case 'bool':
      return castBoolean(text, origin, warn);
    case 'int':
    case 'int64': {
      const call = cast === 'int' ? 'strconv.Atoi' : 'strconv.ParseInt';
      if (!/^[+-]?\d+$/.test(text)) return `${call}: parsing ${quoted(text)}: invalid syntax`;
      const value = BigInt(text.replace(/^\+/, ''));
      if (BigInt.asIntN(64, value) !== value) return `${call}: parsing ${quoted(text)}: value out of range`;
      return intNode(Number.isSafeInteger(Number(value)) ? Number(value) : value, origin);
    }
    case 'float':
    case 'float32': {
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return `strconv.ParseFloat: parsing ${quoted(text)}: invalid syntax`;
      const value = cast === 'float32' ? Math.fround(Number(text)) : Number(text);
      if (!Number.isFinite(value)) return `strconv.ParseFloat: parsing ${quoted(text)}: value out of range`;
      return floatNode(Number(text), origin);
    }
  }
}

function castBoolean(text: string, origin: Origin, warn: OldWordWarning): Scalar | string {
  const meant = parseBoolean(text);
  if (!meant) return `invalid boolean: ${text}`;
  if (meant.isOldWord) warn(oldBooleanWarning(text, meant.value), meant.value);
  return boolNode(meant.value, origin);
}
