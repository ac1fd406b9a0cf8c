// wait, events and attach against a real engine.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { attachToService, followEvents, recallProject, type Terminal, waitForServices } from '../../src/index.ts';
import { carryOutWell, testEngine, upIntent } from '../rig/in-process.ts';
import { createProject } from '../rig/project.ts';

const never = new AbortController().signal;

test('wait tells each end and gives the code of the last', async () => {
  const project = createProject({
    'compose.yaml': `services:
  soon: {image: busybox, command: ["sh", "-c", "while [ ! -f /end ]; do sleep 0.1; done; exit 3"]}
  late: {image: busybox, command: ["sh", "-c", "while [ ! -f /end ]; do sleep 0.1; done; sleep 1; exit 4"]}
`,
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const ended: string[] = [];
  const waiting = waitForServices(
    engine,
    project.name,
    ['soon', 'late'],
    ({ name, exitCode }) => void ended.push(`${name} ${exitCode}`),
    never,
  );
  for (const id of Object.values(await project.ids())) {
    const { Id } = await project.daemon.post(`/containers/${id}/exec`, { Cmd: ['touch', '/end'] });
    await project.daemon.post(`/exec/${Id}/start`, { Detach: true });
  }
  expect(await waiting).toBe(4);
  expect(ended.toSorted()).toEqual([`${project.name}-late-1 4`, `${project.name}-soon-1 3`]);
  await expect(waitForServices(engine, project.name, ['soon'], () => undefined, never)).rejects.toThrow(
    `no containers for project "${project.name}"`,
  );
});

test('events are those of the services asked for, until the signal', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["true"]}\n  b: {image: busybox, command: ["true"]}\n',
  });
  const engine = await testEngine();
  const stop = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of followEvents(engine, project.name, { services: ['a'] }, stop.signal)) {
      seen.push(`${event.Action} ${event.Actor.Attributes['com.docker.compose.service']}`);
      if (event.Action === 'die') stop.abort();
    }
  })();
  await carryOutWell(project, engine, upIntent);
  await reading;
  expect(seen).toEqual(['create a', 'start a', 'die a']);
});

test('attach shows what the process says from now on, and gives its exit code', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, stdin_open: true, command: ["sh", "-c", "read line; echo got $$line; exit 5"]}\n',
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const stdout = new PassThrough();
  const stdin = new PassThrough();
  const terminal: Terminal = {
    stdin,
    stdout,
    stderr: new PassThrough(),
    isTerminal: false,
    size: () => undefined,
    onResize: () => () => undefined,
    setRaw: () => undefined,
  };
  const attached = attachToService(engine, project.name, { service: 'a', stdin: true }, terminal);
  stdin.write('hello\n');
  expect(await attached).toBe(5);
  expect(String(stdout.read())).toBe('got hello\n');
});

test('a project is recalled from what the engine has of it, with its dependencies', async () => {
  const project = createProject({
    'compose.yaml': `services:
  a: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s, scale: 2, depends_on: [b]}
  b: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s, volumes: ["data:/data"]}
volumes: {data: {}}
`,
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const recalled = await recallProject(engine, project.name);
  expect(recalled.directory).toBe(project.directory);
  expect(Object.fromEntries(Object.values(recalled.services).map(({ name, scale }) => [name, scale]))).toEqual({ a: 2, b: 1 });
  expect(Object.keys(recalled.services['a']?.depends_on ?? {})).toEqual(['b']);
  expect(recalled.volumes['data']).toMatchObject({ name: `${project.name}_data` });
  expect(recalled.networks['default']).toMatchObject({ name: `${project.name}_default` });
});
