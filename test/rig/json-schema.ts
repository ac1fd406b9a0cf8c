// What a JSON value has that a schema does not allow: the few keywords that fig's own schemas use. An unknown keyword is an error of the schema.
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly items?: Schema;
}

const known = new Set(
  '$ref $defs $schema title description type enum pattern minLength minimum required properties additionalProperties items'.split(' '),
);

/** `PATH: what is wrong` of everything; empty where the value is as the schema says. */
export function violations(value: unknown, root: object): readonly string[] {
  const found: string[] = [];
  // A schema is read from a file; what of it is not known is told below.
  const { $defs = {} } = root as Schema;
  const check = (one: unknown, schema: Schema, path: string): void => {
    for (const keyword of Object.keys(schema)) if (!known.has(keyword)) found.push(`${path}: the schema has ${keyword}`);
    if (schema.$ref !== undefined) check(one, $defs[schema.$ref.replace('#/$defs/', '')]!, path);
    if (schema.type !== undefined && typeOf(one) !== schema.type) found.push(`${path}: is ${typeOf(one)}, not ${schema.type}`);
    if (schema.enum && !schema.enum.includes(one)) found.push(`${path}: is none of ${schema.enum.join(', ')}`);
    if (typeof one === 'string') {
      if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(one)) found.push(`${path}: does not match ${schema.pattern}`);
      if (one.length < (schema.minLength ?? 0)) found.push(`${path}: is too short`);
    }
    if (typeof one === 'number' && one < (schema.minimum ?? one)) found.push(`${path}: is less than ${schema.minimum}`);
    if (Array.isArray(one)) for (const [index, item] of one.entries()) check(item, schema.items ?? {}, `${path}[${index}]`);
    else if (one !== null && typeof one === 'object') {
      for (const key of schema.required ?? []) if (!(key in one)) found.push(`${path}: lacks ${key}`);
      for (const [key, part] of Object.entries(one)) {
        const rule = schema.properties?.[key];
        if (rule) check(part, rule, `${path}.${key}`);
        else if (schema.additionalProperties === false) found.push(`${path}: has ${key}`);
      }
    }
  };
  check(value, root as Schema, '$');
  return found;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
