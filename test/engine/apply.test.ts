// apply against a real engine: what up, down, scale and their like leave behind, and what they say when the engine refuses.
import { expect, test } from 'vitest';
import { apply, type Event, planProject, preview } from '../../src/index.ts';
import { carryOut, carryOutWell, downIntent, load, testEngine, upIntent } from '../rig/in-process.ts';
import { createProject, freePort } from '../rig/project.ts';
import { startRegistry } from '../rig/registry.ts';

const sleeper = `image: busybox
    command: ["sleep", "1000"]
    stop_grace_period: 0s`;

/** Events as `finished web-1/start`. */
const told = (events: readonly Event[]) => events.flatMap(event => ('step' in event ? [`${event.type.slice(5)} ${event.step}`] : []));

test('a second up changes no container, and its plan is empty', async () => {
  const project = createProject({ 'compose.yaml': `services:\n  a:\n    ${sleeper}\n  b:\n    ${sleeper}\n    depends_on: [a]\n` });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const before = await project.ids();
  expect(Object.keys(before)).toEqual(['a-1', 'b-1']);
  const { outcome } = await carryOutWell(project, engine, upIntent);
  expect(outcome.plan?.steps).toEqual([]);
  expect(outcome.plan?.kept.map(({ name }) => name).sort()).toEqual([`${project.name}-a-1`, `${project.name}-b-1`]);
  expect(await project.ids()).toEqual(before);
});

test('down leaves nothing', async () => {
  const project = createProject({
    'compose.yaml': `services:\n  a:\n    ${sleeper}\n    volumes: [data:/data]\nvolumes: {data: {}}\n`,
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  expect(await project.daemon.remains(project.name)).toHaveLength(3);
  await carryOutWell(project, engine, downIntent);
  expect(await project.daemon.remains(project.name)).toEqual([]);
});

test('a preview changes nothing and tells what up would do', async () => {
  const project = createProject({
    'compose.yaml': `services:\n  a:\n    ${sleeper}\n    healthcheck: {test: "true"}\n  b:\n    ${sleeper}\n    depends_on: {a: {condition: service_healthy}}\n`,
  });
  const engine = await testEngine();
  const run = preview(await load(project), upIntent, engine);
  const events: Event[] = [];
  for await (const event of run.events()) events.push(event);
  expect((await run.done).result).toBe('succeeded');
  expect(told(events)).toContain('finished b-1/start');
  expect(await project.daemon.remains(project.name)).toEqual([]);
});

test('a failing dependency is named with its exit code and last lines, and what does not hang on it comes up', async () => {
  const project = createProject({
    'compose.yaml': `services:
  db:
    image: busybox
    command: ["sh", "-c", "exec >&2; echo opening; printf '\\\\033[31mno password\\\\033[0m\\\\n'; exit 3"]
    healthcheck: {test: "true"}
  web:
    ${sleeper}
    depends_on: {db: {condition: service_healthy}}
  other:
    ${sleeper}
`,
  });
  const { outcome, events } = await carryOut(project, await testEngine(), upIntent);
  expect(outcome).toMatchObject({ result: 'failed', exitCode: 1 });
  const [diagnostic] = outcome.diagnostics;
  expect(diagnostic?.message.split('\n')).toEqual([
    `dependency failed to start: container ${project.name}-db-1 exited (3)`,
    'its last output:',
    '  opening',
    '  no password',
  ]);
  expect(diagnostic?.span?.file.path).toBe(`${project.directory}/compose.yaml`);
  expect(told(events)).toContain('skipped web-1/start');
  const states = Object.fromEntries((await project.daemon.containers(project.name)).map(({ service, state }) => [service, state]));
  expect(states).toEqual({ db: 'exited', web: 'created', other: 'running' });
});

test('an unhealthy dependency shows what its last probe said', async () => {
  const project = createProject({
    'compose.yaml': `services:
  db:
    ${sleeper}
    healthcheck: {test: "echo not yet; exit 1", interval: 200ms, retries: 1}
  web:
    ${sleeper}
    depends_on: {db: {condition: service_healthy}}
`,
  });
  const { outcome } = await carryOut(project, await testEngine(), upIntent);
  expect(outcome.diagnostics.map(({ message }) => message)).toEqual([
    `dependency failed to start: container ${project.name}-db-1 is unhealthy\nits last health probe ended with 1:\n  not yet`,
  ]);
});

test('waiting too long ends with the time that was given', async () => {
  const project = createProject({
    'compose.yaml': `services:\n  a:\n    ${sleeper}\n    healthcheck: {test: "false", interval: 30s, retries: 100}\n`,
  });
  const { outcome } = await carryOut(project, await testEngine(), { ...upIntent, wait: true, waitTimeoutSeconds: 1 });
  expect(outcome.diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['execute.timeout', 'application not healthy after 1s'],
  ]);
});

test('a port that is taken is told with the container that holds it', async () => {
  const port = await freePort();
  const first = createProject({ 'compose.yaml': `services:\n  holder:\n    ${sleeper}\n    ports: ["${port}:80"]\n` });
  const second = createProject({ 'compose.yaml': `services:\n  late:\n    ${sleeper}\n    ports: ["${port}:80"]\n` });
  const engine = await testEngine();
  await carryOutWell(first, engine, upIntent);
  const { outcome } = await carryOut(second, engine, upIntent);
  expect(outcome.diagnostics).toHaveLength(1);
  expect(outcome.diagnostics[0]).toMatchObject({
    code: 'engine.port-in-use',
    hint: `Stop container "${first.name}-holder-1" of project "${first.name}", which holds port ${port}, or publish another port.`,
  });
  expect(outcome.diagnostics[0]?.message).toContain('for service "late"');
});

test('an image that is not to be had is told once for each service, with its place', async () => {
  const project = createProject({ 'compose.yaml': 'services:\n  a: {image: "127.0.0.1:1/none:1"}\n  b: {image: "127.0.0.1:1/none:2"}\n' });
  const { outcome } = await carryOut(project, await testEngine(), upIntent);
  expect(outcome.diagnostics).toHaveLength(2);
  expect(outcome.diagnostics.every(({ span }) => span !== undefined)).toBe(true);
});

test('an interrupt in the middle of up leaves a project that the next up settles', async () => {
  const project = createProject({
    'compose.yaml': `services:
  a:
    ${sleeper}
    healthcheck: {test: "test -f /ready", interval: 200ms, retries: 1000}
  b:
    ${sleeper}
    depends_on: {a: {condition: service_healthy}}
`,
  });
  const engine = await testEngine();
  const run = apply(await load(project), upIntent, engine);
  const events: Event[] = [];
  for await (const event of run.events()) {
    events.push(event);
    if (event.type === 'step.started' && event.step === 'a-1/wait') run.interrupt();
  }
  expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
  expect(told(events)).toContain('skipped b-1/start');
  const before = await project.ids();
  await project.daemon
    .post(`/containers/${before['a-1']}/exec`, { Cmd: ['touch', '/ready'] })
    .then(({ Id }) => project.daemon.post(`/exec/${Id}/start`, { Detach: true }));
  await carryOutWell(project, engine, upIntent);
  expect(await project.ids()).toEqual(before);
  expect((await planProject(await load(project), upIntent, engine)).steps).toEqual([]);
});

test('a service is scaled up and down, and the first replicas stay', async () => {
  const compose = (scale: number) => `services:\n  a:\n    ${sleeper}\n    scale: ${scale}\n`;
  const project = createProject({ 'compose.yaml': compose(1) });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const { 'a-1': first } = await project.ids();
  project.write('compose.yaml', compose(3));
  await carryOutWell(project, engine, upIntent);
  expect(Object.keys(await project.ids())).toEqual(['a-1', 'a-2', 'a-3']);
  project.write('compose.yaml', compose(1));
  await carryOutWell(project, engine, upIntent);
  expect(await project.ids()).toEqual({ 'a-1': first });
});

test('a changed service is made anew under its name, and its anonymous volume is taken over', async () => {
  const compose = (mode: string) => `services:\n  a:\n    ${sleeper}\n    environment: {MODE: ${mode}}\n    volumes: [/data]\n`;
  const project = createProject({ 'compose.yaml': compose('dev') });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const before = await project.ids();
  const volume = (id: string | undefined) => project.daemon.inspect(id ?? '').then(({ Mounts }) => Mounts[0].Name as string);
  const held = await volume(before['a-1']);
  project.write('compose.yaml', compose('prod'));
  await carryOutWell(project, engine, upIntent);
  const after = await project.ids();
  expect(after['a-1']).not.toBe(before['a-1']);
  expect(await volume(after['a-1'])).toBe(held);
  expect((await project.daemon.containers(project.name)).map(({ name }) => name)).toEqual([`${project.name}-a-1`]);
  await carryOutWell(project, engine, { ...upIntent, recreate: 'force', renewAnonymousVolumes: true });
  expect(await volume((await project.ids())['a-1'])).not.toBe(held);
});

test('inline configs and secrets of the environment are there before the process starts, and after each start', async () => {
  const project = createProject({
    '.env': 'TOKEN=swordfish\n',
    'compose.yaml': `services:
  a:
    image: busybox
    command: ["sh", "-c", "cat /greeting /run/secrets/token"]
    configs: [greeting]
    secrets: [{source: token, mode: 0400, uid: "7"}]
configs: {greeting: {content: "hello\\n"}}
secrets: {token: {environment: TOKEN}}
`,
  });
  const engine = await testEngine();
  for (const expected of ['hello\nswordfish', 'hello\nswordfishhello\nswordfish']) {
    await carryOutWell(project, engine, upIntent);
    const { 'a-1': id } = await project.ids();
    await project.daemon.call('POST', `/containers/${id}/wait`);
    expect(await project.daemon.logs(id ?? '')).toBe(expected);
  }
});

test('hooks run after the start and before the stop, and one that fails says what it said', async () => {
  const compose = (hook: string) => `services:
  a:
    ${sleeper}
    volumes: [data:/data]
    post_start: [{command: ["sh", "-c", "${hook}"]}]
    pre_stop: [{command: ["sh", "-c", "echo stopped >> /data/log"]}]
volumes: {data: {}}
`;
  const project = createProject({ 'compose.yaml': compose('echo started >> /data/log') });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  await carryOutWell(project, engine, { kind: 'stop', services: [] });
  project.write('compose.yaml', compose('cat /data/log; echo oh no >&2; exit 6'));
  const { outcome } = await carryOut(project, engine, upIntent);
  expect(outcome.diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['execute.hook-failed', 'a hook exited with status 6: oh no'],
  ]);
  const { 'a-1': id } = await project.ids();
  expect((await project.daemon.inspect(id ?? '')).State.Running).toBe(true);
  const written = await project.daemon.call('GET', `/containers/${id}/archive?path=/data/log`);
  expect(written.text).toContain('started\nstopped\n');
});

test('a volume that differs from the file is kept with its data, and that is said', async () => {
  const compose = (label: string) =>
    `services:\n  a:\n    ${sleeper}\n    volumes: [data:/data]\nvolumes: {data: {labels: {v: "${label}"}}}\n`;
  const project = createProject({ 'compose.yaml': compose('1') });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  project.write('compose.yaml', compose('2'));
  const { events } = await carryOutWell(project, engine, upIntent);
  expect((await project.daemon.volumes(project.name))[0]?.labels['v']).toBe('1');
  const warnings = events.flatMap(event => (event.type === 'warning' ? [event.diagnostic.message] : []));
  expect(warnings).toEqual([expect.stringContaining(`Volume "${project.name}_data" exists but doesn't match configuration`)]);
});

test('a build that changes an image makes only its own containers anew', async () => {
  const compose =
    'services:\n  a: {build: a, command: ["sleep", "1000"], stop_grace_period: 0s}\n  b: {build: b, command: ["sleep", "1000"], stop_grace_period: 0s}\n';
  const project = createProject({
    'compose.yaml': compose,
    'a/Dockerfile': 'FROM busybox\nLABEL v=1\n',
    'b/Dockerfile': 'FROM busybox\nLABEL v=b\n',
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const before = await project.ids();
  project.write('a/Dockerfile', 'FROM busybox\nLABEL v=2\n');
  const { events } = await carryOutWell(project, engine, { ...upIntent, build: 'always' });
  const after = await project.ids();
  expect(after['a-1']).not.toBe(before['a-1']);
  expect(after['b-1']).toBe(before['b-1']);
  expect(events.some(({ type }) => type === 'plan.extended')).toBe(true);
  expect((await planProject(await load(project), upIntent, engine)).steps).toEqual([]);
  await carryOutWell(project, engine, { ...downIntent, images: 'local' });
  expect((await project.daemon.call('GET', `/images/${project.name}-a/json`)).status).toBe(404);
});

test('a pull that brings another image makes only its own containers anew', async () => {
  const registry = await startRegistry();
  const moving = await registry.push('moving');
  const still = await registry.push('still');
  const service = (image: string) => `{image: "${image}", command: ["sleep", "1000"], stop_grace_period: 0s}`;
  const project = createProject({ 'compose.yaml': `services:\n  a: ${service(moving)}\n  b: ${service(still)}\n` });
  project.write('docker/config.json', JSON.stringify({ auths: { [registry.address]: { auth: registry.auth } } }));
  const engine = await testEngine(undefined, { DOCKER_CONFIG: `${project.directory}/docker` });
  try {
    await carryOutWell(project, engine, upIntent);
    const before = await project.ids();
    const { Id: other } = await project.daemon.post(`/commit?container=${before['a-1']}`, { Labels: { moved: 'yes' } });
    await registry.push('moving', 'latest', other);
    await carryOutWell(project, engine, { ...upIntent, pull: 'always' });
    const after = await project.ids();
    expect(after['a-1']).not.toBe(before['a-1']);
    expect(after['b-1']).toBe(before['b-1']);
    expect((await planProject(await load(project), upIntent, engine)).steps).toEqual([]);
  } finally {
    await carryOutWell(project, engine, { ...downIntent, images: 'all' });
  }
});

test('a build that fails is told with what the builder said last', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {build: .}\n',
    Dockerfile: 'FROM busybox\nRUN echo about to fail && exit 9\n',
  });
  const { outcome } = await carryOut(project, await testEngine(), upIntent);
  expect(outcome.diagnostics[0]?.code).toBe('engine.build-failed');
  expect(outcome.diagnostics[0]?.message).toContain('about to fail');
});

test('an inline Dockerfile is built without a file', async () => {
  const project = createProject({
    'compose.yaml': `services:
  a:
    build: {context: ., dockerfile_inline: "FROM busybox\\nARG WHO\\nRUN echo hello $$WHO > /said\\n", args: {WHO: fig}}
    command: ["cat", "/said"]
`,
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const { 'a-1': id } = await project.ids();
  await project.daemon.call('POST', `/containers/${id}/wait`);
  expect(await project.daemon.logs(id ?? '')).toBe('hello fig\n');
  await carryOutWell(project, engine, { ...downIntent, images: 'local' });
});

test('what another program removed meanwhile is no failure of down', async () => {
  const project = createProject({ 'compose.yaml': `services:\n  a:\n    ${sleeper}\n  b:\n    ${sleeper}\n` });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const run = apply(await load(project), downIntent, engine);
  const { 'a-1': id } = await project.ids();
  for await (const event of run.events())
    if (event.type === 'plan.started') await project.daemon.call('DELETE', `/containers/${id}?force=1`);
  expect((await run.done).result).toBe('succeeded');
  expect(await project.daemon.remains(project.name)).toEqual([]);
});

test('a network that something else uses stays, with a warning', async () => {
  const project = createProject({ 'compose.yaml': `services:\n  a:\n    ${sleeper}\n` });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const guest = await project.daemon.post('/containers/create', {
    Image: 'busybox',
    Cmd: ['sleep', '1000'],
    HostConfig: { NetworkMode: `${project.name}_default` },
  });
  await project.daemon.post(`/containers/${guest.Id}/start`);
  try {
    const { outcome, events } = await carryOut(project, engine, downIntent);
    expect(outcome.result).toBe('succeeded');
    expect(events).toContainEqual(expect.objectContaining({ type: 'step.failed', step: 'network:default/remove', tolerated: true }));
  } finally {
    await project.daemon.call('DELETE', `/containers/${guest.Id}?force=1`);
  }
});
