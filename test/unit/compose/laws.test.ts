// What holds for every Compose file: printing and loading lose nothing, the order of keys says nothing, and an empty file changes nothing.
// The files are drawn from attributes of all kinds, in their short and long forms.
import { describe, expect, test } from 'vitest';
import { composeJson, composeYaml, serviceHashes } from '../../../src/api/convert.ts';
import type { Project } from '../../../src/model/project.ts';
import { fc } from '../properties.ts';
import { project } from './loading.ts';

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
type File = { readonly [key: string]: Value };

/** Texts that YAML, the templates of variables and the reference's printer each have their own idea of. */
const words = fc.oneof(
  fc.constantFrom(
    'a',
    'yes',
    '010',
    '1_000',
    '1e3',
    'null',
    '~',
    '2020-01-01',
    '12:30',
    '- x',
    ': x',
    '#x',
    'a: b',
    'é😀',
    '\u0085',
    'x\ny\n',
    ' x ',
    "it's",
  ),
  fc.constantFrom(
    '$',
    '$$',
    'a$b',
    '${A}',
    '"',
    '\\',
    '\t',
    '&a',
    '*a',
    '!x',
    '%',
    '@',
    '|',
    '>',
    '{',
    '[a]',
    '<<',
    '=',
    '',
    'a'.repeat(200),
  ),
  fc.string({ maxLength: 12 }),
);
/** As a text of the file, in which a dollar is written twice. */
const literal = words.map(text => text.replaceAll('$', '$$$$'));
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/);
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,6}$/);
const port = fc.integer({ min: 1, max: 65535 });
const duration = fc.constantFrom('10s', '1m30s', '500ms', '1.5h', '0s', '1d');
const size = fc.constantFrom('64m', '1gb', 1024, '1.5k', '0');
const path = fc.stringMatching(/^\/[a-z]{1,5}(\/[a-z]{1,5})?$/);
const list = <T extends Value>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { maxLength: 3, selector: one => JSON.stringify(one) });
const map = <T extends Value>(value: fc.Arbitrary<T>) => fc.dictionary(key, value, { maxKeys: 3 });
const scalar = fc.oneof(literal, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());

const mount = fc.oneof(
  path.map(target => `.${target}:${target}:ro`),
  fc.record(
    { type: fc.constant('bind'), source: path, target: path, read_only: fc.boolean() },
    { requiredKeys: ['type', 'source', 'target'] },
  ),
  fc.record(
    { type: fc.constant('tmpfs'), target: path, tmpfs: fc.record({ size }, { requiredKeys: [] }) },
    { requiredKeys: ['type', 'target'] },
  ),
);

const service = fc.record(
  {
    image: fc.constantFrom('a', 'a/b:1', 'r.example:5000/a@sha256:' + '0'.repeat(64)),
    command: fc.oneof(list(literal), fc.constantFrom('a b "c d"', '', null)),
    entrypoint: list(literal),
    environment: fc.oneof(
      map(fc.oneof(scalar, fc.constant(null))),
      map(literal).map(all => Object.entries(all).map(([name, value]) => `${name}=${value}`)),
    ),
    labels: map(scalar),
    annotations: map(literal),
    ports: list(
      fc.oneof(
        port,
        port.map(one => `127.0.0.1::${one}/udp`),
        fc.tuple(port, port).map(([a, b]) => `${a}:${b}`),
        fc.record(
          { target: port, published: port.map(String), name: literal, mode: fc.constantFrom('host', 'ingress') },
          { requiredKeys: ['target'] },
        ),
      ),
    ),
    volumes: fc.uniqueArray(mount, { maxLength: 3, selector: one => (typeof one === 'string' ? one.split(':')[1] : one.target) }),
    healthcheck: fc.record(
      {
        test: list(literal).map(args => ['CMD', ...args]),
        interval: duration,
        retries: fc.integer({ min: 0, max: 9 }),
        disable: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    stop_grace_period: duration,
    mem_limit: size,
    shm_size: size,
    cpus: fc.constantFrom(0.5, '1.5', 2),
    init: fc.boolean(),
    read_only: fc.boolean(),
    tty: fc.boolean(),
    hostname: literal,
    user: literal,
    cap_add: list(name),
    dns: fc.oneof(fc.constant('1.1.1.1'), list(fc.constantFrom('1.1.1.1', '8.8.8.8'))),
    tmpfs: list(path),
    sysctls: map(fc.oneof(literal, fc.integer())),
    ulimits: fc.record({ nofile: fc.oneof(fc.nat(), fc.record({ soft: fc.nat(), hard: fc.nat() })) }, { requiredKeys: [] }),
    logging: fc.record({ driver: fc.constantFrom('json-file', 'none'), options: map(literal) }, { requiredKeys: [] }),
    extra_hosts: list(name.map(host => `${host}:10.0.0.1`)),
    deploy: fc.record({ replicas: fc.nat(3), labels: map(literal), resources: fc.constant({ limits: { pids: 9 } }) }, { requiredKeys: [] }),
    build: fc.oneof(
      fc.constant('.'),
      fc.record({ context: fc.constantFrom('.', './b'), args: map(scalar), target: name }, { requiredKeys: [] }),
    ),
    profiles: fc.constant([]),
    'x-own': fc.oneof(scalar, list(literal), map(fc.oneof(scalar, fc.constant(null), map(literal)))),
  },
  { requiredKeys: ['image'] },
);

const file: fc.Arbitrary<File> = fc
  .record({ services: fc.dictionary(name, service, { minKeys: 1, maxKeys: 4 }), shared: fc.array(name, { maxLength: 2 }) })
  .map(({ services, shared }) => {
    const names = Object.keys(services);
    const linked = Object.entries(services).map(([name, given], index) => [
      name,
      {
        ...given,
        ...(index > 0 ? { depends_on: [names[index - 1]!] } : {}),
        ...(shared.length > 0 ? { networks: [...new Set(shared)] } : {}),
      },
    ]);
    return { services: Object.fromEntries(linked), networks: Object.fromEntries(shared.map(name => [name, null])) } as File;
  });

/** JSON is YAML; what it cannot say are the shapes of YAML, which print.test.ts and parse.test.ts are about. */
const load = (...files: readonly File[]) => {
  const names = files.map((_, index) => `/p/${index}.yaml`);
  return project(Object.fromEntries(files.map((one, index) => [names[index]!, JSON.stringify(one)])), { files: names });
};

const told = (project: Project) => ({ yaml: composeYaml(project), json: composeJson(project), hashes: serviceHashes(project) });

/** The same value with the keys of all its mappings in another order. */
function reordered(value: Value, order: (keys: string[]) => string[]): Value {
  if (Array.isArray(value)) return value.map(item => reordered(item, order));
  if (value === null || typeof value !== 'object') return value;
  const record = value as File;
  return Object.fromEntries(order(Object.keys(record)).map(key => [key, reordered(record[key] ?? null, order)]));
}

describe('for every project', () => {
  test('what was printed loads as the same project', async () => {
    await fc.assert(
      fc.asyncProperty(file, async file => {
        const first = told(await load(file));
        const again = await project({ '/p/0.yaml': first.yaml }, { files: ['/p/0.yaml'] });
        expect(told(again)).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });

  test('the order of keys says nothing', async () => {
    await fc.assert(
      fc.asyncProperty(file, async file => {
        const first = told(await load(file));
        expect(told(await load(reordered(file, keys => keys.reverse()) as File))).toEqual(first);
        expect(told(await load(reordered(file, keys => keys.sort()) as File))).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });

  test('a further file without services changes nothing, before it or after it', async () => {
    await fc.assert(
      fc.asyncProperty(file, async file => {
        const first = told(await load(file));
        expect(told(await load(file, { services: {} }))).toEqual(first);
        expect(told(await load({ services: {} }, file))).toEqual(first);
        expect(told(await load(file, file))).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });
});
