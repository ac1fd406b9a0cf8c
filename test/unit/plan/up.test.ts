// Plans of `up` as golden texts: one line a step, with what it comes after and why it is there.
import { describe, expect, test } from 'vitest';
import { named } from '../../../src/model/named.ts';
import type { Observed } from '../../../src/model/observed.ts';
import type { Project } from '../../../src/model/project.ts';
import { decideService, plan } from '../../../src/plan/planners.ts';
import { fresh, idOf, image, planText, project, settled, stepText, up } from './world.ts';

const shop = `
name: shop
services:
  web:
    image: busybox
    depends_on:
      db: {condition: service_healthy}
    volumes: [data:/data]
  db:
    image: postgres
    environment: {PASSWORD: abc, MODE: dev}
    healthcheck: {test: "true"}
volumes:
  data:
`;

const web = 'name: one\nservices:\n  web: {image: busybox}\n';

async function upText(text: string, observe: (made: Project) => Observed | Promise<Observed>, changes = {}): Promise<string> {
  const made = await project(text);
  return planText(plan({ ...up, ...changes }, made, await observe(made)));
}

test('records of what containers were made from stay packed where nothing has changed', async () => {
  const made = await project(web);
  const observed = await settled(made);
  const containers = observed.containers.map(container =>
    Object.defineProperty({ ...container }, 'model', {
      enumerable: true,
      get: () => {
        throw new Error('unpacked');
      },
    }),
  );
  expect(plan(up, made, { ...observed, containers }).steps).toEqual([]);
});

describe('a fresh project', () => {
  test('networks and volumes come first, containers before any start, and a service waits for the health of another', async () => {
    expect(await upText(shop, fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      volume:data/create | first | missing
      db-1/create | after network:default/create | missing
      web-1/create | after network:default/create, volume:data/create | missing
      db-1/start | after db-1/create, web-1/create | follows db-1/create
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/create, db-1/wait | follows web-1/create
      "
    `);
  });

  test('six services in a diamond start as soon as their own conditions hold', async () => {
    const diamond = `
name: d
services:
  a: {image: i, depends_on: {b: {condition: service_started}, c: {condition: service_healthy}}}
  b: {image: i, depends_on: {d: {condition: service_completed_successfully}}}
  c: {image: i, depends_on: [d, e], healthcheck: {test: "true"}}
  d: {image: i}
  e: {image: i, depends_on: {f: {condition: service_healthy, required: false}}}
  f: {image: i, healthcheck: {test: "true"}}
`;
    expect(await upText(diamond, fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      d-1/create | after network:default/create | missing
      b-1/create | after network:default/create | missing
      f-1/create | after network:default/create | missing
      e-1/create | after network:default/create | missing
      c-1/create | after network:default/create | missing
      a-1/create | after network:default/create | missing
      d-1/start | after d-1/create, b-1/create, f-1/create, e-1/create, c-1/create, a-1/create | follows d-1/create
      d-1/wait-end | after d-1/start | b needs it /p/compose.yaml:5:33
      b-1/start | after b-1/create, d-1/wait-end | follows b-1/create
      f-1/start | after d-1/create, b-1/create, f-1/create, e-1/create, c-1/create, a-1/create | follows f-1/create
      f-1/wait-optional | after f-1/start | e needs it /p/compose.yaml:8:33
      e-1/start | after e-1/create, f-1/wait-optional | follows e-1/create
      c-1/start | after c-1/create, d-1/start, e-1/start | follows c-1/create
      c-1/wait | after c-1/start | a needs it /p/compose.yaml:4:66
      a-1/start | after a-1/create, b-1/start, c-1/wait | follows a-1/create
      "
    `);
  });

  test('create leaves the starts out', async () => {
    expect(await upText(web, fresh, { start: false })).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      web-1/create | after network:default/create | missing
      "
    `);
  });

  test('--wait waits for every container, and for the end of those that others wait for so', async () => {
    const text = `
name: w
services:
  app: {image: i, scale: 2, depends_on: {job: {condition: service_completed_successfully}}}
  job: {image: i}
`;
    expect(await upText(text, fresh, { wait: true, waitTimeoutSeconds: 9 })).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      job-1/create | after network:default/create | missing
      app-1/create | after network:default/create | missing
      app-2/create | after network:default/create | missing
      job-1/start | after job-1/create, app-1/create, app-2/create | follows job-1/create
      job-1/wait-end | after job-1/start | app needs it /p/compose.yaml:4:47
      app-1/start | after app-1/create, job-1/wait-end | follows app-1/create
      app-2/start | after app-2/create, job-1/wait-end | follows app-2/create
      app-1/wait-up | after app-1/start, app-2/start | --wait
      app-2/wait-up | after app-1/start, app-2/start | --wait
      "
    `);
  });

  test('containers that publish one range of host ports start one after the other', async () => {
    expect(await upText('name: r\nservices:\n  web: {image: i, scale: 3, ports: ["8000-8002:80"]}\n', fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      web-1/create | after network:default/create | missing
      web-2/create | after network:default/create | missing
      web-3/create | after network:default/create | missing
      web-1/start | after web-1/create, web-2/create, web-3/create | follows web-1/create
      web-2/start | after web-1/create, web-2/create, web-3/create, web-1/start | follows web-2/create
      web-3/start | after web-1/create, web-2/create, web-3/create, web-2/start | follows web-3/create
      "
    `);
  });

  test('a container that shares a namespace is made after the one it shares', async () => {
    const text = 'name: n\nservices:\n  a: {image: i, network_mode: "service:z"}\n  z: {image: i}\n';
    expect(await upText(text, fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      z-1/create | after network:default/create | missing
      a-1/create | after z-1/create | missing
      z-1/start | after a-1/create | follows z-1/create
      a-1/start | after a-1/create, z-1/start | follows a-1/create
      "
    `);
  });

  test('hooks follow their start, and dependents follow the hooks', async () => {
    const text = `
name: h
services:
  a: {image: i, depends_on: [b]}
  b: {image: i, post_start: [{command: one}, {command: two}]}
`;
    expect(await upText(text, fresh)).toMatchInlineSnapshot(`
      "
      network:default/create | first | missing
      b-1/create | after network:default/create | missing
      a-1/create | after network:default/create | missing
      b-1/start | after b-1/create, a-1/create | follows b-1/create
      b-1/post_start-1 | after b-1/start | follows b-1/start
      b-1/post_start-2 | after b-1/post_start-1 | follows b-1/post_start-1
      a-1/start | after a-1/create, b-1/post_start-2 | follows a-1/create
      "
    `);
  });
});

describe('a project that is up', () => {
  test('needs nothing', async () => {
    expect(await upText(shop, settled)).toMatchInlineSnapshot(`
      "
      keeps shop-db-1
      keeps shop-web-1
      "
    `);
  });

  test('waits for a dependency that is not healthy, though nothing has to start', async () => {
    expect(await upText(shop, made => settled(made, { 'db-1': { health: 'unhealthy' } }))).toMatchInlineSnapshot(`
      "
      db-1/wait | first | web needs it /p/compose.yaml:7:11
      keeps shop-db-1
      keeps shop-web-1
      "
    `);
  });

  test('starts what has ended again, finished one-shots too', async () => {
    const stopped = { 'web-1': { state: 'exited' }, 'db-1': { state: 'created' } } as const;
    expect(await upText(shop, made => settled(made, stopped))).toMatchInlineSnapshot(`
      "
      db-1/start | first | stopped
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      web-1/start | after db-1/wait | stopped
      "
    `);
  });

  test('starts a paused container, as the reference tries to, and makes a dead one anew', async () => {
    const stopped = { 'web-1': { state: 'dead' }, 'db-1': { state: 'paused' } } as const;
    expect(await upText(shop, made => settled(made, stopped))).toMatchInlineSnapshot(`
      "
      web-1/create | first | state: dead → 
      web-1/remove | after web-1/create | follows web-1/create
      web-1/rename | after web-1/remove | follows web-1/create
      db-1/start | after web-1/rename | stopped
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/rename, db-1/wait | follows web-1/create
      "
    `);
  });
});

describe('a changed service', () => {
  test('is made anew beside the old container, which goes only then; the cause names the values and hides secrets', async () => {
    const before = await project(shop);
    const text = shop.replace('abc', 'xyz').replace('dev', 'prod');
    expect(await upText(text, () => settled(before))).toMatchInlineSnapshot(`
      "
      db-1/create | first | environment.MODE: dev → prod /p/compose.yaml:11:40, environment.PASSWORD /p/compose.yaml:11:29
      db-1/stop | after db-1/create | environment.MODE: dev → prod /p/compose.yaml:11:40, environment.PASSWORD /p/compose.yaml:11:29
      db-1/remove | after db-1/stop | follows db-1/create
      db-1/rename | after db-1/remove | follows db-1/create
      db-1/start | after db-1/rename | follows db-1/create
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      keeps shop-web-1
      "
    `);
  });

  test('has an unnamed cause where the container carries no record', async () => {
    const made = await project(web);
    const { model, ...container } = settled(made).containers[0]!;
    expect(model).toContain('busybox');
    const observed = { ...settled(made), containers: [{ ...container, configHash: 'old' }] };
    expect(planText(plan(up, made, observed))).toContain('web-1/create | first | configuration');
  });

  test('stops dependents before it, makes those anew that changed too, and restarts those that ask for it', async () => {
    const text = `
name: s
services:
  app: {image: i, depends_on: {api: {condition: service_started, restart: true}}}
  api: {image: i, command: new, depends_on: [db]}
  db: {image: i, command: new}
`;
    const before = await project(text.replaceAll('command: new', 'command: old'));
    expect(await upText(text, () => settled(before))).toMatchInlineSnapshot(`
      "
      db-1/create | first | command: ["old"] → ["new"] /p/compose.yaml:6:27
      api-1/create | first | command: ["old"] → ["new"] /p/compose.yaml:5:28
      app-1/stop | after db-1/create, api-1/create | follows api-1/create
      api-1/stop | after app-1/stop | command: ["old"] → ["new"] /p/compose.yaml:5:28
      api-1/remove | after api-1/stop | follows api-1/create
      api-1/rename | after api-1/remove | follows api-1/create
      db-1/stop | after api-1/stop | command: ["old"] → ["new"] /p/compose.yaml:6:27
      db-1/remove | after db-1/stop | follows db-1/create
      db-1/rename | after db-1/remove | follows db-1/create
      db-1/start | after api-1/rename, db-1/rename | follows db-1/create
      api-1/start | after api-1/rename, db-1/start | follows api-1/create
      app-1/start | after app-1/stop, api-1/start | follows app-1/stop
      "
    `);
  });

  test('takes along what shares its network', async () => {
    const text = 'name: n\nservices:\n  a: {image: i, network_mode: "service:z"}\n  z: {image: i, command: new}\n';
    const before = await project(text.replace('new', 'old'));
    expect(await upText(text, () => settled(before))).toMatchInlineSnapshot(`
      "
      z-1/create | first | command: ["old"] → ["new"] /p/compose.yaml:4:26
      a-1/create | after z-1/create | follows z-1/create
      a-1/stop | after a-1/create | follows z-1/create
      a-1/remove | after a-1/stop | follows z-1/create
      a-1/rename | after a-1/remove | follows a-1/create
      z-1/stop | after a-1/stop | command: ["old"] → ["new"] /p/compose.yaml:4:26
      z-1/remove | after z-1/stop | follows z-1/create
      z-1/rename | after z-1/remove | follows z-1/create
      z-1/start | after a-1/rename, z-1/rename | follows z-1/create
      a-1/start | after a-1/rename, z-1/start | follows a-1/create
      "
    `);
  });

  test('is known by another image under the same name', async () => {
    const observe = (made: Project) => ({ ...settled(made), images: named([['busybox', image('busybox', { digest: 'sha256:new' })]]) });
    expect(await upText(web, observe)).toContain('web-1/create | first | image: sha256:busybox → sha256:new');
  });

  test('is kept with --no-recreate', async () => {
    expect(await upText(web, made => settled(made, { 'web-1': { configHash: 'old' } }), { recreate: 'never' })).toMatchInlineSnapshot(`
      "
      keeps one-web-1
      "
    `);
  });
});

describe('a forced recreate', () => {
  test('replaces what is named and leaves dependencies', async () => {
    expect(await upText(shop, settled, { services: ['web'], recreate: 'force', graceSeconds: 3 })).toMatchInlineSnapshot(`
      "
      web-1/create | first | --force-recreate
      web-1/stop | after web-1/create | --force-recreate
      web-1/remove | after web-1/stop | --force-recreate
      web-1/rename | after web-1/remove | follows web-1/create
      db-1/wait | after web-1/rename | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/rename, db-1/wait | follows web-1/create
      keeps shop-db-1
      "
    `);
  });

  test('does not take over anonymous volumes with -V', async () => {
    const made = await project(web);
    const { steps } = plan({ ...up, recreate: 'force', renewAnonymousVolumes: true }, made, settled(made));
    expect(steps[0]?.operation).toMatchObject({ kind: 'container.create', inheritVolumes: false, replaces: { name: 'one-web-1' } });
  });
});

describe('scale', () => {
  const two = 'name: one\nservices:\n  web: {image: busybox, scale: 2}\n';

  test('up: numbers go on from the highest, holes are not filled', async () => {
    const made = await project(two);
    const all = settled(made).containers;
    const observed = { ...settled(made), containers: [{ ...all[1]!, number: 5, name: 'one-web-5' }] };
    expect(planText(plan(up, made, observed))).toMatchInlineSnapshot(`
      "
      web-6/create | first | scaled
      web-6/start | after web-6/create | follows web-6/create
      keeps one-web-5
      "
    `);
  });

  test('down: what is obsolete goes first, then the highest numbers', async () => {
    const four = await project(two.replace('2', '4'));
    const made = await project(two);
    expect(planText(plan(up, made, settled(four, { 'web-1': { configHash: 'old' } })))).toMatchInlineSnapshot(`
      "
      web-4/stop | first | scaled
      web-4/remove | after web-4/stop | scaled
      web-1/stop | first | scaled
      web-1/remove | after web-1/stop | scaled
      keeps one-web-2
      keeps one-web-3
      "
    `);
  });

  test('to nothing: all containers go', async () => {
    const made = await project(two.replace('2', '0'));
    expect(planText(plan(up, made, settled(await project(web))))).toMatchInlineSnapshot(`
      "
      web-1/stop | first | scaled
      web-1/remove | after web-1/stop | scaled
      "
    `);
  });
});

describe('orphans', () => {
  const before = 'name: one\nservices:\n  web: {image: busybox}\n  old: {image: busybox}\n';
  const settledBefore = async () => settled(await project(before));

  test('are named in a warning', async () => {
    expect(await upText(web, settledBefore)).toMatchInlineSnapshot(`
      "
      keeps one-web-1
      request.orphans: Found orphan containers (one-old-1) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.
      "
    `);
  });

  test('go with --remove-orphans', async () => {
    expect(await upText(web, settledBefore, { removeOrphans: true })).toMatchInlineSnapshot(`
      "
      orphan:one-old-1/stop | first | orphaned
      orphan:one-old-1/remove | after orphan:one-old-1/stop | orphaned
      keeps one-web-1
      "
    `);
  });

  test('go before a container that needs their name is made', async () => {
    const text = 'name: one\nservices:\n  www: {image: busybox, container_name: one-old-1}\n';
    const made = await project(text);
    const observed = settled(await project('name: one\nservices:\n  old: {image: busybox}\n'));
    expect(planText(plan({ ...up, removeOrphans: true }, made, observed))).toMatchInlineSnapshot(`
      "
      orphan:one-old-1/stop | first | orphaned
      orphan:one-old-1/remove | after orphan:one-old-1/stop | orphaned
      www-1/create | after orphan:one-old-1/remove | missing
      www-1/start | after www-1/create | follows www-1/create
      "
    `);
  });

  test('a service that a profile switches off is none', async () => {
    const text = before.replace('old: {image: busybox}', 'old: {image: busybox, profiles: [p]}');
    expect(await upText(text, settledBefore)).not.toContain('orphan');
  });
});

describe('networks', () => {
  const text = `
name: net
services:
  a: {image: i, networks: {front: {aliases: [x]}}}
  b: {image: i, networks: [front], scale: 2, command: new}
networks:
  front: {driver_opts: {mtu: 1400}}
`;

  test('that are there twice are left once: the one in use stays', async () => {
    const made = await project(web);
    const observed = settled(made);
    const [used] = observed.networks;
    if (!used) throw new Error('no network');
    const twice = { ...observed, networks: [{ ...used, id: 'another' }, used] };
    const removed = plan(up, made, twice).steps.map(({ operation }) => operation);
    expect(removed).toEqual([{ kind: 'network.remove', id: 'another' }]);
    const stopped = plan(up, made, { ...twice, containers: twice.containers.map(one => ({ ...one, state: 'exited' as const })) });
    expect(stopped.steps.map(stepText)).toEqual([
      'network:default/remove-2 | first | orphaned',
      'web-1/start | after network:default/remove-2 | stopped',
    ]);
  });

  test('that two keys of the file call by one name stay, both of them', async () => {
    const made = await project(`
name: net
services:
  a: {image: i, networks: [front]}
  b: {image: i, networks: [back]}
networks:
  front: {name: shared}
  back: {name: shared}
`);
    const observed = settled(made);
    expect(observed.networks.map(({ key, name }) => [key, name])).toEqual([
      ['front', 'shared'],
      ['back', 'shared'],
    ]);
    expect(plan(up, made, observed).steps.map(stepText)).toEqual([]);
  });

  test('that changed are taken from under their users and given back, with the settings of each', async () => {
    const before = await project(text.replace('1400', '1500'));
    expect(await upText(text, () => settled(before))).toMatchInlineSnapshot(`
      "
      b-1/stop | first | networks.front /p/compose.yaml:7:10
      b-1/disconnect:front | after b-1/stop | networks.front /p/compose.yaml:7:10
      b-2/stop | first | networks.front /p/compose.yaml:7:10
      b-2/disconnect:front | after b-2/stop | networks.front /p/compose.yaml:7:10
      a-1/stop | first | networks.front /p/compose.yaml:7:10
      a-1/disconnect:front | after a-1/stop | networks.front /p/compose.yaml:7:10
      network:front/remove | after b-1/disconnect:front, b-2/disconnect:front, a-1/disconnect:front | networks.front /p/compose.yaml:7:10
      network:front/create | after network:front/remove | networks.front /p/compose.yaml:7:10
      b-1/connect:front | after network:front/create | follows network:front/create
      b-2/connect:front | after network:front/create | follows network:front/create
      a-1/connect:front | after network:front/create | follows network:front/create
      a-1/start | after b-1/connect:front, b-2/connect:front, a-1/connect:front | follows a-1/stop
      b-1/start | after b-1/connect:front, b-2/connect:front, a-1/connect:front | follows b-1/stop
      b-2/start | after b-1/connect:front, b-2/connect:front, a-1/connect:front | follows b-2/stop
      "
    `);
  });

  test('that changed together with a service are not given back to its old containers', async () => {
    const before = await project(text.replace('1400', '1500').replace('new', 'old').replace(', scale: 2', ''));
    expect(await upText(text.replace(', scale: 2', ''), () => settled(before))).toMatchInlineSnapshot(`
      "
      b-1/stop | first | networks.front /p/compose.yaml:7:10
      b-1/disconnect:front | after b-1/stop | networks.front /p/compose.yaml:7:10
      a-1/stop | first | networks.front /p/compose.yaml:7:10
      a-1/disconnect:front | after a-1/stop | networks.front /p/compose.yaml:7:10
      network:front/remove | after b-1/disconnect:front, a-1/disconnect:front | networks.front /p/compose.yaml:7:10
      network:front/create | after network:front/remove | networks.front /p/compose.yaml:7:10
      a-1/connect:front | after network:front/create | follows network:front/create
      b-1/create | after network:front/create | command: ["old"] → ["new"] /p/compose.yaml:5:45
      b-1/remove | after b-1/stop, a-1/connect:front, b-1/create | follows b-1/create
      b-1/rename | after b-1/remove | follows b-1/create
      a-1/start | after b-1/rename | follows a-1/stop
      b-1/start | after b-1/rename | follows b-1/create
      "
    `);
  });

  test('of somebody else are used, with a word about it', async () => {
    const observe = (made: Project) => ({
      ...settled(made),
      networks: settled(made).networks.map(({ id, name }) => ({ id, name, labels: named<string>() })),
    });
    expect(await upText(web, observe)).toContain('a network with name one_default exists but was not created by compose.');
  });

  test('a container that is not on its network is made anew', async () => {
    expect(await upText(web, made => settled(made, { 'web-1': { networks: named() } }))).toContain(
      'web-1/create | first | networks.default',
    );
  });

  test('a stopped container that remembers a network which is gone is made anew, since it could not start', async () => {
    const observe = (made: Project) => ({ ...settled(made, { 'web-1': { state: 'exited' } }), networks: [] });
    expect(await upText(web, observe)).toContain('web-1/create | after network:default/create | networks.default');
  });
});

describe('volumes', () => {
  test('that somebody else made bring a word, but for those that x-fig keeps, which may be anybody’s', async () => {
    const text = 'name: one\nservices: {web: {image: a, volumes: ["d:/d"]}}\nvolumes: {d: {name: d}}\n';
    const foreign = (made: Project) => ({ ...settled(made), volumes: [{ name: 'd', driver: 'local', labels: named<string>() }] });
    expect(await upText(text, foreign)).toContain('volume "d" already exists but was not created by Docker Compose');
    expect(await upText(`${text}x-fig: {keep: [d]}`, foreign)).not.toContain('already exists');
  });

  test('that differ from the file are made anew, which loses data: what mounts them goes first, dependents before the others', async () => {
    const text = shop
      .replace('    environment', '    volumes: [data:/var]\n    environment')
      .replace('\nvolumes:\n', '\n  aside: {image: busybox}\n  reader: {image: busybox, volumes_from: [web]}\nvolumes:\n');
    const before = await project(text.replace('  data:\n', '  data: {labels: {a: b}}\n'));
    expect(await upText(text, () => settled(before))).toMatchInlineSnapshot(`
      "
      reader-1/stop | first | volumes.data /p/compose.yaml:17:3
      reader-1/remove | after reader-1/stop | volumes.data /p/compose.yaml:17:3
      web-1/stop | after reader-1/stop | volumes.data /p/compose.yaml:17:3
      web-1/remove | after web-1/stop | volumes.data /p/compose.yaml:17:3
      db-1/stop | after reader-1/stop, web-1/stop | volumes.data /p/compose.yaml:17:3
      db-1/remove | after db-1/stop | volumes.data /p/compose.yaml:17:3
      volume:data/remove | after reader-1/remove, web-1/remove, db-1/remove | volumes.data /p/compose.yaml:17:3 LOSES DATA
      volume:data/create | after volume:data/remove | volumes.data /p/compose.yaml:17:3
      db-1/create | after volume:data/create, db-1/remove | volumes.data /p/compose.yaml:17:3
      web-1/create | after volume:data/create, web-1/remove | volumes.data /p/compose.yaml:17:3
      reader-1/create | after web-1/create, reader-1/remove | volumes.data /p/compose.yaml:17:3
      db-1/start | after db-1/create, reader-1/create | follows db-1/create
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/create, db-1/wait | follows web-1/create
      reader-1/start | after reader-1/create, web-1/start | follows reader-1/create
      keeps shop-aside-1
      "
    `);
  });

  test('made anew ask before, in the words of the reference', async () => {
    const before = settled(await project(shop.replace('  data:\n', '  data: {labels: {a: b}}\n')));
    const { steps } = plan(up, await project(shop), before);
    expect(steps.filter(({ question }) => question !== undefined)).toMatchObject([
      {
        id: 'volume:data/remove',
        losesData: true,
        question: 'Volume "shop_data" exists but doesn\'t match configuration in compose file. Recreate (data will be lost)?',
      },
    ]);
  });

  test('are made anew for a container that does not know them any more, but still holds them', async () => {
    const before = await project(shop.replace('  data:\n', '  data: {labels: {a: b}}\n'));
    const after = shop.replace('    volumes: [data:/data]\n', '').replace('    environment', '    volumes: [data:/var]\n    environment');
    expect(await upText(after, () => settled(before))).toMatchInlineSnapshot(`
      "
      web-1/stop | first | volumes.data /p/compose.yaml:14:3
      web-1/remove | after web-1/stop | volumes.data /p/compose.yaml:14:3
      db-1/stop | after web-1/stop | volumes.data /p/compose.yaml:14:3
      db-1/remove | after db-1/stop | volumes.data /p/compose.yaml:14:3
      volume:data/remove | after web-1/remove, db-1/remove | volumes.data /p/compose.yaml:14:3 LOSES DATA
      volume:data/create | after volume:data/remove | volumes.data /p/compose.yaml:14:3
      db-1/create | after volume:data/create, db-1/remove | volumes.data /p/compose.yaml:14:3
      web-1/create | after web-1/remove | volumes.data /p/compose.yaml:14:3
      db-1/start | after db-1/create, web-1/create | follows db-1/create
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/create, db-1/wait | follows web-1/create
      "
    `);
  });

  test('are made anew only when an orphan that mounts them is gone, where orphans go', async () => {
    const before = await project(
      shop
        .replace('  data:\n', '  data: {labels: {a: b}}\n  orphan: {}\n')
        .replace('\nvolumes', '\n  old: {image: busybox, volumes: [data:/x]}\nvolumes'),
    );
    expect(await upText(shop, () => settled(before), { removeOrphans: true })).toMatchInlineSnapshot(`
      "
      orphan:shop-old-1/stop | first | orphaned
      orphan:shop-old-1/remove | after orphan:shop-old-1/stop | orphaned
      web-1/stop | after orphan:shop-old-1/remove | volumes.data /p/compose.yaml:14:3
      web-1/remove | after web-1/stop | volumes.data /p/compose.yaml:14:3
      volume:data/remove | after web-1/remove | volumes.data /p/compose.yaml:14:3 LOSES DATA
      volume:data/create | after volume:data/remove | volumes.data /p/compose.yaml:14:3
      web-1/create | after volume:data/create, web-1/remove | volumes.data /p/compose.yaml:14:3
      db-1/wait | after web-1/create | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/create, db-1/wait | follows web-1/create
      keeps shop-db-1
      "
    `);
  });

  test('that differ from the file are kept with their data, where nobody agreed to lose it', async () => {
    const before = await project(shop.replace('  data:\n', '  data: {labels: {a: b}}\n'));
    expect(await upText(shop, () => settled(before), { keptVolumes: ['shop_data'] })).toMatchInlineSnapshot(`
      "
      keeps shop-db-1
      keeps shop-web-1
      engine.conflict: Volume "shop_data" exists but doesn't match configuration in compose file. It is kept as it is, with its data
      "
    `);
  });

  test('under a new name are made, and their users moved there', async () => {
    const before = await project(shop);
    expect(await upText(shop.replace(/ {2}data:\n$/, '  data: {name: other}\n'), () => settled(before))).toMatchInlineSnapshot(`
      "
      volume:data/create | first | volumes.data.name: shop_data → other
      web-1/create | after volume:data/create | volumes:  → other
      web-1/stop | after web-1/create | volumes:  → other
      web-1/remove | after web-1/stop | follows web-1/create
      web-1/rename | after web-1/remove | follows web-1/create
      db-1/wait | after web-1/rename | web needs it /p/compose.yaml:7:11
      web-1/start | after web-1/rename, db-1/wait | follows web-1/create
      keeps shop-db-1
      "
    `);
  });
});

describe('images', () => {
  const built = 'name: b\nservices:\n  web: {image: site, build: .}\n  api: {build: ./api, depends_on: [web]}\n';

  test('that are missing are pulled, and built where a pull fails; nothing else happens before', async () => {
    expect(await upText(built, made => ({ ...fresh(made), images: named() }))).toMatchInlineSnapshot(`
      "
      image:site/pull | first | missing
      image:b-api/build | first | missing
      image:site/build | after image:site/pull | missing if image:site/pull failed
      network:default/create | after image:b-api/build, image:site/build | missing
      web-1/create | after network:default/create | missing
      api-1/create | after network:default/create | missing
      web-1/start | after web-1/create, api-1/create | follows web-1/create
      api-1/start | after api-1/create, web-1/start | follows api-1/create
      "
    `);
  });

  test('one pull serves all services of an image', async () => {
    const text = 'name: p\nservices:\n  a: {image: i}\n  b: {image: i}\n';
    const made = await project(text);
    const pulls = plan(up, made, { ...fresh(made), images: named() }).steps.filter(({ operation }) => operation.kind === 'image.pull');
    expect(pulls.map(stepText)).toEqual(['image:i/pull | first | missing']);
  });

  test('that are pulled again leave the fate of containers open until they are there', async () => {
    expect(await upText(shop.replace('image: postgres', 'image: postgres\n    pull_policy: always'), settled)).toMatchInlineSnapshot(`
      "
      image:postgres/pull | first | pull_policy of db needs it
      db/decide | after image:postgres/pull | follows image:postgres/pull
      db-1/start | after db/decide | follows db/decide if db-1/stop planned
      db-1/wait | after db-1/start | web needs it /p/compose.yaml:7:11
      keeps shop-web-1
      "
    `);
  });

  test('a decide step yields nothing for the same image, and a recreate for another', async () => {
    const made = await project(shop);
    const observed = settled(made);
    const intent = { ...up, pull: 'always' };
    const { steps } = plan(intent, made, observed);
    const known = new Set(steps.map(step => step.id));
    expect(decideService(intent, made, observed, 'db', known)).toEqual([]);
    const images = named([...Object.entries(observed.images), ['postgres', image('postgres', { digest: 'sha256:new' })] as const]);
    expect(
      decideService(intent, made, { ...observed, images }, 'db', known)
        .map(stepText)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "db-1/create | first | image: sha256:postgres → sha256:new
      db-1/stop | after db-1/create | image: sha256:postgres → sha256:new
      db-1/remove | after db-1/stop | follows db-1/create
      db-1/rename | after db-1/remove | follows db-1/create"
    `);
    expect(decideService(intent, made, { ...observed, images }, 'web', known)).toEqual([]);
  });

  test('for another platform count as missing', async () => {
    const text = 'name: p\nservices:\n  a: {image: i, platform: linux/arm64}\n';
    expect(await upText(text, fresh)).toContain('image:i@linux/arm64/pull | first | missing');
    expect(await upText(text.replace('arm64', 'x86_64'), fresh)).not.toContain('pull');
  });

  test.each([
    ['never', 100, false],
    ['missing', 100, false],
    ['if_not_present', 100, false],
    ['always', 0, true],
    ['daily', 0.5, false],
    ['daily', 1.5, true],
    ['weekly', 6, false],
    ['weekly', 8, true],
    ['every_12h', 0.4, false],
    ['every_12h', 0.6, true],
  ])('pull_policy %s with an image %d days old: pulled is %s', async (policy, days, pulled) => {
    const made = await project(`name: p\nservices:\n  a: {image: i, pull_policy: ${policy}}\n`);
    const dayMs = 86_400_000;
    const observed = { ...fresh(made), at: 1000 * dayMs, images: named([['i', image('i', { lastTaggedAt: (1000 - days) * dayMs })]]) };
    expect(plan(up, made, observed).steps.some(({ operation }) => operation.kind === 'image.pull')).toBe(pulled);
  });

  test('are built though they are there with --build, and never with --no-build', async () => {
    const asked = await upText(built, fresh, { build: 'always' });
    expect(asked).toContain('image:site/build | first | --build');
    expect(asked).toContain('image:b-api/build | first | --build');
    expect(await upText(built, made => ({ ...fresh(made), images: named() }), { build: 'never' })).not.toContain('build |');
  });
});

describe('a recreate that was cut off', () => {
  test('the new container is kept, the old one goes, and the name is set right', async () => {
    const made = await project(web);
    const [container] = settled(made).containers;
    const temporary = `${idOf('web', 1).slice(0, 12)}_one-web-1`;
    const observed = {
      ...settled(made),
      containers: [
        { ...container!, configHash: 'old' },
        { ...container!, id: 'f'.repeat(64), name: temporary, state: 'created' as const, createdAt: 9 },
      ],
    };
    expect(planText(plan(up, made, observed))).toMatchInlineSnapshot(`
      "
      web-1~776562100000/stop | first | scaled
      web-1~776562100000/remove | after web-1~776562100000/stop | scaled
      web-1/rename | after web-1~776562100000/remove | container_name: 776562100000_one-web-1 → one-web-1
      web-1/start | after web-1/rename | stopped
      "
    `);
  });

  test('where the old one has gone already, only the name is set right', async () => {
    const made = await project(web);
    const temporary = `${idOf('old', 1).slice(0, 12)}_one-web-1`;
    expect(planText(plan(up, made, settled(made, { 'web-1': { name: temporary } })))).toMatchInlineSnapshot(`
      "
      web-1/rename | first | container_name: 6f6c64100000_one-web-1 → one-web-1
      "
    `);
  });
});

describe('a one-shot that x-fig runs once', () => {
  const text = `name: o
services:
  migrate: {image: m, x-fig: {once: true}}
  web: {image: w, depends_on: {migrate: {condition: service_completed_successfully}}}
`;
  const ended = (exitCode: number) => ({ 'migrate-1': { state: 'exited', exitCode } as const });

  test('is not started again once it has ended well', async () => {
    expect(await upText(text, made => settled(made, ended(0)))).toBe('\nkeeps o-web-1\n');
  });

  test('is started again where it failed, and where x-fig does not ask', async () => {
    expect(await upText(text, made => settled(made, ended(1)))).toContain('migrate-1/start | first | stopped');
    expect(await upText(text.replace(', x-fig: {once: true}', ''), made => settled(made, ended(0)))).toContain(
      'migrate-1/start | first | stopped',
    );
  });

  test('is made anew, and runs, when it has changed', async () => {
    const before = settled(await project(text), ended(0));
    expect(await upText(text.replace('{image: m', '{image: m, command: more'), () => before)).toMatchInlineSnapshot(`
      "
      migrate-1/create | first | command: null → ["more"] /p/compose.yaml:3:32
      migrate-1/remove | after migrate-1/create | follows migrate-1/create
      migrate-1/rename | after migrate-1/remove | follows migrate-1/create
      migrate-1/start | after migrate-1/rename | follows migrate-1/create
      migrate-1/wait-end | after migrate-1/start | web needs it /p/compose.yaml:4:41
      keeps o-web-1
      "
    `);
  });

  test('is started only if its image turns out to be another one', async () => {
    expect(await upText(text, made => settled(made, ended(0)), { pull: 'always' })).toContain(
      'migrate-1/start | after web/decide | follows migrate/decide if migrate-1/create planned',
    );
  });

  test('is waited for by --wait until it has ended well', async () => {
    const alone = text.slice(0, text.indexOf('  web'));
    expect(await upText(alone, fresh, { wait: true })).toContain('migrate-1/wait-end | after migrate-1/start | --wait');
  });
});

test('a volume that x-fig keeps is not asked for when its definition changes', async () => {
  const before = await project(shop.replace('  data:\n', '  data: {labels: {a: b}}\n'));
  const text = await upText(`${shop}x-fig: {keep: [data]}\n`, () => settled(before));
  expect(text).toContain('It is kept as it is, with its data');
  expect(text).not.toContain('LOSES DATA');
});
