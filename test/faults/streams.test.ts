// Connections cut in mid-stream: each stream of the engine ends as unreachable, never in silence and never for ever.
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { connectEngine } from '../../src/engine/docker/connect.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { attachStreams } from '../../src/follow/attach.ts';
import { followLogs } from '../../src/follow/logs.ts';
import { named } from '../../src/model/named.ts';
import { logSink } from '../../src/view/logs.ts';
import { daemonAt, testHost } from '../rig/daemon.ts';

const project = 'fig-test-cut';
afterEach(() => daemonAt().sweep(project));

/** An engine behind a relay whose connections can all be cut at once. */
async function cuttable() {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, near => {
    const far = connect({ path: testHost().replace('unix://', ''), allowHalfOpen: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const engine = connectEngine({ host: `tcp://127.0.0.1:${port}`, home: '/nowhere', environment: named() });
  onTestFinished(() => engine.close());
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return { engine, cut };
}

async function running(engine: Engine, script: string): Promise<string> {
  const { Id } = await engine.createContainer(`${project}-a-1`, {
    Image: 'busybox:latest',
    Cmd: ['sh', '-c', script],
    StopSignal: 'SIGKILL',
    Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': 'a', 'com.docker.compose.config-hash': 'x' },
    HostConfig: { NetworkMode: 'none' },
  });
  await engine.startContainer(Id);
  return Id;
}

test('followed logs that are cut fail, with what was read before shown', async () => {
  const { engine, cut } = await cuttable();
  await running(engine, 'echo before; sleep 600');
  let shown = '';
  const seen = new PassThrough();
  const output = {
    write: (bytes: string | Uint8Array) => {
      shown += Buffer.from(bytes).toString();
      seen.write('x');
    },
    drained: async () => undefined,
    isTerminal: false,
    columns: 80,
    rows: 24,
  };
  const sink = logSink({ stdout: output, prefix: true, colour: false });
  const selection = { projectName: project, nameOf: () => 'a-1' };
  const following = followLogs(engine, selection, { follow: true, timestamps: false, tail: 'all' }, sink, new AbortController().signal);
  seen.once('data', () => setTimeout(cut, 50));
  await expect(following).rejects.toMatchObject({ name: 'EngineFailure', kind: 'unreachable' });
  expect(shown).toBe('a-1  | before\n');
});

test('events that are cut fail', async () => {
  const { engine, cut } = await cuttable();
  const events = engine.events(named(), new AbortController().signal);
  await events.ready;
  setTimeout(cut, 50);
  const read = async () => {
    for await (const _ of events);
  };
  await expect(read()).rejects.toMatchObject({ name: 'EngineFailure', kind: 'unreachable' });
});

test('an attached process that is cut off gives the terminal back', async () => {
  const { engine, cut } = await cuttable();
  const id = await running(engine, 'sleep 600');
  const exec = await engine.createExec(id, { AttachStdin: true, AttachStdout: true, Tty: true, Cmd: ['sh'] });
  const raw: boolean[] = [];
  const terminal = {
    stdin: new PassThrough(),
    stdout: new PassThrough().resume(),
    stderr: new PassThrough().resume(),
    isTerminal: true,
    size: () => undefined,
    onResize: () => () => undefined,
    setRaw: (on: boolean) => {
      raw.push(on);
      if (on) setTimeout(cut, 100); // cut once it is attached, however long that took
    },
  };
  const attached = attachStreams(engine, { exec }, { tty: true, stdin: true }, terminal);
  // A connection closed in order looks like the end of the process; one that is torn is a failure.
  await Promise.allSettled([attached]);
  expect(raw).toEqual([true, false]);
});

test('a wait that is cut fails, and the next call goes through on a new connection', async () => {
  const { engine, cut } = await cuttable();
  const id = await running(engine, 'sleep 600');
  const waiting = engine.waitContainer(id, 'not-running');
  setTimeout(cut, 100);
  await expect(waiting).rejects.toMatchObject({ name: 'EngineFailure', kind: 'unreachable' });
  expect((await engine.inspectContainer(id)).State.Running).toBe(true);
});
