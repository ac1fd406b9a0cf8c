// A JSON Schema as the rules that validate.ts walks: for each place of a document, what each type of value must be like. Run by rules.ts.
import { invariant } from '../diagnostics/invariant.ts';

/** The types of JSON; a whole number is also an `integer`. */
export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** What a value may be, by its type: a value of several forms is judged by the form of its own type only. */
export interface Rule {
  readonly forms: ReadonlyMap<JsonType, Form>;
  /** The attribute is read by nothing any more. */
  readonly obsolete: boolean;
  /** The grammar of a text, where fig can say more about it than its type. */
  readonly grammar: string | undefined;
}

/** What a value of one type must be like. */
export interface Form {
  readonly allowed: readonly string[] | undefined;
  readonly pattern: RegExp | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly keys: Keys | undefined;
  readonly items: Rule | undefined;
  /** No two items of the list are equal. */
  readonly unique: boolean;
}

/** The keys of a mapping. */
export interface Keys {
  readonly known: ReadonlyMap<string, Rule>;
  /** Keys by pattern, such as names that users choose; without a rule where anything goes. */
  readonly patterns: readonly { readonly pattern: RegExp; readonly rule: Rule | undefined }[];
  /** No other keys. */
  readonly closed: boolean;
  readonly required: readonly string[];
  /** Keys that only a newer Compose knows. */
  readonly newer: ReadonlySet<string>;
  /** Of the known keys, those that Fig and Compose up to 1.5 had too. */
  readonly old: ReadonlySet<string>;
  /** Keys of an older Compose, and what replaced them. */
  readonly instead: ReadonlyMap<string, string>;
}

/** The parts of JSON Schema that the file uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly type?: JsonType | readonly JsonType[];
  readonly oneOf?: readonly SchemaNode[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: SchemaNode;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly 'x-fig-newer'?: readonly string[];
  readonly 'x-fig-old'?: readonly string[];
  readonly 'x-fig-instead'?: Readonly<Record<string, string>>;
  readonly 'x-fig-grammar'?: string;
  readonly 'x-fig-obsolete'?: boolean;
}

/** The rules of a schema, from its root. Each `$ref` is compiled once. */
export function compileSchema(root: SchemaNode): Rule {
  const definitions = new Map<string, Rule>();
  const compile = (node: SchemaNode): Rule => {
    const base = node.$ref === undefined ? rule(node) : definition(node.$ref);
    return {
      forms: base.forms,
      obsolete: node['x-fig-obsolete'] ?? base.obsolete,
      grammar: node['x-fig-grammar'] ?? base.grammar,
    };
  };
  const definition = (reference: string): Rule => {
    const known = definitions.get(reference);
    if (known) return known;
    const node = root.$defs?.[reference.replace('#/$defs/', '')];
    invariant(node, `the schema has no ${reference}`);
    const made = compile(node);
    definitions.set(reference, made);
    return made;
  };
  const rule = (node: SchemaNode): Rule => {
    const forms = new Map<JsonType, Form>();
    for (const alternative of node.oneOf ?? []) for (const [type, form] of compile(alternative).forms) forms.set(type, form);
    const form = node.oneOf ? undefined : compileForm(node);
    for (const type of form ? [node.type ?? []].flat() : []) forms.set(type, form!);
    return { forms, obsolete: node['x-fig-obsolete'] ?? false, grammar: node['x-fig-grammar'] };
  };
  const compileForm = (node: SchemaNode): Form => ({
    allowed: node.enum,
    pattern: node.pattern === undefined ? undefined : new RegExp(node.pattern),
    minimum: node.minimum,
    maximum: node.maximum,
    keys: node.properties || node.patternProperties ? compileKeys(node) : undefined,
    items: node.items && compile(node.items),
    unique: node.uniqueItems ?? false,
  });
  const compileKeys = (node: SchemaNode): Keys => ({
    known: new Map(Object.entries(node.properties ?? {}).map(([key, value]) => [key, compile(value)])),
    patterns: Object.entries(node.patternProperties ?? {}).map(([pattern, value]) => ({
      pattern: new RegExp(pattern),
      rule: Object.keys(value).length === 0 ? undefined : compile(value),
    })),
    closed: node.additionalProperties === false,
    required: node.required ?? [],
    newer: new Set(node['x-fig-newer']),
    old: new Set(node['x-fig-old']),
    instead: new Map(Object.entries(node['x-fig-instead'] ?? {})),
  });
  return compile(root);
}
