// Plans with helpers: pre_start hooks, providers, models, and what is delivered into containers. As golden texts.
import { describe, expect, test } from 'vitest';
import { labels } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';
import type { Observed, ObservedContainer } from '../../../src/model/observed.ts';
import type { Project } from '../../../src/model/project.ts';
import { redactedModel, serviceChanges, staleDeliveries } from '../../../src/plan/difference.ts';
import { serviceHash } from '../../../src/plan/hash.ts';
import type { Intent } from '../../../src/plan/intent.ts';
import { decideService, plan } from '../../../src/plan/planners.ts';
import { down, fresh, planText, project, settled, stepText, up } from './world.ts';

async function textOf(text: string, observe: (made: Project) => Observed, intent: Intent = up): Promise<string> {
  const made = await project(text);
  return planText(plan(intent, made, observe(made)));
}

/** A container that a hook of a service left. */
const leftover = (service: string): ObservedContainer => ({
  ...emptyContainer,
  id: service.padEnd(64, '0'),
  name: `admiring_${service}`,
  service,
  labels: named([[labels.hook, 'pre_start']]),
});

const emptyContainer: ObservedContainer = {
  id: '',
  name: '',
  image: 'i',
  imageId: '',
  state: 'exited',
  status: '',
  health: 'none',
  createdAt: 0,
  command: '',
  labels: named(),
  service: '',
  oneOff: false,
  networks: named(),
  ports: [],
  mounts: [],
};

describe('pre_start hooks', () => {
  const hooked = `
name: h
services:
  web:
    image: i
    scale: 2
    depends_on: {db: {condition: service_healthy}}
    pre_start: [{command: a}, {command: b, image: tools}]
  db: {image: i, healthcheck: {test: "true"}}
`;

  test('run one after the other, once for all replicas, when the conditions hold; their images are pulled first', async () => {
    expect(await textOf(hooked, fresh)).toMatchInlineSnapshot(`
      "
      image:tools/pull | first | pre_start of web needs it
      network:default/create | after image:tools/pull | missing
      db-1/create | after network:default/create | missing
      web-1/create | after network:default/create | missing
      web-2/create | after network:default/create | missing
      db-1/start | after db-1/create, web-1/create, web-2/create | follows db-1/create
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:22
      web/pre_start-1 | after web-1/create, db-1/wait | follows web-1/create
      web/pre_start-2 | after web/pre_start-1 | follows web-1/create
      web-1/start | after web-1/create, web/pre_start-2 | follows web-1/create
      web-2/start | after web-2/create, web/pre_start-2 | follows web-2/create
      "
    `);
  });

  test('have their images pulled by an explicit pull, too', async () => {
    const text =
      'name: h\nservices:\n  a: {image: i, pull_policy: build, pre_start: [{command: x, image: tools}, {command: y, image: i}]}\n';
    const pull = { kind: 'pull', services: [], includeDependencies: false, ignoreFailures: false } as const;
    expect(await textOf(text, fresh, pull)).toBe('\nimage:tools/pull | first | pull\n');
  });

  test('do not run where a replica runs, and run where none does', async () => {
    const images = (observed: Observed): Observed => ({
      ...observed,
      images: named([...Object.entries(observed.images), ['tools', observed.images['i']!]]),
    });
    expect(await textOf(hooked, made => images(settled(made, { 'web-2': { state: 'exited' } })))).toMatchInlineSnapshot(`
      "
      db-1/wait | first | web needs it /p/compose.yaml:7:22
      web-2/start | after db-1/wait | stopped
      keeps h-db-1
      keeps h-web-1
      "
    `);
    const stopped = { 'web-1': { state: 'exited' }, 'web-2': { state: 'created' } } as const;
    expect(await textOf(hooked, made => images(settled(made, stopped)))).toMatchInlineSnapshot(`
      "
      db-1/wait | first | web needs it /p/compose.yaml:7:22
      web/pre_start-1 | after db-1/wait | stopped
      web/pre_start-2 | after web/pre_start-1 | stopped
      web-1/start | after web/pre_start-2 | stopped
      web-2/start | after web/pre_start-2 | stopped
      keeps h-db-1
      "
    `);
  });

  test('that left a container: it goes before they run again, also where the file has none any more, and with down', async () => {
    const hooks = [leftover('web'), leftover('db')];
    const stopped = { 'web-1': { state: 'exited' } } as const;
    const one = 'name: h\nservices:\n  web: {image: i}\n  db: {image: i}\n';
    expect(await textOf(one, made => ({ ...settled(made, stopped), hooks }))).toMatchInlineSnapshot(`
      "
      hook:web000000000/remove | first | web needs it
      web-1/start | after hook:web000000000/remove | stopped
      keeps h-db-1
      "
    `);
    expect(await textOf(one, made => ({ ...settled(made), hooks }), { ...down, services: ['web'] })).toMatchInlineSnapshot(`
      "
      web-1/stop | first | down
      web-1/remove | after web-1/stop | down
      hook:web000000000/remove | after web-1/remove | down
      network:default/remove | after hook:web000000000/remove | down
      "
    `);
    expect(await textOf(one, made => ({ ...fresh(made), hooks }), down)).toMatchInlineSnapshot(`
      "
      hook:web000000000/remove | first | down
      hook:db0000000000/remove | first | down
      "
    `);
  });
});

describe('a provider', () => {
  const provided = `
name: p
services:
  store: {provider: {type: x}, depends_on: [base]}
  base: {image: i}
  api: {image: i, depends_on: [store]}
  page: {image: i, depends_on: [api]}
`;

  test('is asked once what it depends on is made; what depends on it is made after it', async () => {
    expect(await textOf(provided, fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      base-1/create | after network:default/create | missing
      store/provider-up | after base-1/create | api needs it
      api-1/create | after network:default/create, store/provider-up | missing
      page-1/create | after network:default/create | missing
      base-1/start | after api-1/create, page-1/create | follows base-1/create
      api-1/start | after api-1/create, page-1/create | follows api-1/create
      page-1/start | after page-1/create, api-1/start | follows page-1/create
      "
    `);
  });

  test('is asked on every run, and only its dependents wait for a decision', async () => {
    expect(await textOf(provided, settled)).toMatchInlineSnapshot(`
      "
      store/provider-up | first | api needs it
      api/decide | after store/provider-up | follows store/provider-up
      api-1/start | after api/decide | follows api/decide if api-1/stop planned
      keeps p-base-1
      keeps p-page-1
      "
    `);
  });

  test('decides: the same variables change nothing, others make the dependents anew', async () => {
    const made = await project(provided);
    const told = (url: string): Project => {
      const api = made.services['api']!;
      return {
        ...made,
        services: named([...Object.entries(made.services), ['api', { ...api, environment: named([['STORE_URL', url]]) }]]),
      };
    };
    const observed = settled(told('one'));
    const first = plan(up, made, observed);
    const known = new Set(first.steps.map(({ id }) => id));
    const decided = (url: string) => decideService(up, told(url), observed, 'api', known).map(stepText);
    expect(decided('one')).toEqual([]);
    expect(decided('two')).toMatchInlineSnapshot(`
      [
        "api-1/create | first | environment.STORE_URL: one → two /p/compose.yaml:6:8",
        "api-1/stop | after api-1/create | environment.STORE_URL: one → two /p/compose.yaml:6:8",
        "api-1/remove | after api-1/stop | follows api-1/create",
        "api-1/rename | after api-1/remove | follows api-1/create",
      ]
    `);
  });

  test('does its part of stop and down in the order of dependencies', async () => {
    expect(await textOf(provided, settled, { kind: 'stop', services: ['api', 'store'] })).toMatchInlineSnapshot(`
      "
      api-1/stop | first | stop
      store/provider-stop | after api-1/stop | stop
      "
    `);
    expect(await textOf(provided, settled, { ...down, services: ['store'] })).toMatchInlineSnapshot(`
      "
      page-1/stop | first | down
      page-1/remove | after page-1/stop | down
      api-1/stop | after page-1/remove | down
      api-1/remove | after api-1/stop | down
      store/provider-down | after api-1/remove | down
      network:default/remove | after store/provider-down | down
      "
    `);
  });
});

test('models are prepared and asked for before what uses them is decided or made', async () => {
  const modelled = `
name: m
services:
  a: {image: i, models: [llm]}
  b: {image: i}
models:
  llm: {model: x}
  other: {model: y}
`;
  expect(await textOf(modelled, fresh)).toMatchInlineSnapshot(`
    "
    model:llm/prepare | first | a needs it
    models/status | first | a needs it
    network:default/create | first | missing
    a-1/create | after network:default/create, model:llm/prepare, models/status | missing
    b-1/create | after network:default/create | missing
    a-1/start | after a-1/create, b-1/create | follows a-1/create
    b-1/start | after a-1/create, b-1/create | follows b-1/create
    "
  `);
  expect(await textOf(modelled, settled)).toMatchInlineSnapshot(`
    "
    model:llm/prepare | first | a needs it
    models/status | first | a needs it
    a/decide | after model:llm/prepare, models/status | follows model:llm/prepare
    a-1/start | after a/decide | follows a/decide if a-1/stop planned
    keeps m-b-1
    "
  `);
});

describe('what is delivered', () => {
  const delivered = (content: string) => `
name: d
services:
  web: {image: i, configs: [motd], secrets: [token]}
configs:
  motd: {content: ${content}}
secrets:
  token: {environment: TOKEN}
`;
  const of = (content: string, token: string) => project(delivered(content), { environment: { TOKEN: token } });

  test('is known by digests alone, and changes no hash', async () => {
    const [one, two] = [await of('hello', 'tops3cret'), await of('changed', 'other')];
    const record = redactedModel(one, one.services['web']!);
    expect(record).not.toMatch(/tops3cret|hello/);
    expect(serviceHash(one.services['web']!)).toBe(serviceHash(two.services['web']!));
    expect(serviceChanges(two, two.services['web']!, two.services['web']!, record).map(({ path }) => path)).toEqual(['configuration']);
    expect(staleDeliveries(two, two.services['web']!, { model: record }).map(({ path }) => path)).toEqual([
      'configs.motd',
      'secrets.token',
    ]);
  });

  test('and changed makes a container anew whose record tells so; one without a record stays', async () => {
    const [before, after] = [await of('hello', 'a'), await of('changed', 'a')];
    expect(planText(plan(up, after, settled(before)))).toMatchInlineSnapshot(`
      "
      web-1/create | first | configs.motd /p/compose.yaml:6:9
      web-1/stop | after web-1/create | configs.motd /p/compose.yaml:6:9
      web-1/remove | after web-1/stop | follows web-1/create
      web-1/rename | after web-1/remove | follows web-1/create
      web-1/start | after web-1/rename | follows web-1/create
      "
    `);
    expect(planText(plan(up, after, settled(before, { 'web-1': { model: undefined } })))).toMatchInlineSnapshot(`
      "
      keeps d-web-1
      "
    `);
    const older = redactedModel(before, { ...before.services['web']!, configs: [], secrets: [] });
    expect(plan(up, after, settled(before, { 'web-1': { model: older } })).steps).toEqual([]);
  });
});
