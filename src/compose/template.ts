// The `${…}` grammar: finds the expressions of a text and gives each its value. Used for Compose files (interpolate.ts) and env files (dotenv.ts).
// Follows loader.md §2.2, down to the reference's way of finding the closing brace.
import type { VariableUse } from './request.ts';

export type Operator = ':-' | '-' | ':+' | '+' | ':?' | '?';

/** Offsets are those of the text the expression was found in; `end` is exclusive. */
type Expression =
  | { readonly kind: 'escaped'; readonly start: number; readonly end: number }
  | { readonly kind: 'invalid'; readonly message: string; readonly hint?: string | undefined; readonly start: number; readonly end: number }
  | { readonly kind: 'plain'; readonly name: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'operator';
      readonly name: string;
      readonly operator: Operator;
      readonly operand: string;
      readonly operandStart: number;
      readonly start: number;
      readonly end: number;
    };

/** What is wrong with one expression; offsets are those of the whole text. */
export interface TemplateProblem {
  readonly kind: 'format' | 'required';
  readonly start: number;
  readonly end: number;
  /** `format`: what is wrong with it. `required`: the reference's sentence. */
  readonly message: string;
  /** The variable that is required. */
  readonly name?: string;
  /** A way out, where the text tells what was most likely meant. */
  readonly hint?: string | undefined;
}

export interface Substitution {
  readonly text: string;
  readonly problems: readonly TemplateProblem[];
  /** Variables that were looked up, in order; `unset` where a value was needed and there is none. */
  readonly used: readonly { readonly name: string; readonly start: number; readonly end: number; readonly unset: boolean }[];
}

/** The value of a variable; undefined where it is not set at all. */
export type Lookup = (name: string) => string | undefined;

/** Replaces every expression of a text by its value. An operand counts only where it is used: `${A:-${B:?}}` asks for B only without A. */
export function substitute(template: string, lookup: Lookup): Substitution {
  const problems: TemplateProblem[] = [];
  const used: { name: string; start: number; end: number; unset: boolean }[] = [];
  const evaluate = (text: string, offset: number): string => {
    let result = '';
    let at = 0;
    for (const expression of expressions(text)) {
      result += text.slice(at, expression.start) + meaning(expression, offset);
      at = expression.end;
    }
    return result + text.slice(at);
  };
  const meaning = (expression: Expression, offset: number): string => {
    const place = { start: offset + expression.start, end: offset + expression.end };
    if (expression.kind === 'escaped') return '$';
    if (expression.kind === 'invalid') {
      problems.push({ kind: 'format', ...place, message: expression.message, hint: expression.hint });
      return '';
    }
    const value = lookup(expression.name);
    used.push({ name: expression.name, ...place, unset: expression.kind === 'plain' && value === undefined });
    if (expression.kind === 'plain') return value ?? '';
    const isThere = expression.operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    const operand = () => evaluate(expression.operand, offset + expression.operandStart);
    switch (expression.operator) {
      case ':-':
      case '-':
        return isThere ? (value ?? '') : operand();
      case ':+':
      case '+':
        return isThere ? operand() : (value ?? '');
      case ':?':
      case '?': {
        if (isThere) return value ?? '';
        const reason = operand();
        const message = `required variable ${expression.name} is missing a value${reason ? `: ${reason}` : ''}`;
        problems.push({ kind: 'required', ...place, message, name: expression.name });
        return '';
      }
    }
  };
  return { text: evaluate(template, 0), problems, used };
}

/** The variables a text names, nested ones included, each with what its expression says about it (`config --variables`). */
export function variablesOf(template: string): readonly VariableUse[] {
  return expressions(template).flatMap((expression): VariableUse[] => {
    if (expression.kind === 'escaped' || expression.kind === 'invalid') return [];
    const use = { name: expression.name, required: false, defaultValue: '', presenceValue: '' };
    if (expression.kind === 'plain') return [use];
    const { operator, operand } = expression;
    if (operator.endsWith('?')) return [{ ...use, required: true }];
    const said = operator.endsWith('-') ? { ...use, defaultValue: operand } : { ...use, presenceValue: operand };
    return [said, ...variablesOf(operand)];
  });
}

/** Brings the uses of one variable together: required where any is, and the first default and alternative that are given. */
export function combineUses(uses: Iterable<VariableUse>): readonly VariableUse[] {
  const byName = new Map<string, VariableUse>();
  for (const use of uses) {
    const known = byName.get(use.name);
    byName.set(use.name, {
      name: use.name,
      required: use.required || (known?.required ?? false),
      defaultValue: known?.defaultValue || use.defaultValue,
      presenceValue: known?.presenceValue || use.presenceValue,
    });
  }
  return [...byName.values()];
}

// The reference ignores case as Unicode sees it, where two more letters are an s and a k.
const name = /[A-Za-z_\u017f\u212a][A-Za-z0-9_\u017f\u212a]*/y;
const operator = /:?[-+?]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function expressions(text: string): readonly Expression[] {
  const found: Expression[] = [];
  for (let at = text.indexOf('$'); at !== -1; ) {
    const expression = expressionAt(text, at);
    if (expression) found.push(expression);
    at = text.indexOf('$', expression?.end ?? at + 1);
  }
  return found;
}

function expressionAt(text: string, start: number): Expression | undefined {
  const next = text[start + 1];
  if (next === '$') return { kind: 'escaped', start, end: start + 2 };
  if (next !== '{') {
    const plain = matchAt(name, text, start + 1);
    return plain === undefined ? undefined : { kind: 'plain', name: plain, start, end: start + 1 + plain.length };
  }
  const braced = matchAt(name, text, start + 2);
  if (braced === undefined) return invalidAt(text, start);
  const afterName = start + 2 + braced.length;
  if (text[afterName] === '}') return { kind: 'plain', name: braced, start, end: afterName + 1 };
  const sign = matchAt(operator, text, afterName);
  if (sign === undefined) return invalidAt(text, start);
  const operandStart = afterName + sign.length;
  const close = closingBrace(text, start, operandStart);
  if (close === undefined) return invalidAt(text, start);
  return {
    kind: 'operator',
    name: braced,
    operator: sign as Operator,
    operand: text.slice(operandStart, close),
    operandStart,
    start,
    end: close + 1,
  };
}

/**
 * Where the expression that starts at `start` ends. Braces are counted, and the character after an opening brace never counts, up to the
 * last closing brace of the line; where they do not balance, that last one closes. This is how the reference reads it, oddities included.
 */
function closingBrace(text: string, start: number, operandStart: number): number | undefined {
  const lineEnd = text.indexOf('\n', operandStart);
  const last = text.lastIndexOf('}', lineEnd === -1 ? text.length : lineEnd);
  if (last < operandStart) return undefined;
  let open = 0;
  for (let at = start; at <= last; at++) {
    if (text[at] === '}' && --open === 0) return at;
    if (text[at] === '{') {
      open++;
      at++;
    }
  }
  return last;
}

/** A `${` that starts no expression: what is wrong with it, and how far the wrong text reaches. */
function invalidAt(text: string, start: number): Expression {
  const lineEnd = text.indexOf('\n', start);
  const close = text.indexOf('}', start);
  const isClosed = close !== -1 && (lineEnd === -1 || close < lineEnd);
  const end = isClosed ? close + 1 : lineEnd === -1 ? text.length : lineEnd;
  const invalid = (message: string, hint?: string): Expression => ({ kind: 'invalid', message, hint, start, end });
  if (!isClosed) return invalid('the expression has no closing brace on its line', 'Write } where the expression ends.');
  const found = matchAt(name, text, start + 2);
  if (found === undefined) return invalid('a variable name starts with a letter or an underscore');
  const [sign] = /^:?=/.exec(text.slice(start + 2 + found.length, end)) ?? [];
  return invalid(
    `after the name "${found}", only }, :-, -, :+, +, :? or ? may follow`,
    sign === undefined ? undefined : `Write ":-" for "${sign}".`,
  );
}
