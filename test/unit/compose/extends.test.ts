// extends: services over the ones they extend.
import { expect, test } from 'vitest';
import { originSpan } from '../../../src/source/origin.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { complaints, load, project } from './loading.ts';

test('a service takes what it does not say itself from another one of its file', async () => {
  const found = await project(`
services:
  base: {image: x, command: [a, b], environment: {A: base, B: base}, ports: ["80:80"]}
  web: {extends: base, command: [c], environment: {A: web}, ports: ["81:80"]}
`);
  expect(found.services['web']).toMatchObject({
    image: 'x',
    command: ['c'],
    environment: { A: 'web', B: 'base' },
    ports: [{ published: '80' }, { published: '81' }],
  });
  expect(found.services['web']).not.toHaveProperty('extends');
  expect(found.services['base']).toMatchObject({ command: ['a', 'b'] });
});

test('an extended file keeps its own folder, and its variables are those of the project', async () => {
  const found = await project({
    '/p/compose.yaml': 'services: {web: {extends: {file: sub/base.yaml, service: base}}}',
    '/p/.env': 'TAG=main',
    '/p/sub/base.yaml': 'services: {base: {image: "x:$TAG", build: ., env_file: e, volumes: ["./d:/d"]}, other: {image: y}}',
    '/p/sub/e': 'A=1',
  });
  expect(found.services['web']).toMatchObject({
    image: 'x:main',
    build: { context: '/p/sub' },
    environment: { A: '1' },
    volumes: [{ source: '/p/sub/d' }],
  });
  expect(Object.keys(found.services)).toEqual(['web']);
});

test('chains go on through files, each file name relative to its own file', async () => {
  const found = await project({
    '/p/compose.yaml': 'services: {web: {extends: {file: a/one.yaml, service: one}, hostname: web}}',
    '/p/a/one.yaml': 'services: {one: {extends: {file: b/two.yaml, service: two}, labels: {l: one}}}',
    '/p/a/b/two.yaml': 'services: {two: {extends: three, build: ctx}, three: {image: x, hostname: three}}',
  });
  expect(found.services['web']).toMatchObject({ image: 'x', hostname: 'web', labels: { l: 'one' }, build: { context: '/p/a/b/ctx' } });
});

test('a service may extend one of its own name in another file', async () => {
  const files = {
    '/p/compose.yaml': 'services: {web: {extends: {file: b.yaml, service: web}}}',
    '/p/b.yaml': 'services: {web: {image: x}}',
  };
  expect((await project(files)).services['web']?.image).toBe('x');
});

test('tags clear what the extended service gives', async () => {
  const found = await project(`
services:
  base: {image: x, ports: ["80:80"], environment: {A: "1", B: "2"}}
  web: {extends: base, ports: !reset [], environment: !override {C: "3"}}
`);
  expect(found.services['web']).toMatchObject({ image: 'x', environment: { C: '3' } });
  expect(found.services['web']).not.toHaveProperty('ports');
});

test('all documents of an extended file count, and its includes do not', async () => {
  const found = await project({
    '/p/compose.yaml': 'services: {web: {extends: {file: b.yaml, service: base}}}',
    '/p/b.yaml': 'include: [no.yaml]\nservices: {base: {image: x}}\n---\nservices: {base: {hostname: h}}',
  });
  expect(found.services['web']).toMatchObject({ image: 'x', hostname: 'h' });
});

test('an inherited value remembers where it was written', async () => {
  const found = await project({
    '/p/compose.yaml': 'services: {web: {extends: {file: b.yaml, service: base}, hostname: web}}',
    '/p/b.yaml': 'services: {base: {image: x, hostname: base}}',
  });
  expect(formatPlace(originSpan(found.origins.at('services.web.image')!)!)).toBe('/p/b.yaml:1:26');
  expect(found.origins.at('services.web.hostname')).toMatchObject({ how: 'inherited' });
  expect(formatPlace(originSpan(found.origins.at('services.web.hostname')!)!)).toMatch(/^\/p\/compose\.yaml:1:/);
});

test.each([
  [
    '{web: {extends: bse}, base: {image: x}}',
    'extends.unknown-service /p/compose.yaml:1:27 cannot extend service "web" in /p/compose.yaml: service "bse" not found',
  ],
  [
    '{web: {extends: {file: b.yaml, service: no}}}',
    'extends.unknown-service /p/compose.yaml:1:51 cannot extend service "web" in /p/compose.yaml: service "no" not found in b.yaml',
  ],
  [
    '{web: {extends: {file: no.yaml, service: a}}}',
    'files.unreadable /p/compose.yaml:1:34 cannot read the file that is named here: open /p/no.yaml: no such file or directory',
  ],
  ['{web: {extends: {file: b.yaml}}}', 'extends.syntax /p/compose.yaml:1:18 extends.web.service is required'],
  ['{web: {extends: [a]}}', 'extends.syntax /p/compose.yaml:1:18 services.web.extends must be the name of a service, or a mapping'],
  ['{web: {extends: {file: 1, service: a}}}', 'extends.syntax /p/compose.yaml:1:18 extends.web.file must be a path'],
  [
    '{web: {extends: {file: "git@x:y", service: a}}}',
    'request.not-yet /p/compose.yaml:1:34 extends from "git@x:y": files from git repositories and registries are not yet in fig',
  ],
  ['{web: {extends: web}}', 'extends.cycle /p/compose.yaml:1:27 Circular reference:'],
])('%s is refused at its place, once', async (services, expected) => {
  const files = { '/p/compose.yaml': `services: ${services}`, '/p/b.yaml': 'services: {a: {image: x}}' };
  expect(await complaints(files)).toEqual([expected]);
});

test('a circle is told once, with every link', async () => {
  const loaded = await load('services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n  d: {extends: a, image: x}');
  if (loaded.ok) throw new Error('a circle was accepted');
  expect(loaded.diagnostics).toHaveLength(1);
  const [found] = loaded.diagnostics;
  const file = '/p/compose.yaml';
  expect(found?.message).toBe(
    `Circular reference:\n  a in ${file}\n  extends b in ${file}\n  extends c in ${file}\n  extends a in ${file}`,
  );
  expect(found?.related.map(({ span }) => formatPlace(span))).toEqual([`${file}:3:16`, `${file}:4:16`]);
});

test('a misspelt key brings a warning and is ignored', async () => {
  expect(await complaints('services: {base: {image: x}, web: {extends: {service: base, environment: {A: "1"}}}}')).toEqual([
    'extends.unknown-key /p/compose.yaml:1:61 extends has no key "environment"; it is ignored',
  ]);
});

test('of a service that extends one of another file that is there and empty, the reference stays: it is printed, as by the reference', async () => {
  const found = await project({
    '/p/compose.yaml': 'services: {web: {extends: {file: base.yaml, service: base}, image: x}}',
    '/p/base.yaml': 'services:\n  base:\n',
  });
  expect(found.services['web']).toMatchObject({ image: 'x', extends: { file: '/p/base.yaml', service: 'base' } });
});
