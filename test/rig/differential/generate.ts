// A seed → a case: a project over all attributes of the schema, its files, variables and the questions put to both programs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../sources.ts';
import { arrange } from './arrange.ts';
import type { Case } from './case.ts';
import { byKind, type Maker, makers, type Setting, userKeys } from './makers.ts';
import { questionsOf } from './questions.ts';
import { type Random, seededRandom } from './random.ts';
import { anyScalar, anyText } from './values.ts';
import { type Entry, list, map, raw, type Tree, text } from './writing.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly 'x-fig-grammar'?: string;
}

const schema = JSON.parse(readFileSync(join(root, 'schemas/compose-spec.json'), 'utf8')) as Schema & {
  readonly $defs: Record<string, Schema>;
};

const resolve = (one: Schema): Schema => (one.$ref ? (schema.$defs[one.$ref.replace('#/$defs/', '')] ?? {}) : one);

const patterns: readonly { readonly steps: readonly string[]; readonly maker: Maker }[] = makers.map(([pattern, maker]) => ({
  steps: pattern.split('.'),
  maker,
}));

function makerAt(path: readonly string[]): Maker | undefined {
  return patterns.find(({ steps }) => {
    const start = path.length - steps.length;
    return start >= 0 && steps.every((step, index) => (step === '*' ? path[start + index] !== '[]' : step === path[start + index]));
  })?.maker;
}

/** How daring a case is. */
interface Manner {
  /** The share of values that are replaced by anything at all. */
  readonly wildness: number;
  /** The share of optional keys within a mapping that are there. */
  readonly density: number;
}

interface Making extends Setting {
  readonly manner: Manner;
}

/** Anything at all, in the place of a value. */
function anything(random: Random): Tree {
  const roll = random.next();
  if (roll < 0.6) return anyScalar(random);
  if (roll < 0.7) return list([]);
  if (roll < 0.8) return list([anyScalar(random), anyScalar(random)]);
  if (roll < 0.9) return map([[random.pick(userKeys), anyScalar(random)]]);
  return raw(random.pick(['', 'null', '{}', '[]', '[[]]', '{a: [b]}', '!reset null', '!unknown x']));
}

/** A value that the schema allows at a path; undefined leaves it out. */
function make(at: Schema, path: readonly string[], making: Making): Tree | undefined {
  const { random, manner } = making;
  if (random.chance(manner.wildness)) return anything(random);
  const maker = makerAt(path);
  const made = maker?.(making);
  if (made) return made;
  const here = resolve(at);
  if (maker && !here.oneOf && !here.properties) return undefined;
  if (here.oneOf) {
    const choices = maker ? here.oneOf.filter(one => !isSingle(resolve(one))) : here.oneOf;
    return choices.length === 0 ? undefined : make(random.pick(choices), [...path, ''].slice(0, -1), { ...making, manner });
  }
  if (here['x-fig-grammar'] === 'duration') return byKind.duration(making);
  if (here.enum) return text(random.pick(here.enum));
  const types = typeof here.type === 'string' ? [here.type] : (here.type ?? ['string']);
  if (types.includes('boolean')) return byKind.boolean(making);
  if (types.includes('object') && !(types.includes('null') && random.chance(0.25))) return makeMap(here, path, making);
  if (types.includes('null') && types.length > 1 && !types.includes('string')) return raw('');
  if (types.includes('array')) return makeList(here, path, making);
  if (types.includes('integer') || types.includes('number')) return byKind.integer(making);
  if (types.includes('null') && types.length === 1) return raw('null');
  return random.chance(0.5) ? byKind.word(making) : byKind.text(making);
}

const isSingle = (one: Schema) => typeof one.type === 'string' && ['string', 'number', 'integer', 'null'].includes(one.type);

function makeList(at: Schema, path: readonly string[], making: Making): Tree {
  const items: Tree[] = [];
  const seen = new Set<string>();
  for (let count = making.random.below(4); count > 0; count--) {
    const item = make(at.items ?? {}, [...path, '[]'], making);
    const told = JSON.stringify(item);
    if (item && !seen.has(told)) items.push(item);
    seen.add(told);
  }
  return list(items);
}

function makeMap(at: Schema, path: readonly string[], making: Making): (Tree & { readonly kind: 'map' }) | undefined {
  const { random, manner } = making;
  const entries: Entry[] = [];
  for (const [key, schema] of Object.entries(at.properties ?? {})) {
    if (!at.required?.includes(key) && !random.chance(manner.density)) continue;
    const value = make(schema, [...path, key], making);
    if (value) entries.push([key, value]);
    else if (at.required?.includes(key)) return undefined;
  }
  for (const [pattern, schema] of Object.entries(at.patternProperties ?? {})) {
    if (pattern === '^x-') {
      if (random.chance(0.04)) entries.push([random.pick(['x-note', 'x-10', 'x-2', 'x-É']), extension(random)]);
      continue;
    }
    for (const key of random.some(userKeys, random.below(3))) {
      const value = make(schema, [...path, key], making);
      if (value) entries.push([key, value]);
    }
  }
  if (random.chance(manner.wildness / 2)) entries.push([random.pick(['unknown', 'evironment', 'Image', 'x_y']), anyScalar(random)]);
  const keys = entries.map(([key]) => key);
  const isClash = ([key]: Entry) => clashesWithin.some(([stays, goes]) => key === goes && keys.includes(stays));
  return map(shuffled(entries, random).filter(entry => !isClash(entry) || random.chance(0.05)));
}

/** As `clashes`, in the mappings below a service. */
const clashesWithin: readonly (readonly [stays: string, goes: string])[] = [
  ['dockerfile', 'dockerfile_inline'],
  ['count', 'device_ids'],
];

/** What may stand under an `x-` key: everything. */
function extension(random: Random): Tree {
  const roll = random.next();
  if (roll < 0.5) return anyScalar(random);
  if (roll < 0.75)
    return map([
      ['k', anyScalar(random)],
      ['a10', anyText(random)],
      ['a2', list([anyScalar(random), map([]), list([])])],
      ['', raw('1')],
    ]);
  return list([
    anyScalar(random),
    anyText(random),
    map([
      ['z', anyScalar(random)],
      ['b', raw('')],
    ]),
  ]);
}

function shuffled<T>(from: readonly T[], random: Random): readonly T[] {
  return from
    .map(item => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The attributes of a service, without `extends`, which arrange.ts sees to: it needs another service. */
const attributes = Object.keys(resolve({ $ref: '#/$defs/service' }).properties ?? {}).filter(key => key !== 'extends');

const serviceNames = ['web', 'db', 'cache', 'api-1', 'a.b', 'S_1', 'svc2', 'svc10', '10', 'n', 'x-dep'];

/** What may not stand beside each other in one service, or may only with more beside it: one of them goes, mostly. */
const clashes: readonly (readonly [stays: string, goes: string])[] = [
  ['network_mode', 'networks'],
  ['container_name', 'scale'],
  ['container_name', 'deploy'],
  ['deploy', 'scale'],
  ['deploy', 'cpus'],
  ['deploy', 'mem_limit'],
  ['deploy', 'mem_reservation'],
  ['deploy', 'pids_limit'],
];

function makeService(name: string, making: Making, wanted: readonly string[]): Tree & { readonly kind: 'map' } {
  const { random } = making;
  const service = resolve({ $ref: '#/$defs/service' });
  const chosen = new Map<string, Tree>();
  const keys = new Set([...wanted, random.chance(0.85) ? 'image' : 'build', ...random.some(attributes, random.below(9))]);
  for (const key of keys) {
    const value = make(service.properties?.[key] ?? {}, ['services', name, key], making);
    if (value) chosen.set(key, value);
  }
  if (!chosen.has('image') && !chosen.has('build')) chosen.set('image', text('nginx'));
  if (making.manner.wildness === 0 || random.chance(0.7)) {
    for (const [stays, goes] of clashes) if (chosen.has(stays)) chosen.delete(goes);
  }
  if (random.chance(0.06)) chosen.set('x-extra', extension(random));
  return map(shuffled([...chosen], random));
}

/** What is external has nothing but a name, mostly. */
function whole(entry: Tree, random: Random): Tree {
  const isExternal = entry.kind === 'map' && entry.entries.some(([key]) => key === 'external');
  return isExternal && random.chance(0.8) ? map(entry.entries.filter(([key]) => key === 'external' || key.startsWith('x-'))) : entry;
}

/** The case of a seed. Every tenth or so is wild: there, the verdict is what counts. */
export function generate(seed: number): Case {
  const random = seededRandom(seed);
  const manner: Manner = { wildness: random.chance(0.12) ? random.pick([0.02, 0.06]) : 0, density: random.pick([0.2, 0.4, 0.6]) };
  let given = 0;
  const few = (from: readonly string[], most: number) => random.some(from, random.below(most + 1));
  const names = {
    networks: few(['front', 'back', 'default', 'n10', 'n2'], 3),
    volumes: few(['data', 'v1', 'logs', 'a.b'], 3),
    secrets: few(['s1', 'token'], 2),
    configs: few(['c1', 'nginx.conf'], 2),
    models: few(['llm', 'm2'], 1),
  };
  const services = random.some(serviceNames, 1 + random.below(4));
  // Each attribute gets its turn: the seed says which.
  const turn = attributes[seed % attributes.length] ?? 'image';
  const base = { random, names, manner, fresh: () => ++given };
  const making = (index: number): Making => ({ ...base, earlier: services.slice(0, index) });
  const sections: Entry[] = [
    ['services', map(services.map((name, index) => [name, makeService(name, making(index), index === 0 ? [turn] : [])]))],
  ];
  for (const section of ['networks', 'volumes', 'secrets', 'configs', 'models'] as const) {
    if (names[section].length === 0) continue;
    const entry = resolve(Object.values(schema.properties?.[section]?.patternProperties ?? {})[0] ?? {});
    sections.push([
      section,
      map(names[section].map(name => [name, whole(make(entry, [section, name], making(services.length)) ?? raw(''), random)])),
    ]);
  }
  if (random.chance(0.3)) sections.push(['name', text(random.pick(['proj', 'My.Proj_X-1', 'p-${A}', '10', 'p_1']))]);
  if (random.chance(0.1)) sections.push(['version', raw(random.pick(['"3.8"', '"2"', "'3'"]))]);
  if (random.chance(0.15)) sections.push(['x-top', extension(random)]);
  const anew = (name: string) => makeService(name, making(services.indexOf(name)), []);
  const files = arrange(map(shuffled(sections, random)), { random, services, anew, isWild: manner.wildness > 0 });
  return { name: String(seed), ...files, questions: questionsOf(random, services) };
}
