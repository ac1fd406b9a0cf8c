// Templates of --format: the part of Go's template language that tables of containers need. Text, fields, calls and pipes;
// everything that branches or loops is answered with "not yet".

/** A row that a template is filled with. A function is a method, as `.Label`. */
export type Row = Readonly<Record<string, unknown>>;

/** A template that cannot be read, or asks for what is not there; the message is ready to show. */
export class TemplateFailure extends Error {
  override readonly name = 'TemplateFailure';

  constructor(message: string) {
    super(`template parsing error: template: :1${message}`);
  }
}

export interface Template {
  /** The text for one row. Throws TemplateFailure. */
  fill(row: Row): string;
}

type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: number }
  | { readonly kind: 'method'; readonly of: Expression; readonly args: readonly Expression[] };

type Part = string | Expression;

/** Reads a template. Throws TemplateFailure. */
export function parseTemplate(source: string): Template {
  const parts = divide(source);
  return { fill: row => parts.map(part => (typeof part === 'string' ? part : printValue(evaluate(part, row)))).join('') };
}

/** Text and actions in turn; `{{-` and `-}}` take the white space beside them away. */
function divide(source: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = source.indexOf('{{', at);
    if (open === -1) {
      parts.push(source.slice(at));
      return parts;
    }
    const close = source.indexOf('}}', open);
    if (close === -1) throw new TemplateFailure(': unclosed action');
    let text = source.slice(at, open);
    let action = source.slice(open + 2, close);
    at = close + 2;
    if (/^-\s/.test(action)) {
      text = text.trimEnd();
      action = action.slice(1);
    }
    if (/\s-$/.test(action)) {
      action = action.slice(0, -1);
      at += (/^\s*/.exec(source.slice(at))?.[0] ?? '').length;
    }
    parts.push(text);
    if (!/^\s*\/\*.*\*\/\s*$/s.test(action)) parts.push(parseAction(action, open + 2));
  }
}

const branching = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue']);

interface Word {
  readonly text: string;
  readonly at: number;
}

function parseAction(action: string, offset: number): Expression {
  const words: Word[] = [...action.matchAll(/"(?:\\.|[^"\\])*"|`[^`]*`|-?\d+|[()|]|\.?[\w.]+|\$\w*|\S/g)].map(match => ({
    text: match[0],
    at: offset + match.index,
  }));
  if (words.length === 0) throw new TemplateFailure(': missing value for command');
  let next = 0;

  function pipeline(): Expression {
    let left = command();
    while (words[next]?.text === '|') {
      next++;
      const target = command();
      if (target.kind !== 'call') throw new TemplateFailure(': a pipe must lead to a function');
      left = { ...target, args: [...target.args, left] };
    }
    return left;
  }

  function command(): Expression {
    const operands: Expression[] = [];
    let name: Word | undefined;
    for (let word = words[next]; word && word.text !== '|' && word.text !== ')'; word = words[next]) {
      next++;
      if (operands.length === 0 && !name && /^[A-Za-z_]\w*$/.test(word.text) && !isLiteralWord(word.text)) name = word;
      else operands.push(operand(word));
    }
    if (name) return { kind: 'call', name: known(name), args: operands, at: name.at };
    const [first, ...args] = operands;
    if (!first) throw new TemplateFailure(': missing value for command');
    return args.length > 0 ? { kind: 'method', of: first, args } : first;
  }

  function operand(word: Word): Expression {
    const { text, at } = word;
    if (text === '(') {
      const inner = pipeline();
      if (words[next++]?.text !== ')') throw new TemplateFailure(': unclosed left paren');
      return inner;
    }
    if (text.startsWith('"')) return { kind: 'literal', value: JSON.parse(text) as string };
    if (text.startsWith('`')) return { kind: 'literal', value: text.slice(1, -1) };
    if (/^-?\d+$/.test(text)) return { kind: 'literal', value: Number(text) };
    if (isLiteralWord(text)) return { kind: 'literal', value: text === 'true' };
    if (text.startsWith('.')) return { kind: 'field', path: text.split('.').filter(part => part !== ''), at };
    if (/^[A-Za-z_]\w*$/.test(text)) return { kind: 'call', name: known(word), args: [], at };
    throw new TemplateFailure(`: not yet in fig: ${JSON.stringify(text)}`);
  }

  const read = pipeline();
  if (next < words.length) throw new TemplateFailure(`: unexpected ${JSON.stringify(words[next]?.text)} in command`);
  return read;
}

const isLiteralWord = (text: string) => text === 'true' || text === 'false';

function known({ text }: Word): string {
  if (branching.has(text)) throw new TemplateFailure(`: {{${text}}} is not yet in fig`);
  if (!(text in functions)) throw new TemplateFailure(`: function ${JSON.stringify(text)} not defined`);
  return text;
}

function evaluate(expression: Expression, row: Row): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'field':
      return fieldOf(expression.path, row, expression.at);
    case 'call':
      return functions[expression.name]?.(...expression.args.map(arg => evaluate(arg, row)));
    case 'method': {
      const method = evaluate(expression.of, row);
      if (typeof method !== 'function') throw new TemplateFailure(": can't give argument to non-function");
      return method(...expression.args.map(arg => evaluate(arg, row)));
    }
  }
}

function fieldOf(path: readonly string[], row: Row, at: number): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !(name in value)) {
      const place = `:${at + 1}: executing "" at <.${path.join('.')}>`;
      throw new TemplateFailure(`${place}: can't evaluate field ${name}`);
    }
    value = (value as Row)[name];
  }
  return value;
}

const asText = (value: unknown) => printValue(value);

/** The functions that the docker command gives its templates. */
const functions: Readonly<Record<string, (...args: unknown[]) => unknown>> = Object.assign(Object.create(null), {
  json: (value: unknown) => goJson(value),
  upper: (value: unknown) => asText(value).toUpperCase(),
  lower: (value: unknown) => asText(value).toLowerCase(),
  title: (value: unknown) => asText(value).replace(/(^|\s)\S/g, letter => letter.toUpperCase()),
  split: (value: unknown, separator: unknown) => asText(value).split(asText(separator)),
  join: (values: unknown, separator: unknown) => (values as readonly unknown[]).map(asText).join(asText(separator)),
  pad: (value: unknown, before: unknown, after: unknown) =>
    asText(value) === '' ? '' : `${' '.repeat(Number(before))}${asText(value)}${' '.repeat(Number(after))}`,
  truncate: (value: unknown, length: unknown) => asText(value).slice(0, Number(length)),
  println: (...values: unknown[]) => `${values.map(asText).join(' ')}\n`,
  print: (...values: unknown[]) => values.map(asText).join(''),
  len: (value: unknown) => (Array.isArray(value) ? value.length : new TextEncoder().encode(asText(value)).length),
});

/** A value as Go's %v prints it. */
function printValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(' ')}]`;
  if (value === null || value === undefined) return '<no value>';
  if (typeof value === 'object') return `{${Object.values(value).map(printValue).join(' ')}}`;
  return String(value);
}

/** JSON as Go writes it: compact, with <, > and & escaped. Methods of a row are left out; keys keep their order. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
