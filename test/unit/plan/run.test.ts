// Plans of `run`, `pull` and `build`.
import { expect, test } from 'vitest';
import { named } from '../../../src/model/named.ts';
import { plan } from '../../../src/plan/planners.ts';
import { fresh, image, planText, project, run, settled } from './world.ts';

const text = `
name: r
services:
  task: {image: tool, depends_on: {db: {condition: service_healthy}, opt: {condition: service_completed_successfully, required: false}}}
  db: {image: i, healthcheck: {test: "true"}}
  opt: {image: i}
`;

test('run pulls the image of its service, brings up dependencies and waits for them; the service itself is left alone', async () => {
  const made = await project(text);
  const observed = { ...fresh(made), images: named([['i', image('i')]]) };
  expect(planText(plan({ ...run, service: 'task' }, made, observed))).toMatchInlineSnapshot(`
    "
    image:tool/pull | first | missing
    network:default/create | after image:tool/pull | missing
    db-1/create | after network:default/create | missing
    opt-1/create | after network:default/create | missing
    db-1/start | after db-1/create, opt-1/create | follows db-1/create
    opt-1/start | after db-1/create, opt-1/create | follows opt-1/create
    db-1/wait | after db-1/start | task needs it /p/compose.yaml:4:40
    opt-1/wait-end-optional | after opt-1/start | task needs it /p/compose.yaml:4:75
    "
  `);
});

test('run --no-deps makes networks, and nothing else', async () => {
  const made = await project(text);
  expect(planText(plan({ ...run, service: 'task', withDependencies: false }, made, fresh(made)))).toMatchInlineSnapshot(`
    "
    network:default/create | first | missing
    "
  `);
});

test('containers of the service that is run are no orphans', async () => {
  const made = await project(text);
  expect(plan({ ...run, service: 'task', withDependencies: false }, made, settled(made)).notices).toEqual([]);
});

const pull = { kind: 'pull', services: [], ignoreFailures: false, includeDependencies: false } as const;

test.each([
  ['', 'i:1', true, true],
  ['missing', 'i:1', true, false],
  ['missing', 'i:1', false, true],
  ['missing', 'i', true, true],
  ['missing', 'localhost:5000/i', true, true],
  ['missing', 'localhost:5000/i:1', true, false],
  ['never', 'i', false, false],
  ['build', 'i', false, false],
  ['daily', 'i:1', true, true],
  ['always', 'i:1', true, true],
])('pull with policy "%s" of %s, present %s: pulled is %s', async (policy, reference, present, pulled) => {
  const made = await project(`name: p\nservices:\n  a: {image: "${reference}"${policy ? `, pull_policy: ${policy}` : ''}}\n`);
  const observed = present ? fresh(made) : { ...fresh(made), images: named<never>() };
  expect(plan(pull, made, observed).steps.length).toBe(pulled ? 1 : 0);
});

test('a pull may fail where the image can be built, or where failures are ignored', async () => {
  const made = await project('name: p\nservices:\n  a: {image: i, build: .}\n  b: {image: k}\n');
  const tolerated = (ignoreFailures: boolean) =>
    plan({ ...pull, ignoreFailures }, made, fresh(made)).steps.map(
      ({ operation }) => operation.kind === 'image.pull' && operation.failureTolerated,
    );
  expect(tolerated(false)).toEqual([true, false]);
  expect(tolerated(true)).toEqual([true, true]);
});

test('build comes after the builds it starts from', async () => {
  const made = await project(
    'name: b\nservices:\n  a: {build: {context: ., additional_contexts: {base: "service:z"}}}\n  c: {build: .}\n  z: {build: .}\n',
  );
  expect(planText(plan({ kind: 'build', services: ['a'] }, made, fresh(made)))).toMatchInlineSnapshot(`
    "
    image:b-z/build | first | build
    image:b-a/build | after image:b-z/build | build
    "
  `);
});

test('build without anything to build says so', async () => {
  const made = await project('name: b\nservices:\n  a: {image: i}\n');
  expect(planText(plan({ kind: 'build', services: [] }, made, fresh(made)))).toContain('No services to build');
});
