// The `${…}` grammar: finds the expressions of a text and gives each its value. Used for Compose files (interpolate.ts) and env files (dotenv.ts).
// Follows loader.md §2.2, down to the reference's way of finding the closing brace.
import type { VariableUse } from './request.ts';

export type Operator = ':-' | '-' | ':+' | '+' | ':?' | '?';

/** Offsets are those of the whole text; `end` is exclusive. */
type Expression =
  | { readonly kind: 'escaped'; readonly start: number; readonly end: number }
  | { readonly kind: 'invalid'; readonly message: string; readonly hint?: string | undefined; readonly start: number; readonly end: number }
  | { readonly kind: 'plain'; readonly name: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'operator';
      readonly name: string;
      readonly operator: Operator;
      readonly operandStart: number;
      readonly start: number;
      readonly end: number;
    };

/** What is wrong with one expression; offsets are those of the whole text. */
export interface TemplateProblem {
  readonly kind: 'format' | 'required' | 'too-long';
  readonly start: number;
  readonly end: number;
  /** `format`: what is wrong with it. `required`: the reference's sentence. `too-long`: there was no room for the value. */
  readonly message: string;
  /** The variable that is required. */
  readonly name?: string;
  /** A way out, where the text tells what was most likely meant. */
  readonly hint?: string | undefined;
}

export interface Substitution {
  readonly text: string;
  /** At most a hundred: a text with more of them has been told enough. */
  readonly problems: readonly TemplateProblem[];
  /** Variables that were looked up, each once, at its first use or where a value was needed and there is none (`unset`). */
  readonly used: readonly VariableLookup[];
}

interface VariableLookup {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly unset: boolean;
}

/** The value of a variable; undefined where it is not set at all. */
export type Lookup = (name: string) => string | undefined;

/** How many characters values of variables may still add; each substitution takes its part. A few lines can ask for terabytes. */
export interface Room {
  left: number;
}

/** Room for as much text as a file may hold. */
export const createRoom = (): Room => ({ left: 16 * 1024 * 1024 });

const MOST_PROBLEMS = 100;

/** Replaces every expression of a text by its value. An operand counts only where it is used: `${A:-${B:?}}` asks for B only without A. */
export function substitute(template: string, lookup: Lookup, room: Room): Substitution {
  const problems: TemplateProblem[] = [];
  const used = new Map<string, VariableLookup>();
  const scanner = new Scanner(template);
  /** Operands that are being evaluated. Of a required variable, the operand is what its problem says, and not part of the text. */
  const operands: (undefined | { readonly before: string; readonly requires: Expression & { kind: 'operator' } })[] = [];
  let text = '';
  const add = (problem: TemplateProblem) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const append = (value: string) => {
    text += value;
    room.left -= value.length;
  };
  const evaluate = (expression: Expression) => {
    const { kind, start, end } = expression;
    if (kind === 'escaped') return append('$');
    if (kind === 'invalid') return add({ kind: 'format', start, end, message: expression.message, hint: expression.hint });
    const { name } = expression;
    const value = lookup(name);
    const unset = kind === 'plain' && value === undefined;
    const known = used.get(name);
    if (!known || (unset && !known.unset)) used.set(name, { name, start, end, unset });
    if (kind === 'plain') return append(value ?? '');
    const isThere = value !== undefined && (value !== '' || !expression.operator.startsWith(':'));
    // `+` asks for its operand where there is a value, the others where there is none.
    if (isThere !== expression.operator.endsWith('+')) return append(value ?? '');
    scanner.enter(expression);
    const isRequired = expression.operator.endsWith('?');
    operands.push(isRequired ? { before: text, requires: expression } : undefined);
    if (isRequired) text = '';
  };
  const leave = () => {
    const operand = operands.pop();
    if (operand) {
      const { name, start, end } = operand.requires;
      add({ kind: 'required', start, end, name, message: `required variable ${name} is missing a value${text ? `: ${text}` : ''}` });
      text = operand.before;
    }
    return scanner.leave();
  };
  do {
    for (let from = scanner.at; ; from = scanner.at) {
      const expression = scanner.next();
      text += template.slice(from, expression?.start ?? scanner.at);
      if (!expression) break;
      evaluate(expression);
      if (room.left < 0) {
        const { start, end } = expression;
        const message = 'the values of variables come to more than 16 MiB of text';
        const hint = 'Write shorter values, or name variables less often.';
        return { text: '', problems: [{ kind: 'too-long', start, end, message, hint }], used: [...used.values()] };
      }
    }
  } while (leave());
  return { text, problems, used: [...used.values()] };
}

/** The variables a text names, nested ones included, each with what its expression says about it (`config --variables`). */
export function variablesOf(template: string): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  const scanner = new Scanner(template);
  do {
    for (let expression = scanner.next(); expression; expression = scanner.next()) {
      if (expression.kind === 'escaped' || expression.kind === 'invalid') continue;
      const use = { name: expression.name, required: false, defaultValue: '', presenceValue: '' };
      if (expression.kind === 'plain') {
        uses.push(use);
        continue;
      }
      const { operator, operandStart, end } = expression;
      const operand = template.slice(operandStart, end - 1);
      if (operator.endsWith('?')) uses.push({ ...use, required: true });
      else uses.push(operator.endsWith('-') ? { ...use, defaultValue: operand } : { ...use, presenceValue: operand });
      if (!operator.endsWith('?')) scanner.enter(expression);
    }
  } while (scanner.leave());
  return uses;
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

/**
 * Walks the expressions of a text, and into the operands of those that the caller enters. Forward only, and each character is looked at a
 * few times at most, however many expressions there are and however deep they lie in each other.
 */
class Scanner {
  at = 0;
  private readonly text: string;
  /** Where the operands around `at` end, the innermost last. */
  private readonly ends: number[] = [];
  /** The next `$`, and the end of the line in which the scanner is, both at `at` or after it. */
  private dollar: number;
  private lineEnd = -1;
  /** The stretch whose braces are matched, and in it the offset of the closing one at each opening one; 0 where there is none. */
  private matchedFrom = 0;
  private matchedTo = 0;
  private matches = new Int32Array();

  constructor(text: string) {
    this.text = text;
    this.dollar = text.indexOf('$');
  }

  /** The next expression before the end of the operand; undefined there. `at` is behind it then. */
  next(): Expression | undefined {
    const to = this.ends.at(-1) ?? this.text.length;
    for (;;) {
      if (this.dollar !== -1 && this.dollar < this.at) this.dollar = this.text.indexOf('$', this.at);
      const start = this.dollar;
      if (start === -1 || start >= to) {
        this.at = to;
        return undefined;
      }
      const expression = this.expressionAt(start, to);
      this.at = expression?.end ?? start + 1;
      if (expression) return expression;
    }
  }

  /** Goes on with the operand of the expression just found. */
  enter({ operandStart, end }: Expression & { readonly kind: 'operator' }): void {
    this.at = operandStart;
    this.ends.push(end - 1);
  }

  /** Goes on behind the expression whose operand has ended; false where the text itself has. */
  leave(): boolean {
    const end = this.ends.pop();
    if (end === undefined) return false;
    this.at = end + 1;
    return true;
  }

  private expressionAt(start: number, to: number): Expression | undefined {
    const { text } = this;
    const next = text[start + 1];
    if (next === '$') return { kind: 'escaped', start, end: start + 2 };
    if (next !== '{') {
      const plain = matchAt(name, text, start + 1);
      return plain === undefined ? undefined : { kind: 'plain', name: plain, start, end: start + 1 + plain.length };
    }
    if (this.lineEnd < start) {
      const found = text.indexOf('\n', start);
      this.lineEnd = found === -1 ? text.length : found;
    }
    const lineEnd = Math.min(this.lineEnd, to);
    const braced = matchAt(name, text, start + 2);
    if (braced === undefined) return this.invalidAt(start, lineEnd, 'a variable name starts with a letter or an underscore');
    const afterName = start + 2 + braced.length;
    if (text[afterName] === '}' && afterName < lineEnd) return { kind: 'plain', name: braced, start, end: afterName + 1 };
    const sign = matchAt(operator, text, afterName);
    const operandStart = afterName + (sign?.length ?? 0);
    const close = sign === undefined ? undefined : this.closingBrace(start, operandStart, lineEnd);
    if (close === undefined) {
      const [wrong] = /^:?=/.exec(text.slice(afterName, Math.min(afterName + 2, lineEnd))) ?? [];
      const hint = wrong === undefined ? undefined : `Write ":-" for "${wrong}".`;
      return this.invalidAt(start, lineEnd, `after the name "${braced}", only }, :-, -, :+, +, :? or ? may follow`, hint);
    }
    return { kind: 'operator', name: braced, operator: sign as Operator, operandStart, start, end: close + 1 };
  }

  /**
   * Where the expression that starts at `start` ends. Braces are counted, and the character after an opening brace never counts, up to the
   * last closing brace of the line; where they do not balance, that last one closes. This is how the reference reads it, oddities included.
   */
  private closingBrace(start: number, operandStart: number, lineEnd: number): number | undefined {
    if (this.matchedTo <= start) this.matchBraces(start, this.lineEnd);
    const match = this.matches[start + 1 - this.matchedFrom];
    if (match && match < lineEnd) return match;
    for (let at = lineEnd - 1; at >= operandStart; at--) if (this.text[at] === '}') return at;
    return undefined;
  }

  /** Matches the braces of a line from its first expression on: all expressions behind it on the line count the same ones. */
  private matchBraces(start: number, lineEnd: number): void {
    this.matchedFrom = start;
    this.matchedTo = lineEnd;
    this.matches = new Int32Array(lineEnd - start);
    const open: number[] = [];
    for (let at = start; at < lineEnd; at++) {
      const character = this.text[at];
      if (character === '{') open.push(at++);
      else if (character === '}') {
        const opening = open.pop();
        if (opening !== undefined) this.matches[opening - start] = at;
      }
    }
  }

  /** A `${` that starts no expression, and how far the wrong text reaches: to the next closing brace of its line. */
  private invalidAt(start: number, lineEnd: number, message: string, hint?: string): Expression {
    for (let at = start; at < lineEnd; at++) if (this.text[at] === '}') return { kind: 'invalid', message, hint, start, end: at + 1 };
    const unclosed = 'the expression has no closing brace on its line';
    return { kind: 'invalid', message: unclosed, hint: 'Write } where the expression ends.', start, end: lineEnd };
  }
}
