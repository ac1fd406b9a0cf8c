// Plans of start, stop, restart, kill, pause and rm as golden texts.
import { expect, test } from 'vitest';
import { named } from '../../../src/model/named.ts';
import { obstacles } from '../../../src/plan/obstacles.ts';
import { plan } from '../../../src/plan/planners.ts';
import { fresh, planText, project, settled } from './world.ts';

const shop = `
name: shop
services:
  web: {image: i, depends_on: {api: {condition: service_started, restart: true}}, pre_stop: [{command: bye}]}
  api: {image: i, depends_on: {db: {condition: service_healthy, restart: true}}, post_start: [{command: hi}]}
  job: {image: i, depends_on: [db]}
  db: {image: i, healthcheck: {test: "true"}}
`;

test('stop goes from dependents to dependencies, hooks first, and names what has ended too', async () => {
  const made = await project(shop);
  const observed = settled(made, { 'api-1': { state: 'exited' } });
  expect(planText(plan({ kind: 'stop', services: [], graceSeconds: 3 }, made, observed))).toMatchInlineSnapshot(`
    "
    web-1/pre_stop-1 | first | stop
    web-1/stop | after web-1/pre_stop-1 | stop
    job-1/stop | first | stop
    api-1/stop | after web-1/stop | stop
    db-1/stop | after api-1/stop, job-1/stop | stop
    "
  `);
});

test('stop of some services keeps their order', async () => {
  const made = await project(shop);
  expect(planText(plan({ kind: 'stop', services: ['web', 'db'] }, made, settled(made)))).toMatchInlineSnapshot(`
    "
    web-1/pre_stop-1 | first | stop
    web-1/stop | after web-1/pre_stop-1 | stop
    db-1/stop | after web-1/stop | stop
    "
  `);
});

test('start brings up what does not run, with what it depends on, in order', async () => {
  const made = await project(shop);
  const off = { state: 'exited' } as const;
  const observed = settled(made, { 'web-1': off, 'api-1': off, 'job-1': off, 'db-1': off });
  expect(planText(plan({ kind: 'start', services: ['web'], wait: false }, made, observed))).toMatchInlineSnapshot(`
    "
    db-1/start | first | stopped
    db-1/wait | after db-1/start | api needs it /p/compose.yaml:5:36
    api-1/start | after db-1/wait | stopped
    api-1/post_start-1 | after api-1/start | follows api-1/start
    web-1/start | after api-1/post_start-1 | stopped
    "
  `);
});

test('start of what runs does nothing', async () => {
  const made = await project(shop);
  expect(plan({ kind: 'start', services: [], wait: false }, made, settled(made)).steps).toEqual([]);
});

test('start needs containers', async () => {
  const made = await project(shop);
  const start = { kind: 'start', services: [], wait: false } as const;
  expect(obstacles(start, made, fresh(made)).map(({ message }) => message)).toContain('service "web" has no container to start');
  const observed = settled(made);
  const without = { ...observed, containers: observed.containers.filter(({ service }) => service !== 'db') };
  expect(obstacles(start, made, without).map(({ message }) => message)).toEqual(['api is missing dependency db']);
});

test('restart takes along those that depend with restart: true, once their conditions hold again', async () => {
  const made = await project(shop);
  const restart = { kind: 'restart', services: ['db'], withDependents: true } as const;
  expect(planText(plan(restart, made, settled(made)))).toMatchInlineSnapshot(`
    "
    db-1/restart | first | restart
    db-1/wait | after db-1/restart | api needs it /p/compose.yaml:5:36
    api-1/restart | after db-1/wait | restart
    api-1/post_start-1 | after api-1/restart | restart
    web-1/pre_stop-1 | after api-1/post_start-1 | restart
    web-1/restart | after web-1/pre_stop-1 | restart
    "
  `);
});

test('restart --no-deps takes the named services alone', async () => {
  const made = await project(shop);
  const restart = { kind: 'restart', services: ['db'], withDependents: false, graceSeconds: 0 } as const;
  expect(planText(plan(restart, made, settled(made)))).toMatchInlineSnapshot(`
    "
    db-1/restart | first | restart
    "
  `);
});

test('kill strikes all that runs at once', async () => {
  const made = await project(shop);
  const observed = settled(made, { 'api-1': { state: 'exited' }, 'job-1': { state: 'paused' } });
  const kill = { kind: 'kill', services: [], signal: 'SIGKILL', removeOrphans: false } as const;
  expect(planText(plan(kill, made, observed))).toMatchInlineSnapshot(`
    "
    db-1/kill | first | kill
    job-1/kill | first | kill
    web-1/kill | first | kill
    "
  `);
  expect(planText(plan(kill, made, fresh(made)))).toContain('No container to kill');
});

test('pause takes what runs, unpause what is paused', async () => {
  const made = await project('name: p\nservices:\n  a: {image: i}\n  b: {image: i}\n');
  const observed = settled(made, { 'a-1': { state: 'paused' } });
  expect(planText(plan({ kind: 'pause', services: [] }, made, observed))).toContain('b-1/pause | first | pause\n');
  expect(planText(plan({ kind: 'unpause', services: [] }, made, observed))).toContain('a-1/unpause | first | unpause\n');
});

test('rm takes what does not run, and with --stop everything', async () => {
  const made = await project(shop);
  const observed = settled(made, { 'job-1': { state: 'exited' } });
  const rm = { kind: 'rm', services: [], stop: false, volumes: false } as const;
  expect(planText(plan(rm, made, observed))).toMatchInlineSnapshot(`
    "
    job-1/remove | first | rm
    "
  `);
  expect(planText(plan({ ...rm, stop: true, services: ['web'], volumes: true }, made, observed))).toMatchInlineSnapshot(`
    "
    web-1/pre_stop-1 | first | rm
    web-1/stop | after web-1/pre_stop-1 | rm
    web-1/remove | after web-1/stop | rm LOSES DATA
    "
  `);
  expect(planText(plan(rm, made, { ...observed, containers: [] }))).toContain('No stopped containers');
});

test('the same key twice gets its own steps', async () => {
  const made = await project('name: p\nservices:\n  a: {image: i}\n');
  const [first] = settled(made).containers;
  const observed = {
    ...settled(made),
    containers: [first!, { ...first!, id: 'f'.repeat(64), name: 'f_p-a-1' }],
    networks: [],
    volumes: [],
  };
  const { steps } = plan({ kind: 'stop', services: [] }, made, { ...observed, images: named<never>() });
  expect(steps.map(({ id }) => id)).toEqual(['a-1/stop', 'a-1~ffffffffffff/stop']);
});
