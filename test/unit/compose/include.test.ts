// include: projects loaded on their own, whose resources come into the including file.
import { expect, test } from 'vitest';
import { complaints, project } from './loading.ts';

test('an included project brings its services and resources, with paths and .env of its own folder', async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [sub/inc.yaml]\nservices: {web: {image: w, depends_on: [db]}}',
    '/p/sub/inc.yaml': `
services: {db: {image: "db:\${TAG}", build: ./ctx, env_file: e, volumes: ["./data:/d", "named:/n"]}}
volumes: {named: {}}
name: other
`,
    '/p/sub/.env': 'TAG=sub',
    '/p/sub/e': 'X=1',
  });
  expect(found.name).toBe('p');
  expect(found.services['db']).toMatchObject({
    image: 'db:sub',
    build: { context: '/p/sub/ctx' },
    environment: { X: '1' },
    volumes: [{ source: '/p/sub/data' }, { source: 'named' }],
  });
  expect(found.volumes['named']).toMatchObject({ name: 'p_named' });
});

test('an empty item includes nothing', async () => {
  expect(await complaints('include: [null]\nservices: {a: {image: x}}')).toEqual([]);
});

test("the including project's variables win over an included project's env file", async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [{path: sub/inc.yaml, env_file: [one.env, two.env]}]',
    '/p/.env': 'A=main',
    '/p/one.env': 'A=one\nB=one\nC=one',
    '/p/two.env': 'C=two',
    '/p/sub/.env': 'B=unread',
    '/p/sub/inc.yaml': 'services: {db: {image: "$A-$B-$C", environment: [B]}}',
  });
  expect(found.services['db']).toMatchObject({ image: 'main-one-two', environment: { B: 'one' } });
});

test('several paths are one project with its overrides, in a directory of choice', async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [{path: [a/base.yaml, a/over.yaml], project_directory: b}]',
    '/p/a/base.yaml': 'services: {db: {image: one, build: .}}',
    '/p/a/over.yaml': 'services: {db: {image: two}}',
    '/p/b/.env': '',
  });
  expect(found.services['db']).toMatchObject({ image: 'two', build: { context: '/p/b' } });
});

test('in an included project, folders and env files of its own includes mean its folder, wherever fig was started', async () => {
  const files = {
    '/p/compose.yaml': 'include: [a/a.yaml]',
    '/p/a/a.yaml': 'include: [{path: b/b.yaml, project_directory: c, env_file: e.env}]',
    '/p/a/b/b.yaml': 'services: {b: {image: "x:$TAG", build: .}}',
    '/p/a/e.env': 'TAG=e',
  };
  const settings = { workingDirectory: '/elsewhere', files: ['/p/compose.yaml'] };
  const there = await project({ ...files, '/p/a/c/Dockerfile': '' }, settings);
  expect(there.services['b']).toMatchObject({ image: 'x:e', build: { context: '/p/a/c' } });
  expect((await project(files, settings)).services['b']?.build?.context).toBe('/p/a');
});

test('what both define is merged, the including file over the included one', async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [inc.yaml]\nservices: {db: {environment: {A: main}, ports: !override ["90:90"]}}',
    '/p/inc.yaml': 'services: {db: {image: x, environment: {A: inc, B: inc}, ports: ["80:80"]}}',
  });
  expect(found.services['db']).toMatchObject({ image: 'x', environment: { A: 'main', B: 'inc' }, ports: [{ target: 90 }] });
});

test('the same file reached twice counts once', async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [a.yaml, b.yaml]',
    '/p/a.yaml': 'include: [base.yaml]',
    '/p/b.yaml': 'include: [base.yaml]',
    '/p/base.yaml': 'services: {db: {image: x, cap_add: [A], security_opt: [x]}}',
  });
  expect(found.services['db']?.security_opt).toEqual(['x']);
});

test('a service may extend an included one, and a later file overrides it', async () => {
  const found = await project(
    {
      '/p/a.yaml': 'include: [inc.yaml]\nservices: {web: {extends: db, hostname: h}}',
      '/p/inc.yaml': 'services: {db: {image: x}}',
      '/p/b.yaml': 'services: {db: {image: y}}',
    },
    { files: ['a.yaml', 'b.yaml'] },
  );
  expect(found.services).toMatchObject({ web: { image: 'x', hostname: 'h' }, db: { image: 'y' } });
});

test('secrets of an included project take their values from its variables', async () => {
  const found = await project({
    '/p/compose.yaml': 'include: [sub/inc.yaml]',
    '/p/sub/inc.yaml': 'services: {db: {image: x, secrets: [s]}}\nsecrets: {s: {environment: PASS}}',
    '/p/sub/.env': 'PASS=hidden',
  });
  expect(found.secrets['s']).toMatchObject({ environment: 'PASS', value: 'hidden' });
});

test('files that include each other are reported with the way around', async () => {
  const files = {
    '/p/compose.yaml': 'services: {}\ninclude: [a.yaml]',
    '/p/a.yaml': 'include:\n  - compose.yaml',
  };
  expect(await complaints(files)).toEqual(['include.cycle /p/compose.yaml:2:11 include cycle detected:']);
});

test.each([
  ['include: inc.yaml', 'include.syntax /p/compose.yaml:1:10 `include` must be a list, got inc.yaml'],
  ['include: [[a]]', 'include.syntax /p/compose.yaml:1:11 an item of include must be a path, or a mapping with path'],
  ['include: [{path: {a: b}}]', 'include.syntax /p/compose.yaml:1:18 include.path must be a path or a list of paths'],
  [
    'include: [no.yaml]',
    'files.unreadable /p/compose.yaml:1:11 cannot read the file that is named here: open /p/no.yaml: no such file or directory',
  ],
  ['include: [{path: a.yaml, env_file: no}]', "files.unreadable /p/compose.yaml:1:36 couldn't find env file: /p/no"],
  [
    'include: [oci://x/y]',
    'request.not-yet /p/compose.yaml:1:11 include of "oci://x/y": files from git repositories and registries are not yet in fig',
  ],
])('%s is refused at its place', async (text, expected) => {
  const files = { '/p/compose.yaml': `${text}\nservices: {web: {image: x, depends_on: [db]}}`, '/p/a.yaml': 'services: {db: {image: x}}' };
  expect(await complaints(files)).toEqual([expected]);
});

test('a misspelt key brings a warning and is ignored', async () => {
  const files = { '/p/compose.yaml': 'include: [{path: a.yaml, env_files: x}]', '/p/a.yaml': 'services: {}' };
  expect(await complaints(files)).toEqual(['include.unknown-key /p/compose.yaml:1:26 include has no key "env_files"; it is ignored']);
});

test('mistakes in an included file are reported there, with those of the including one', async () => {
  const files = {
    '/p/compose.yaml': 'include: [a.yaml]\nservices: {web: {imag: x}}',
    '/p/a.yaml': 'services: {db: {image: x, prots: []}}',
  };
  expect((await complaints(files)).map(one => one.split(' ').slice(0, 2).join(' '))).toEqual([
    'schema.unknown-key /p/a.yaml:1:27',
    'schema.unknown-key /p/compose.yaml:2:18',
  ]);
});
