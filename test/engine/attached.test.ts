// Attached up against a real engine: no line is lost, ends are told, and interrupts stop what was started.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Engine, type Event, type Following, type FollowOptions, followProject, type LogSink, readLogs } from '../../src/index.ts';
import { carryOutWell, load, testEngine, upIntent } from '../rig/in-process.ts';
import { createProject, type TestProject } from '../rig/project.ts';
import { startProxy } from '../rig/proxy.ts';

/** A sink that keeps what it is given, as `name: line`. */
function recorder() {
  const lines: string[] = [];
  const unended = new Map<string, string>();
  const sink: LogSink = {
    writer: name => ({
      write(_stream, bytes) {
        const parts = ((unended.get(name) ?? '') + Buffer.from(bytes).toString('utf8')).split('\n');
        unended.set(name, parts.pop() ?? '');
        lines.push(...parts.map(line => `${name}: ${line}`));
      },
    }),
    status: (name, message) => void lines.push(`${name} ${message}`),
    flush: () => undefined,
    full: () => undefined,
  };
  return { lines, sink };
}

interface Followed {
  readonly lines: string[];
  readonly events: Event[];
  readonly run: Following;
  readonly over: Promise<void>;
}

/** Starts an attached up; `each` may act on events while it goes on. */
async function attached(
  project: TestProject,
  options: Partial<FollowOptions> = {},
  each: (event: Event, run: Following) => void = () => undefined,
  services: readonly string[] = [],
  engine?: Engine,
): Promise<Followed> {
  const { lines, sink } = recorder();
  const run = followProject(await load(project, services), { ...upIntent, services }, engine ?? (await testEngine()), {
    sink,
    cascade: 'none',
    ...options,
  });
  const events: Event[] = [];
  const over = (async () => {
    for await (const event of run.events()) {
      events.push(event);
      each(event, run);
    }
  })();
  return { lines, events, run, over };
}

/** An engine whose events come later than its answers, as those of a busy one do. */
function withLateEvents(engine: Engine): Engine {
  const events: Engine['events'] = (...given) => {
    const stream = engine.events(...given);
    return {
      ...stream,
      async *[Symbol.asyncIterator]() {
        for await (const event of stream) {
          await pause(Math.max(0, event.timeNano / 1e6 + 1000 - Date.now()));
          yield event;
        }
      },
    };
  };
  return { ...engine, events };
}

const isEnd = (step: string) => (event: Event) => event.type === 'step.finished' && event.step === step;

/** Looks until something holds, for half a minute. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds() && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20));
}

const states = async (project: TestProject) =>
  Object.fromEntries((await project.daemon.containers(project.name)).map(({ service, state }) => [service, state]));

test('every line is shown, from the first on, and up ends with the last container', async () => {
  const project = createProject({
    'compose.yaml': `services:
  quick: {image: busybox, command: ["sh", "-c", "for i in 1 2 3; do echo $$i; done; echo no end >&2; printf last"]}
  slow: {image: busybox, command: ["sh", "-c", "echo a; sleep 1; echo b; exit 4"]}
`,
  });
  const { lines, events, run, over } = await attached(project);
  expect(await run.done).toMatchObject({ result: 'succeeded', exitCode: 0 });
  await over;
  const of = (name: string) => lines.filter(line => line.startsWith(name));
  expect(of('quick-1').slice(-1)).toEqual(['quick-1 exited with code 0']);
  expect(of('quick-1').filter(line => line !== 'quick-1: no end')).toEqual([
    'quick-1: 1',
    'quick-1: 2',
    'quick-1: 3',
    'quick-1: last',
    'quick-1 exited with code 0',
  ]);
  expect(of('slow-1')).toEqual(['slow-1: a', 'slow-1: b', 'slow-1 exited with code 4']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'attaching', containers: ['quick-1', 'slow-1'] }));
  expect(events).toContainEqual(expect.objectContaining({ type: 'container.exited', container: 'slow-1', code: 4, restarting: false }));
});

test('a container that the engine starts again is followed through its lives', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["sh", "-c", "echo life; exit 2"], restart: "on-failure:2"}\n',
  });
  const { lines, run } = await attached(project);
  await run.done;
  expect(lines).toEqual([
    'a-1: life',
    'a-1 exited with code 2 (restarting)',
    'a-1: life',
    'a-1 exited with code 2 (restarting)',
    'a-1: life',
    'a-1 exited with code 2',
  ]);
});

test('the first container to end stops the others and gives its code, where asked', async () => {
  const project = createProject({
    'compose.yaml': `services:
  job: {image: busybox, command: ["sh", "-c", "sleep 0.5; exit 7"]}
  server: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s}
`,
  });
  const { events, run, over } = await attached(project, { cascade: 'exit' });
  expect(await run.done).toMatchObject({ exitCode: 7 });
  await over;
  expect(events).toContainEqual(expect.objectContaining({ type: 'stopping', because: 'cascade' }));
  expect(await states(project)).toEqual({ job: 'exited', server: 'exited' });
});

test('a container that ends well stops nothing where only failures count', async () => {
  const project = createProject({
    'compose.yaml': `services:
  well: {image: busybox, command: ["true"]}
  ill: {image: busybox, command: ["sh", "-c", "sleep 1; exit 5"]}
  server: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s}
`,
  });
  const { run } = await attached(project, { cascade: 'failure' });
  expect(await run.done).toMatchObject({ exitCode: 5 });
});

test('the exit code is that of the chosen service, also when another one ended first', async () => {
  const project = createProject({
    'compose.yaml': `services:
  first: {image: busybox, command: ["sh", "-c", "sleep 0.5; exit 3"]}
  chosen: {image: busybox, init: true, command: ["sh", "-c", "trap 'exit 9' TERM; sleep 1000 & wait"]}
`,
  });
  const { run } = await attached(project, { cascade: 'exit', exitCodeFrom: 'chosen' });
  expect(await run.done).toMatchObject({ exitCode: 9 });
});

const stubborn = `services:
  polite: {image: busybox, command: ["sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.2; done"], depends_on: [stubborn]}
  stubborn: {image: busybox, command: ["sh", "-c", "trap '' TERM; echo up; while true; do sleep 0.2; done"], stop_grace_period: 60s}
`;

test('the first interrupt stops dependents first, and what they say last is shown', async () => {
  const project = createProject({ 'compose.yaml': stubborn.replace('60s', '1s') });
  const { lines, events, run, over } = await attached(project);
  // A process that runs does not listen to signals yet: its first line tells that this one does.
  await until(() => lines.includes('polite-1: up') && events.some(isEnd('polite-1/start')));
  run.interrupt();
  expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
  await over;
  expect(lines).toContain('polite-1: bye');
  expect(await states(project)).toEqual({ polite: 'exited', stubborn: 'exited' });
  const stops = events.flatMap(event => (event.type === 'step.finished' && event.step.endsWith('/stop') ? [event.step] : []));
  expect(stops).toEqual(['polite-1/stop', 'stubborn-1/stop']);
});

test('the second interrupt kills what does not want to stop', async () => {
  const project = createProject({ 'compose.yaml': stubborn });
  const begun = Date.now();
  const { run } = await attached(project, {}, (event, own) => {
    if (event.type === 'step.finished' && event.step === 'polite-1/start') own.interrupt();
    if (event.type === 'step.started' && event.step === 'stubborn-1/stop') own.interrupt();
  });
  expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
  expect(await states(project)).toEqual({ polite: 'exited', stubborn: 'exited' });
  expect(Date.now() - begun).toBeLessThan(30_000);
});

test('leaving an attached up leaves its containers running', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["sh", "-c", "echo up; sleep 1000"], stop_grace_period: 0s}\n',
  });
  const { run } = await attached(project, {}, (event, own) => {
    if (event.type === 'step.finished' && event.step === 'a-1/start') own.detach();
  });
  expect(await run.done).toMatchObject({ result: 'succeeded', exitCode: 0 });
  expect(await states(project)).toEqual({ a: 'running' });
});

test('a second attached up joins what runs already, and ends when that ends', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["sh", "-c", "while [ ! -f /end ]; do echo tick; sleep 0.1; done"]}\n',
  });
  const first = await attached(project, {}, (event, own) => {
    if (event.type === 'step.finished' && event.step === 'a-1/start') own.detach();
  });
  await first.run.done;
  const { 'a-1': id } = await project.ids();
  const second = await attached(project);
  await expect.poll(() => second.lines).toContain('a-1: tick');
  const { Id } = await project.daemon.post(`/containers/${id}/exec`, { Cmd: ['touch', '/end'] });
  await project.daemon.post(`/exec/${Id}/start`, { Detach: true });
  expect(await second.run.done).toMatchObject({ result: 'succeeded', exitCode: 0 });
  expect(second.lines.at(-1)).toBe('a-1 exited with code 0');
});

test('replacing a container is no exit', async () => {
  const compose = (v: number) =>
    `services:\n  a: {image: busybox, command: ["sh", "-c", "echo v${v}; sleep ${v === 1 ? 1000 : 1}"], stop_grace_period: 0s}\n`;
  const project = createProject({ 'compose.yaml': compose(1) });
  const first = await attached(project, {}, (event, own) => {
    if (event.type === 'step.finished' && event.step === 'a-1/start') own.detach();
  });
  await first.run.done;
  project.write('compose.yaml', compose(2));
  const { lines, run } = await attached(project, { cascade: 'exit' });
  expect(await run.done).toMatchObject({ exitCode: 0 });
  expect(lines).toEqual(['a-1: v2', 'a-1 exited with code 0']);
});

test('a container that another up replaces is told under its own name, and all that the new one says is shown', async () => {
  const project = createProject({
    'compose.yaml': `services:
  quick: {image: busybox, command: ["sh", "-c", "echo one; echo two"]}
  stays: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s}
`,
  });
  const { lines, run } = await attached(project);
  await until(() => lines.includes('quick-1 exited with code 0'));
  const engine = await testEngine();
  await carryOutWell(project, engine, { ...upIntent, services: ['quick'], recreate: 'force' });
  await until(() => lines.filter(line => line === 'quick-1 exited with code 0').length > 1);
  // One that runs throughout keeps the reading below from ending.
  run.detach();
  await run.done;
  const said = lines.filter(line => line.includes('quick'));
  const life = ['quick-1: one', 'quick-1: two', 'quick-1 exited with code 0'];
  expect(said).toEqual([...life, 'quick-1 has been recreated', ...life]);
  const followed = recorder();
  const stopped = new AbortController();
  const reading = readLogs(
    engine,
    project.name,
    { services: [], follow: true, timestamps: false, tail: 'all' },
    followed.sink,
    stopped.signal,
  );
  // Its first lines tell that it watches.
  await until(() => followed.lines.includes('quick-1: two'));
  await carryOutWell(project, engine, { ...upIntent, recreate: 'force' });
  const told = () => followed.lines.filter(line => line.includes('recreated'));
  await until(() => told().length === 2);
  stopped.abort();
  await reading;
  expect(told().sort()).toEqual(['quick-1 has been recreated', 'stays-1 has been recreated']);
});

test('a dependency that fails ends an attached up with 1, and leaves the others as they are', async () => {
  const project = createProject({
    'compose.yaml': `services:
  db: {image: busybox, command: ["sh", "-c", "echo no; exit 3"], healthcheck: {test: "true"}}
  web: {image: busybox, command: ["sleep", "1000"], depends_on: {db: {condition: service_healthy}}}
  other: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s}
`,
  });
  const { lines, run } = await attached(project, {}, undefined, [], withLateEvents(await testEngine()));
  expect(await run.done).toMatchObject({ result: 'failed', exitCode: 1 });
  expect(lines).toEqual(['db-1: no', 'db-1 exited with code 3']);
  expect(await states(project)).toEqual({ db: 'exited', web: 'created', other: 'running' });
});

test('logs of a service are read under its display names', async () => {
  const project = createProject({
    'compose.yaml':
      'services:\n  a: {image: busybox, command: ["echo", "from a"], scale: 2}\n  b: {image: busybox, command: ["echo", "from b"]}\n',
  });
  const { run } = await attached(project);
  await run.done;
  const { lines, sink } = recorder();
  const request = { services: ['a'], follow: false, timestamps: false, tail: 'all' };
  await readLogs(await testEngine(), project.name, request, sink, new AbortController().signal);
  expect(lines.toSorted()).toEqual(['a-1: from a', 'a-2: from a']);
});

test('an up that cannot start a container which ran before waits for no end of it', async () => {
  const project = createProject({ 'compose.yaml': 'services:\n  a: {image: busybox, command: ["echo", "once"]}\n' });
  const first = await attached(project);
  await first.run.done;
  const proxy = await startProxy();
  proxy.on('POST /containers/*/start').respond(500, { message: 'no room' });
  const second = await attached(project, {}, undefined, [], await testEngine(proxy.host));
  expect(await second.run.done).toMatchObject({ result: 'failed', exitCode: 1 });
  expect(second.lines).toEqual([]);
});

test('an interrupt ends an up whose container waits to be started again', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["sh", "-c", "echo life; exit 2"], restart: always}\n',
  });
  const { lines, run } = await attached(project);
  // The engine waits longer after each life.
  await until(() => lines.filter(line => line.endsWith('(restarting)')).length > 2);
  run.interrupt();
  expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
  expect(await states(project)).toEqual({ a: 'exited' });
});
