// compose/normalise.ts: what a project implies is written out.
import { expect, test } from 'vitest';
import { canonicalise } from '../../../src/compose/canonical.ts';
import { normalise } from '../../../src/compose/normalise.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { named } from '../../../src/model/named.ts';
import { mapping, plain } from './nodes.ts';

type Services = Record<string, Record<string, unknown>>;

async function normal(text: string, environment: Record<string, string> = {}, uninterpolated = false) {
  const report = createReport();
  const document = canonicalise(await mapping(text), { report, uninterpolated });
  const made = normalise(document, { projectName: 'shop', environment: named(Object.entries(environment)), report });
  return plain(made) as {
    name: string;
    services: Services;
    networks?: Services;
    volumes?: Services;
    configs?: Services;
    secrets?: Services;
  };
}

const web = async (attributes: string, environment?: Record<string, string>) =>
  (await normal(`services: {web: {${attributes}}}`, environment)).services['web']!;

test('a service without networks joins the default one, which is then declared', async () => {
  const { services, networks } = await normal('services: {a: {image: x}, b: {image: x, networks: {}}, c: {image: x, networks: [other]}}');
  expect([services['a']!['networks'], services['b']!['networks'], services['c']!['networks']]).toEqual([
    { default: null },
    { default: null },
    { other: null },
  ]);
  expect(networks).toEqual({ default: { name: 'shop_default' } });
});

test('a service with a network mode or a provider joins nothing', async () => {
  const { services, networks } = await normal('services: {a: {network_mode: host}, b: {provider: {type: x}}}');
  expect(services).toEqual({ a: { network_mode: 'host' }, b: { provider: { type: 'x' } } });
  expect(networks).toBeUndefined();
});

test('resources are named after the project, or by their key where they are external', async () => {
  const text =
    'volumes: {a: , b: {external: true}, c: {name: own}, d: {external: "1"}}\nconfigs: {e: {content: x}}\nsecrets: {f: {file: x, name: }}';
  expect(await normal(text)).toMatchObject({
    name: 'shop',
    volumes: { a: { name: 'shop_a' }, b: { name: 'b' }, c: { name: 'own' }, d: { name: 'd' } },
    configs: { e: { name: 'shop_e' } },
    secrets: { f: { name: 'shop_f' } },
  });
});

test('a build gets its context and its Dockerfile', async () => {
  expect((await web('build: {}'))['build']).toEqual({ context: '.', dockerfile: 'Dockerfile' });
  expect((await web('build: {dockerfile_inline: FROM x}'))['build']).toEqual({ context: '.', dockerfile_inline: 'FROM x' });
});

test('build arguments without a value are inherited, or go', async () => {
  const build = (await web('build: {args: [A, B, C=1]}', { A: 'here' }))['build'];
  expect(build).toMatchObject({ args: { A: 'here', C: '1' } });
});

test('variables without a value are inherited, or stay without one', async () => {
  expect((await web('environment: {A: , B: , C: 1}', { A: 'here' }))['environment']).toEqual({ A: 'here', B: null, C: 1 });
});

test('lists of variables are inherited too, where they stayed lists', async () => {
  const { services } = await normal('services: {web: {environment: [A, B, C=1], build: {args: [A, B]}}}', { A: 'here' }, true);
  expect(services['web']).toMatchObject({ environment: ['A=here', 'B', 'C=1'], build: { args: ['A=here'] } });
});

test('if_not_present is missing', async () => {
  expect((await web('pull_policy: if_not_present'))['pull_policy']).toBe('missing');
});

test('targets of mounts are clean', async () => {
  const mounts = (await web('volumes: [{type: volume, target: /a/../b/}, {type: volume, target: ""}]'))['volumes'];
  expect(mounts).toEqual([
    { type: 'volume', target: '/b' },
    { type: 'volume', target: '.' },
  ]);
});

test('hooks run the image of the service unless they have one', async () => {
  const hooks = (await web('image: app, pre_start: [{command: a}, {command: b, image: other}]'))['pre_start'];
  expect(hooks).toEqual([
    { command: 'a', image: 'app' },
    { command: 'b', image: 'other' },
  ]);
  expect((await web('build: ., pre_start: [{command: a}]'))['pre_start']).toEqual([{ command: 'a' }]);
});

test('links, shared namespaces and shared mounts imply dependencies', async () => {
  const attributes =
    'links: [a, "b:alias"], network_mode: "service:c", ipc: "service:d", pid: "container:no", volumes_from: ["e:ro", "container:no"]';
  const implied = (restart: boolean) => ({ condition: 'service_started', restart, required: true });
  expect((await web(attributes))['depends_on']).toEqual({
    a: implied(true),
    b: implied(true),
    c: implied(true),
    d: implied(true),
    e: implied(false),
  });
});

test('a declared dependency stays as it is', async () => {
  const declared = { condition: 'service_healthy', required: true };
  expect((await web('links: [a], depends_on: {a: {condition: service_healthy}}'))['depends_on']).toEqual({ a: declared });
});

test('an empty pid is none, where the reference panics', async () => {
  expect((await web('pid: '))['depends_on']).toBeUndefined();
});
