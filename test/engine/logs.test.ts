// Logs of real containers: whole lines, in order, kept to the last byte, in bounded memory, and on through restarts.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { connectEngine } from '../../src/engine/docker/connect.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { observe, observeProject } from '../../src/engine/observe.ts';
import { followActivity } from '../../src/follow/activity.ts';
import { followLogs, type LogRequestOptions, logReader } from '../../src/follow/logs.ts';
import { named } from '../../src/model/named.ts';
import { logSink } from '../../src/view/logs.ts';
import type { Output } from '../../src/view/view.ts';
import { daemonAt, testHost } from '../rig/daemon.ts';

const project = 'fig-test-logs';
afterEach(() => daemonAt().sweep(project));

function engineUnderTest(): Engine {
  const engine = connectEngine({ host: testHost(), home: '/nowhere', environment: named() });
  onTestFinished(() => engine.close());
  return engine;
}

interface Making {
  readonly tty?: boolean;
  readonly restart?: number;
  readonly replaces?: boolean;
  readonly logDriver?: string;
}

/** A container as Compose makes it, as far as logs are concerned. */
async function make(engine: Engine, service: string, script: string, options: Making = {}): Promise<string> {
  const labels = {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': '1',
    'com.docker.compose.config-hash': 'x',
    ...(options.replaces ? { 'com.docker.compose.replace': `${service}-1` } : {}),
  };
  const { Id } = await engine.createContainer(`${project}-${service}-1`, {
    Image: 'busybox:latest',
    Cmd: ['sh', '-c', script],
    Tty: options.tty ?? false,
    StopSignal: 'SIGKILL',
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      ...(options.restart ? { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: options.restart } } : {}),
      ...(options.logDriver ? { LogConfig: { Type: options.logDriver } } : {}),
    },
  });
  return Id;
}

const selection = { projectName: project, nameOf: ({ name }: { readonly name: string }) => name.slice(project.length + 1) };
const everything: LogRequestOptions = { follow: false, timestamps: false, tail: 'all' };

/** An output into memory; `delayMs` makes it take its time. */
function collecting(delayMs = 0) {
  const written: Buffer[] = [];
  const output: Output = {
    write: bytes => void written.push(Buffer.from(bytes)),
    drained: () => pause(delayMs).then(() => undefined),
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
  const text = () => Buffer.concat(written).toString();
  return { sink: logSink({ stdout: output, prefix: true, colour: false }), text, lines: () => text().split('\n').slice(0, -1) };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it did not come to this: ${what}`);
    await pause(20);
  }
}

test('20 containers that write in bits, read slowly: each line of output is one line of one container', async () => {
  const engine = engineUnderTest();
  const script =
    'i=0; while [ $i -lt 40 ]; do printf "begin $i "; printf "middle "; echo "end $i"; echo "error $i" >&2; i=$((i+1)); done; printf "last"';
  const services = Array.from({ length: 20 }, (_, index) => `s${index}`);
  await Promise.all(
    services.map(async service => {
      const id = await make(engine, service, script);
      await engine.startContainer(id);
      await engine.waitContainer(id, 'not-running');
    }),
  );
  const { sink, lines } = collecting(5);
  await followLogs(engine, selection, everything, sink, new AbortController().signal);
  const expected = services.flatMap(service => {
    const prefix = `${service}-1`.padEnd(6);
    const written = Array.from({ length: 40 }, (_, index) => [`begin ${index} middle end ${index}`, `error ${index}`]).flat();
    return [...written, 'last'].map(line => `${prefix} | ${line}`);
  });
  expect(lines().toSorted()).toEqual(expected.toSorted());
  for (const service of ['s0', 's19']) {
    const own = lines().filter(line => line.startsWith(`${service}-1 `) && line.includes('begin'));
    expect(own.map(line => Number(/end (\d+)/.exec(line)?.[1]))).toEqual(Array.from({ length: 40 }, (_, index) => index));
  }
});

test('a container with a terminal has its bytes shown as they are', async () => {
  const engine = engineUnderTest();
  const id = await make(engine, 'tty', 'printf "one\\ntwo"', { tty: true });
  await engine.startContainer(id);
  await engine.waitContainer(id, 'not-running');
  const { sink, text } = collecting();
  await followLogs(engine, selection, everything, sink, new AbortController().signal);
  expect(text()).toBe('tty-1  | one\r\ntty-1  | two\n');
});

test('a long log is read in bounded memory, however slow its reader', async () => {
  const engine = engineUnderTest();
  // 64 MB: were they kept, the second half would need half of that more than the first. Freed chunks that await collection are no leak.
  const id = await make(engine, 'long', 'yes "$(printf %0999d 0)" | head -n 64000');
  await engine.startContainer(id);
  await engine.waitContainer(id, 'not-running');
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  let mostWaiting = 0;
  const highest = [0, 0];
  const sizeOf = (chunks: readonly Uint8Array[]) => chunks.reduce((sum, { length }) => sum + length, 0);
  const output: Output = {
    write: chunk => {
      bytes += chunk.length;
      waiting.push(Buffer.from(chunk));
      mostWaiting = Math.max(mostWaiting, sizeOf(waiting));
      const half = bytes < 32_000_000 ? 0 : 1;
      highest[half] = Math.max(highest[half] ?? 0, process.memoryUsage().rss);
    },
    drained: async () => {
      await pause(5);
      waiting = [];
    },
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
  const sink = logSink({ stdout: output, prefix: true, colour: false });
  await followLogs(engine, selection, everything, sink, new AbortController().signal);
  expect(bytes).toBe(64_000 * (1000 + 'long-1  | '.length));
  expect(mostWaiting).toBeLessThan(1 << 20);
  expect((highest[1] ?? 0) - (highest[0] ?? 0)).toBeLessThan(16 << 20);
});

test('a line of three megabytes stays one line among others', async () => {
  const engine = engineUnderTest();
  const long = await make(engine, 'long', 'head -c 3000000 /dev/zero | tr "\\0" x; echo end');
  const short = await make(engine, 'short', 'i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done');
  for (const id of [long, short]) {
    await engine.startContainer(id);
    await engine.waitContainer(id, 'not-running');
  }
  const { sink, lines } = collecting(1);
  await followLogs(engine, selection, everything, sink, new AbortController().signal);
  expect(lines()).toHaveLength(201);
  expect(lines().filter(line => line.startsWith('long-1   | ') && line.length === 11 + 3_000_003)).toHaveLength(1);
});

test('following goes on with a container that is restarted, one that takes its place, and one that is new', async () => {
  const engine = engineUnderTest();
  const stay = (said: string) => `echo "${said} begins"; sleep 600`;
  const first = await make(engine, 'a', stay('first'));
  await engine.startContainer(first);
  const { sink, lines } = collecting();
  const ending = new AbortController();
  const following = followLogs(engine, selection, { ...everything, follow: true }, sink, ending.signal);
  const times = (text: string) => lines().filter(line => line.includes(text)).length;
  await until(() => times('first begins') === 1, 'the first life is read');
  await engine.restartContainer(first, 0);
  await until(() => times('first begins') === 2, 'the second life is read, and the first not again');

  await engine.renameContainer(first, `${project}-old`);
  const second = await make(engine, 'a', stay('second'), { replaces: true });
  await engine.stopContainer(first, 0);
  await engine.removeContainer(first, { force: true, volumes: false });
  await engine.startContainer(second);
  await until(() => times('second begins') === 1, 'the replacement is read');
  expect(times('a-1 has been recreated')).toBe(1);

  const added = await make(engine, 'b', stay('added'));
  await engine.startContainer(added);
  await until(() => times('added begins') === 1, 'the new one is read');

  await engine.stopContainer(added, 0);
  await engine.stopContainer(second, 0);
  await following;
  expect(ending.signal.aborted).toBe(false);
  expect(times('exited with code')).toBeGreaterThanOrEqual(4);
  expect(times('first begins')).toBe(2);
});

test('each life of a container that restarts by itself is shown once, with its end', async () => {
  const engine = engineUnderTest();
  const id = await make(engine, 'a', 'echo life; printf unfinished; sleep 0.3; exit 4', { restart: 2 });
  const { sink, text } = collecting();
  await engine.startContainer(id);
  await followLogs(engine, selection, { ...everything, follow: true }, sink, new AbortController().signal);
  const shown = text().replaceAll('\r\u001b[K', '');
  const life = 'a-1  | life\na-1  | unfinished\n';
  expect(shown).toBe(
    `${life}a-1 exited with code 4 (restarting)\n${life}a-1 exited with code 4 (restarting)\n${life}a-1 exited with code 4\n`,
  );
});

test('following ends with its signal, and without an exit that did not happen', async () => {
  const engine = engineUnderTest();
  const id = await make(engine, 'a', 'echo begun; printf "no end"; sleep 600');
  await engine.startContainer(id);
  const { sink, text, lines } = collecting();
  const ending = new AbortController();
  const following = followLogs(engine, selection, { ...everything, follow: true }, sink, ending.signal);
  await until(() => lines().length === 1, 'the first line is read');
  ending.abort();
  await following;
  expect(text()).toBe('a-1  | begun\n');
});

test('a logging driver that keeps nothing is said, and the others are read', async () => {
  const engine = engineUnderTest();
  for (const [service, options] of [
    ['mute', { logDriver: 'none' }],
    ['other', {}],
  ] as const) {
    const id = await make(engine, service, 'echo hello', options);
    await engine.startContainer(id);
    await engine.waitContainer(id, 'not-running');
  }
  const { sink, lines } = collecting();
  const warnings: string[] = [];
  await followLogs(engine, selection, { ...everything, warn: text => void warnings.push(text) }, sink, new AbortController().signal);
  expect(lines()).toEqual(['other-1  | hello']);
  expect(warnings).toEqual([expect.stringContaining('mute-1')]);
});

test("tail and timestamps are the engine's", async () => {
  const engine = engineUnderTest();
  const id = await make(engine, 'a', 'echo one; echo two; echo three');
  await engine.startContainer(id);
  await engine.waitContainer(id, 'not-running');
  const { sink, lines } = collecting();
  await followLogs(engine, selection, { follow: false, timestamps: true, tail: '2' }, sink, new AbortController().signal);
  expect(lines()).toHaveLength(2);
  expect(lines()[0]).toMatch(/^a-1 {2}\| \d{4}-\d\d-\d\dT[\d:.]+Z two$/);
});

test('a container attached before its start misses nothing of either stream', async () => {
  const engine = engineUnderTest();
  const id = await make(engine, 'a', 'echo out; echo err >&2; printf last');
  const { sink, lines } = collecting();
  const reader = logReader(engine, sink, new AbortController().signal);
  const { ended } = await reader.attach(id, 'a-1', false);
  await engine.startContainer(id);
  await ended;
  expect(lines().toSorted()).toEqual(['a-1  | err', 'a-1  | last', 'a-1  | out'].toSorted());
});

test('activity has no gap between what is listed and what happens', async () => {
  const engine = engineUnderTest();
  const ending = new AbortController();
  const feed = await followActivity(engine, project, ending.signal);
  expect(feed.containers).toEqual([]);
  const id = await make(engine, 'a', 'exit 3');
  await engine.startContainer(id);
  await engine.waitContainer(id, 'not-running');
  await engine.removeContainer(id, { force: true, volumes: false });
  const kinds: string[] = [];
  for await (const activity of feed.activities) {
    kinds.push(activity.kind === 'died' ? `died ${activity.exitCode}` : activity.kind);
    expect(activity.container).toMatchObject({ id, name: `${project}-a-1`, service: 'a', number: 1, oneOff: false });
    if (activity.kind === 'removed') ending.abort();
  }
  expect(kinds).toEqual(['created', 'started', 'died 3', 'removed']);
});

test('the snapshot holds what is labelled, what is only declared, and what is not there', async () => {
  const engine = engineUnderTest();
  await make(engine, 'a', 'sleep 600');
  const foreign = `${project}-foreign`;
  await engine.createVolume({ Name: foreign });
  onTestFinished(() => engine.removeVolume(foreign));
  const labels = { 'com.docker.compose.project': project, 'com.docker.compose.volume': 'data', 'com.docker.compose.config-hash': 'h' };
  await engine.createVolume({ Name: `${project}_data`, Labels: labels });
  const observed = await observe(engine, {
    name: project,
    nameFrom: 'flag',
    directory: '/',
    files: [],
    envFiles: [],
    environment: named(),
    profiles: [],
    services: named([
      ['a', { name: 'a', image: 'busybox:latest', command: null, entrypoint: null }],
      ['b', { name: 'b', image: 'fig-test-no-such-image', command: null, entrypoint: null }],
    ]),
    disabledServices: named(),
    networks: named([
      ['default', { name: `${project}_default` }],
      ['host', { name: 'host', external: true }],
    ]),
    volumes: named([
      ['data', { name: `${project}_data` }],
      ['foreign', { name: foreign }],
    ]),
    secrets: named(),
    configs: named(),
    models: named(),
    extensions: named(),
    origins: { at: () => undefined },
  });
  expect(observed.containers).toMatchObject([
    { name: `${project}-a-1`, service: 'a', number: 1, state: 'created', health: 'none', configHash: 'x' },
  ]);
  expect(observed.networks.map(({ name }) => name)).toEqual(['host']);
  expect(observed.volumes.map(({ name, key }) => [name, key])).toEqual([
    [`${project}_data`, 'data'],
    [foreign, undefined],
  ]);
  expect(Object.keys(observed.images)).toEqual(['busybox:latest']);
  expect(observed.images['busybox:latest']?.digest).toMatch(/^sha256:/);
  expect(await observeProject(engine, project)).toEqual(observed.containers);
});
