// The loader as a whole: documents over documents, everything wrong at once, and no complaint twice.
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/compose/load.ts';
import { documentYaml } from '../../../src/exporters/compose.ts';
import { named } from '../../../src/model/named.ts';
import { memoryReader } from '../../../src/source/readers/memory.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { complaints, load, project, request } from './loading.ts';

describe('documents and files', () => {
  test('later documents and files go over earlier ones, with short forms over long ones', async () => {
    const found = await project(
      {
        '/p/a.yaml':
          'services: {web: {image: a, ports: ["80:80"], volumes: ["./x:/x"], environment: {A: "1"}}}\n---\nservices: {web: {ports: ["81:80"]}}',
        '/p/b.yaml': 'services: {web: {image: b, ports: ["0.0.0.0:80:80"], volumes: ["./y:/x"], environment: [A=2]}}',
      },
      { files: ['a.yaml', 'b.yaml'] },
    );
    expect(found.services['web']).toMatchObject({
      image: 'b',
      ports: [{ published: '80', host_ip: '0.0.0.0' }, { published: '81' }],
      volumes: [{ source: '/p/y', target: '/x' }],
      environment: { A: '2' },
    });
  });

  test('a service that is reset is gone', async () => {
    const files = {
      '/p/compose.yaml': 'services: {web: {image: a}, db: {image: b}}',
      '/p/compose.override.yaml': 'services: {db: !reset null}',
    };
    expect(Object.keys((await project(files)).services)).toEqual(['web']);
  });

  test('relative paths of all files mean the project directory', async () => {
    const files = { '/p/a.yaml': 'services: {web: {image: a}}', '/p/sub/b.yaml': 'services: {web: {volumes: ["./d:/d"]}}' };
    expect((await project(files, { files: ['a.yaml', 'sub/b.yaml'] })).services['web']?.volumes).toMatchObject([{ source: '/p/d' }]);
  });

  test('a file without content is refused, one with a name alone is not', async () => {
    expect(await complaints('')).toEqual(['project.empty - empty compose file']);
    expect(await complaints('# nothing')).toEqual(['project.empty - empty compose file']);
    expect((await project('name: x')).services).toEqual(named());
  });

  test('version is warned of, and does not count as content', async () => {
    expect(await complaints('version: "3"\nservices: {}')).toEqual([
      expect.stringMatching(/^schema.obsolete-version \/p\/compose.yaml:1:/),
    ]);
    expect((await load('version: "3"')).ok).toBe(false);
  });

  test('a root that is no mapping is refused', async () => {
    expect(await complaints('- a')).toEqual([expect.stringMatching(/^yaml.root-type \/p\/compose.yaml:1:1 /)]);
  });
});

describe('everything wrong at once', () => {
  test('mistakes of all kinds are found in one go, in the order of the file', async () => {
    const text = `
services:
  web:
    image: "nginx:\${TAG:?no tag}"
    enviroment: {A: "1"}
    ports: ["http:80", "81:80"]
    scale: "two"
    networks: [frnt]
    depends_on: [db]
    env_file: no.env
networks: {front: {}}
`;
    expect((await complaints(text)).map(one => one.split(' ').slice(0, 2).join(' '))).toEqual([
      'interpolation.required-variable /p/compose.yaml:4:19',
      'schema.unknown-key /p/compose.yaml:5:5',
      'value.invalid /p/compose.yaml:6:14',
      'interpolation.cast /p/compose.yaml:7:12',
      'reference.unknown-network /p/compose.yaml:8:16',
      'reference.unknown-service /p/compose.yaml:9:18',
      'files.unreadable /p/compose.yaml:10:15',
    ]);
  });

  test('a value that was found wrong brings no second complaint', async () => {
    expect(await complaints('services: {web: {image: x, tty: "$T", scale: "${N"}}', { environment: { T: 'maybe' } })).toEqual([
      expect.stringMatching(/^interpolation.cast /),
      expect.stringMatching(/^interpolation.format /),
    ]);
    expect(await complaints('services: {web: {image: x, depends_on: ["${D:?}"]}}')).toHaveLength(1);
    expect(await complaints('services: {web: {imag: x}}')).toHaveLength(1);
    expect(await complaints('services: {web: {image: x, volumes: [{type: bind, src: ./a, target: /a}]}}')).toHaveLength(1);
  });

  test('names that a broken part may have defined are not complained of', async () => {
    expect(await complaints('services: {web: {image: x, depends_on: [db]}, db: 5}')).toHaveLength(1);
    expect(await complaints('include: [no.yaml]\nservices: {web: {image: x, depends_on: [db]}}')).toHaveLength(1);
    const files = { '/p/a.yaml': 'services: {web: {image: x, networks: [n]}}', '/p/b.yaml': 'networks: {n: {}' };
    expect(await complaints(files, { files: ['a.yaml', 'b.yaml'] })).toEqual([expect.stringMatching(/^yaml.syntax \/p\/b.yaml:/)]);
  });

  test('warnings are kept beside errors, and beside a project', async () => {
    expect((await complaints('services: {web: {image: "$A", imge: x}}')).map(one => one.split(' ')[0])).toEqual([
      'interpolation.unset-variable',
      'schema.unknown-key',
    ]);
    const loaded = await load('services: {web: {image: "x$A"}}');
    expect(loaded).toMatchObject({ ok: true, warnings: [{ code: 'interpolation.unset-variable', severity: 'warning' }] });
  });
});

describe('passes that are left out', () => {
  const text = 'services: {web: {image: "x:${TAG:-1}", volumes: ["./d:/d"], environment: [HOME], scale: 2, depends_on: [no]}}';

  test('without interpolation there is the document, and every variable with what is said about it', async () => {
    const loaded = await load(text, { skip: { interpolation: true, typing: true }, environment: { TAG: '2', HOME: '/h' } });
    expect(loaded).toMatchObject({ ok: true, variables: [{ name: 'TAG', defaultValue: '1', required: false }] });
    const shown = JSON.stringify(loaded.ok ? [...loaded.document.entries.keys()] : []);
    expect(shown).toBe('["services","name","networks"]');
  });

  test('without interpolation, no value of a secret gets into the document', async () => {
    const text = 'services: {}\nsecrets: {s: {environment: PASS}}\nconfigs: {c: {environment: PASS}}';
    const loaded = await load(text, { skip: { interpolation: true, typing: true }, environment: { PASS: 'hidden' } });
    expect(loaded.ok && documentYaml(loaded.document)).toContain('environment: PASS');
    expect(loaded.ok && documentYaml(loaded.document)).not.toContain('hidden');
  });

  test('without validation, variables of a wrong file are found', async () => {
    const loaded = await load('services: {web: {imag: "$A"}}', { skip: { interpolation: true, typing: true, validation: true } });
    expect(loaded).toMatchObject({ ok: true, variables: [{ name: 'A' }] });
  });

  test('without consistency, undefined names pass', async () => {
    expect(await complaints(text)).toHaveLength(1);
    expect((await load(text, { skip: { consistency: true } })).ok).toBe(true);
  });

  test('without path resolution, paths stay, and those of included files are seen from the project', async () => {
    const files = {
      '/p/compose.yaml':
        'include: [sub/inc.yaml]\nservices: {web: {extends: {file: sub/base.yaml, service: base}}, own: {image: x, build: ctx}}',
      '/p/sub/inc.yaml': 'services: {db: {image: x, build: ctx, env_file: e}}',
      '/p/sub/base.yaml': 'services: {base: {image: x, build: ctx}}',
      '/p/sub/e': 'A=1',
    };
    const found = await project(files, { skip: { pathResolution: true } });
    expect(found.services).toMatchObject({
      own: { build: { context: 'ctx' } },
      db: { build: { context: 'sub/ctx' }, environment: { A: '1' } },
      web: { build: { context: 'sub/ctx' } },
    });
  });

  test('without normalisation, nothing is added', async () => {
    const found = await project('services: {web: {image: x}}', { skip: { normalization: true } });
    expect(found.services['web']).not.toHaveProperty('networks');
    expect(found.networks).toEqual(named());
  });
});

test('a value can be followed to the file that won', async () => {
  const files = {
    '/p/compose.yaml': 'services: {web: {image: a, command: [x]}}',
    '/p/compose.override.yaml': 'services:\n  web:\n    image: b$TAG',
    '/p/.env': 'TAG=1',
  };
  const origin = (await project(files)).origins.at('services.web.image');
  expect(origin).toMatchObject({ how: 'merged', over: { how: 'interpolated', variable: 'TAG' } });
  const set = origin?.how === 'merged' && origin.over.how === 'interpolated' ? origin.over.set : undefined;
  expect(set !== 'environment' && set?.how === 'written' && formatPlace(set.span)).toBe('/p/.env:1:1');
});

test('each file is read once', async () => {
  const read: string[] = [];
  const reader = memoryReader({
    '/p/compose.yaml': 'include: [a.yaml, b.yaml]\nservices: {web: {extends: {file: base.yaml, service: x}}}',
    '/p/a.yaml': 'services: {a: {extends: {file: base.yaml, service: x}}}',
    '/p/b.yaml': 'services: {b: {extends: {file: base.yaml, service: x}, env_file: [e, e]}}',
    '/p/base.yaml': 'services: {x: {image: i}}',
    '/p/.env': 'A=1',
    '/p/e': 'B=1',
  });
  const counting = {
    ...reader,
    read(path: string) {
      read.push(path);
      return reader.read(path);
    },
  };
  expect((await loadProject(request, counting)).ok).toBe(true);
  expect(read.toSorted()).toEqual(['/p/.env', '/p/a.yaml', '/p/b.yaml', '/p/base.yaml', '/p/compose.yaml', '/p/e']);
});

test('a list of hosts that two files have in the same words is there once', async () => {
  const text = 'services: {web: {image: i, extra_hosts: ["z:1.1.1.1,2.2.2.2"]}}\n';
  const { services } = await project({ '/p/a.yaml': text, '/p/b.yaml': text }, { files: ['a.yaml', 'b.yaml'] });
  expect(services['web']?.extra_hosts).toEqual(['z=1.1.1.1', 'z=2.2.2.2']);
});

test('a hook that two files have in the same words is there once', async () => {
  const text = 'services: {web: {image: i, pre_stop: [{command: [x], environment: [A=1, B]}]}}\n';
  const { services } = await project({ '/p/a.yaml': text, '/p/b.yaml': text }, { files: ['a.yaml', 'b.yaml'], environment: { B: '2' } });
  expect(services['web']?.pre_stop).toHaveLength(1);
  expect({ ...services['web']?.pre_stop?.[0]?.environment }).toEqual({ A: '1', B: null });
});

test('without normalisation, the name of a file stays as it is written', async () => {
  const text = 'name: My.Shop\nservices: {web: {image: i, container_name: "${COMPOSE_PROJECT_NAME}"}}\n';
  const found = await project(text, { skip: { normalization: true } });
  expect([found.name, found.services['web']?.container_name]).toEqual(['My.Shop', 'My.Shop']);
});

test('a name of a pair may hold any character but a line end', async () => {
  const found = await project('services: {web: {image: i, labels: {"\\u2028": a, "\\r": b}}}\n');
  expect(Object.keys(found.services['web']?.labels ?? {})).toEqual(['\u2028', '\r']);
});

test('tags work in services whose name has a dot', async () => {
  const over = 'services: {web.a: {image: !reset null, build: !override {context: x}}}\n';
  const files = { '/p/a.yaml': 'services: {web.a: {image: i, build: {context: y, target: z}}}\n', '/p/b.yaml': over };
  const { services } = await project(files, { files: ['a.yaml', 'b.yaml'] });
  expect(services['web.a']?.image).toBeUndefined();
  expect(services['web.a']?.build).toMatchObject({ context: '/p/x', dockerfile: 'Dockerfile' });
  expect(services['web.a']?.build?.target).toBeUndefined();
});

test('limits in quotes are printed as they are where nothing is interpolated', async () => {
  const found = await load('services: {web: {image: i, ulimits: {nproc: "3"}}}\n', { skip: { interpolation: true, typing: true } });
  expect(found.ok && documentYaml(found.document)).toContain('nproc: "3"');
});

test.each([
  'configs: [2020-01-01]',
  'secrets: [{source: 2020-01-01}]',
  'env_file: [{path: 2020-01-01}]',
  'volumes: [2020-01-01]',
  'ports: [2020-01-01]',
])('%s is refused', async attributes => {
  expect(await complaints(`services: {web: {image: i, ${attributes}}}\n`)).toContainEqual(
    expect.stringMatching(/^value\.invalid .* (?:date|type)/),
  );
});
