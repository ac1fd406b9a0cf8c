// compose/schema.ts and schemas/compose-spec.json: the schema and the shapes of the model know the same attributes.
import { expect, test } from 'vitest';
import schema from '../../../schemas/compose-spec.json' with { type: 'json' };
import figSchema from '../../../schemas/x-fig.json' with { type: 'json' };
import { composeRule } from '../../../src/compose/rules.ts';
import { compileSchema, type Rule } from '../../../src/compose/schema.ts';
import { type Shape, type Struct, sections } from '../../../src/model/shape.ts';

/** Paths of all keys below a rule, `*` for names that users choose, `[]` for items. */
function keysOfRule(rule: Rule, path: string): readonly string[] {
  const keys = rule.forms.get('object')?.keys;
  const items = rule.forms.get('array')?.items;
  return [
    ...[...(keys?.known ?? [])].flatMap(([key, below]) => [`${path}.${key}`, ...keysOfRule(below, `${path}.${key}`)]),
    ...(keys?.patterns ?? []).flatMap(({ rule: below }) => (below ? keysOfRule(below, `${path}.*`) : [])),
    ...(items ? keysOfRule(items, `${path}.[]`) : []),
  ];
}

function keysOfShape(shape: Shape, path: string): readonly string[] {
  switch (shape.kind) {
    case 'struct':
      return keysOfStruct(shape.struct, path);
    case 'list':
      return keysOfShape(shape.of, `${path}.[]`);
    case 'map':
      return keysOfShape(shape.of, `${path}.*`);
    case 'limit':
      return [`${path}.soft`, `${path}.hard`];
    default:
      return [];
  }
}

function keysOfStruct({ fields }: Struct, path: string): readonly string[] {
  return fields.flatMap(({ key, shape }) => [`${path}.${key}`, ...keysOfShape(shape, `${path}.${key}`)]);
}

const known = new Set(sections.flatMap(({ key }) => keysOfRule(composeRule.forms.get('object')!.keys!.known.get(key)!, key)));
const held = new Set(sections.flatMap(({ key, struct }) => keysOfStruct(struct, `${key}.*`)));

test('every attribute of the schema has its place in the model', () => {
  const gone = [
    'services.*.pull_refresh_after', // Taken by the schema of the reference, and read by nothing.
    'networks.*.external.name', // Becomes name.
    'volumes.*.external.name',
    'secrets.*.external.name',
    'configs.*.external.name',
  ];
  expect([...known].filter(path => !held.has(path)).toSorted()).toEqual(gone.toSorted());
});

test('every place of the model is an attribute of the schema', () => {
  const hooks = ['post_start.[]', 'pre_stop.[]', 'develop.watch.[].exec'];
  const shared = [
    // One shape serves all hooks; only pre_start runs a container.
    ...hooks.flatMap(hook => [`services.*.${hook}.image`, `services.*.${hook}.per_replica`]),
    // One shape serves limits and reservations.
    ...['', '.[].capabilities', '.[].driver', '.[].count', '.[].device_ids', '.[].options'].map(
      key => `services.*.deploy.resources.limits.devices${key}`,
    ),
    ...['', '.[].discrete_resource_spec', '.[].discrete_resource_spec.kind', '.[].discrete_resource_spec.value'].map(
      key => `services.*.deploy.resources.limits.generic_resources${key}`,
    ),
    'services.*.deploy.resources.reservations.pids',
    // One shape serves configs and secrets.
    'secrets.*.content',
    'configs.*.driver',
    'configs.*.driver_opts',
  ];
  expect([...held].filter(path => !known.has(path)).toSorted()).toEqual(shared.toSorted());
});

test.each([
  ['compose-spec.json', schema],
  ['x-fig.json', figSchema],
])('every key of %s has a title and a description, and no description is long', (_, root) => {
  const bare: string[] = [];
  const visit = (node: object, path: string): void => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null) continue;
      const { title, description } = value as { title?: unknown; description?: unknown };
      const isTold = typeof title === 'string' && typeof description === 'string' && title.length <= 40 && description.length <= 100;
      if (path.endsWith('/properties') && !isTold) bare.push(`${path}/${key}`);
      visit(value, `${path}/${key}`);
    }
  };
  visit(root, '');
  expect(bare).toEqual([]);
});

test('the forms of one value differ by their type, so that the type chooses the form', () => {
  const types = (node: { type?: string | string[]; $ref?: string; oneOf?: object[] }): readonly string[] => {
    if (node.$ref) return types((schema.$defs as Record<string, object>)[node.$ref.slice('#/$defs/'.length)]!);
    return node.oneOf ? node.oneOf.flatMap(types) : [node.type ?? []].flat();
  };
  const visit = (node: object): void => {
    if ('oneOf' in node) {
      const all = types(node as { oneOf: object[] });
      expect(new Set(all).size, JSON.stringify(node)).toBe(all.length);
    }
    for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) visit(value);
  };
  visit(schema);
});

test('a reference that leads nowhere is a bug', () => {
  expect(() => compileSchema({ type: 'object', properties: { a: { $ref: '#/$defs/nothing' } } })).toThrow(
    'the schema has no #/$defs/nothing',
  );
});
