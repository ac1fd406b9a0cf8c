// The lock under hard conditions: killed and frozen holders, dead sockets, folders of others, talkative visitors; and two figs that meet.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { locksOf } from '../../src/api/connect.ts';
import { type Hold, type Lock, longestLine, type Party } from '../../src/lock/lock.ts';
import { socketLock } from '../../src/lock/socket-lock.ts';
import { named } from '../../src/model/named.ts';
import { start } from '../rig/process.ts';
import { createProject, figPath } from '../rig/project.ts';
import { startProxy } from '../rig/proxy.ts';

const key = { engine: 'unix:///engine.sock', project: 'shop' };
const up = { command: 'fig up', yields: true };
const down = { command: 'fig down', yields: false };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'fig-lock-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function held(lock: Lock, cancelled: (by: Party) => void = () => undefined, project = key): Hold {
  const hold = lock.take(project, up, cancelled);
  if (hold === 'taken' || hold === 'none') throw new Error(`the lock is ${hold}`);
  onTestFinished(() => hold.release());
  return hold;
}

async function met(lock: Lock) {
  const meeting = await lock.meet(key, down);
  if (!meeting) throw new Error('nobody holds the lock');
  onTestFinished(() => meeting.leave());
  return meeting;
}

/** A socket in the folder at which nobody listens any more, as kill -9 leaves it. */
async function deadSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const { code } = await start(process.execPath, ['-e', script], { cwd: '/', env: {} }).done;
  expect(code).toBe(137);
}

describe('a lock', () => {
  test('is one process’s at a time, tells who has it, and tells when it is free', async () => {
    const lock = socketLock(folder());
    const hold = held(lock);
    expect(lock.take(key, down, () => undefined)).toBe('taken');
    const meeting = await met(lock);
    expect(meeting.holder).toEqual({ ...up, process: process.pid });
    hold.release();
    await meeting.over;
    held(lock);
  });

  test('of another project, or on another engine, is another lock', () => {
    const lock = socketLock(folder());
    held(lock);
    held(lock, undefined, { ...key, project: 'other' });
    held(lock, undefined, { ...key, engine: 'tcp://elsewhere:2375' });
    const long = 'a-name-that-goes-on-for-longer-than-a-socket-may-be-called-by-any-system';
    held(lock, undefined, { ...key, project: `${long}-1` });
    held(lock, undefined, { ...key, project: `${long}-2` });
  });

  test('passes on who asks for the end', async () => {
    const lock = socketLock(folder());
    const asked = new Promise<Party>(resolve => held(lock, resolve));
    (await met(lock)).cancel();
    expect(await asked).toEqual({ ...down, process: process.pid });
  });

  test('leaves nothing in its folder', () => {
    const runtime = folder();
    held(socketLock(runtime)).release();
    expect(readdirSync(join(runtime, 'fig'))).toEqual([]);
  });

  test('leaves a trace when it is taken and left', async () => {
    const runtime = folder();
    const locks = locksOf(named([['XDG_RUNTIME_DIR', runtime]]));
    // The clock of a file system may stand still for some milliseconds: what is done within them is one change.
    const changed = (from: string) => expect.poll(() => [held(socketLock(runtime)).release(), locks.trace()][1]).not.toBe(from);
    const before = locks.trace();
    await changed(before);
    const after = locks.trace();
    expect(locks.trace()).toBe(after);
    await changed(after);
  });

  test('of a process that was killed is taken away, with all that others left', async () => {
    const runtime = folder();
    const lock = socketLock(runtime);
    held(lock);
    held(lock, undefined, { ...key, project: 'living' }); // which the sweep must leave alone
    const names = readdirSync(join(runtime, 'fig'));
    const own = names.find(name => name.startsWith('shop-')) ?? '';
    rmSync(join(runtime, 'fig', own));
    await deadSocket(join(runtime, 'fig', own));
    await deadSocket(join(runtime, 'fig', 'other-00000000'));
    await deadSocket(join(runtime, 'fig', `${own}.4711`));
    expect(lock.take(key, up, () => undefined)).toBe('taken');
    expect(await lock.meet(key, up)).toBeUndefined();
    expect(readdirSync(join(runtime, 'fig'))).toEqual(names.filter(name => name !== own));
    held(lock);
  });

  test('is not to be had where its folder is open to others, a link, or a file', () => {
    const rival = { TMPDIR: process.env['TMPDIR'] };
    const temporary = folder();
    process.env['TMPDIR'] = temporary;
    onTestFinished(() => {
      if (rival.TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = rival.TMPDIR;
    });
    const own = join(temporary, `fig-${process.getuid?.()}`);
    const takes = () => socketLock(undefined).take(key, up, () => undefined);
    mkdirSync(own, { mode: 0o700 });
    chmodSync(own, 0o750);
    expect(takes()).toBe('none');
    rmSync(own, { recursive: true });
    symlinkSync(folder(), own);
    expect(takes()).toBe('none');
    rmSync(own);
    writeFileSync(own, '');
    expect(takes()).toBe('none');
    rmSync(own);
    held(socketLock(undefined));
    // A runtime directory that cannot be used is passed over.
    expect(socketLock('/nonexistent').take(key, up, () => undefined)).toBe('taken');
    expect(socketLock('relative').take(key, up, () => undefined)).toBe('taken');
  });
});

describe('a visitor', () => {
  /** A bare connection to the only lock of a folder. */
  function visitor(runtime: string): Socket {
    const [name = ''] = readdirSync(join(runtime, 'fig'));
    const socket = connect(join(runtime, 'fig', name));
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined).resume();
    return socket;
  }

  const closed = (socket: Socket) => new Promise<void>(resolve => void socket.once('close', () => resolve()));

  test.each([
    ['says too much', 'x'.repeat(longestLine + 1)],
    ['says no JSON', 'hello\n'],
    ['speaks another language', '{"fig":2,"command":"fig down","process":1}\n'],
    ['gives a name without end', `{"fig":1,"command":"${'x'.repeat(200)}","process":1}\n`],
    ['stops in the midst of a line', '{"fig":1,'],
    ['says more than a line', '{"fig":1,"command":"fig down","process":1}\nand more'],
  ])('who %s is shown out, and cancels nothing', async (_, text) => {
    const runtime = folder();
    held(socketLock(runtime), () => {
      throw new Error('was cancelled');
    });
    const socket = visitor(runtime);
    socket.write(text);
    await closed(socket);
  });

  test('comes in vain where there are too many, and those who are there keep waiting', async () => {
    const runtime = folder();
    const lock = socketLock(runtime);
    const hold = held(lock);
    const meeting = await met(lock);
    const crowd = Array.from({ length: 80 }, () => visitor(runtime));
    await Promise.race(crowd.map(closed));
    hold.release();
    await meeting.over;
  });

  test('waits a second for the name of a holder that does not answer', async () => {
    const runtime = folder();
    const lock = socketLock(runtime);
    const hold = held(lock);
    const [name = ''] = readdirSync(join(runtime, 'fig'));
    hold.release();
    const silent = createServer();
    await new Promise<void>(resolve => void silent.listen(join(runtime, 'fig', name), resolve));
    onTestFinished(() => void silent.close());
    expect((await met(lock)).holder).toBeUndefined();
  });
});

const compose = `
services:
  web: {image: busybox, command: sleep 600, stop_grace_period: 0s}
  old: {image: busybox, command: sleep 600, stop_grace_period: 0s, depends_on: [web]}
`;

/** A project, and an `up` of it that stands still before it makes its first container, until `goOn` is called. */
async function standingUp() {
  const project = createProject({ 'compose.yaml': compose });
  const proxy = await startProxy();
  const env = { DOCKER_HOST: proxy.host, XDG_RUNTIME_DIR: folder() };
  let goOn: () => void = () => undefined;
  const stands = new Promise<void>(resolve => {
    goOn = resolve;
  });
  onTestFinished(() => goOn());
  const reached = new Promise<void>(resolve => {
    proxy.on('POST /containers/create', { nth: 1 }).run(() => {
      resolve();
      return stands;
    });
  });
  const first = project.figStart({ env }, 'up', '-d');
  const ended = first.done.then(({ stderr }) => Promise.reject(new Error(`up ended before it made anything: ${stderr}`)));
  await Promise.race([reached, ended]);
  ended.catch(() => undefined); // once it stands, its end is the test's affair
  return { project, proxy, env, first, goOn };
}

describe('two figs', () => {
  test('the second up says for whom it waits, and has nothing to do afterwards', async () => {
    const { project, proxy, env, first, goOn } = await standingUp();
    const second = project.figStart({ env }, 'up', '-d');
    await second.prints(/warning\[request\.busy\]: waiting for "fig up" \(process \d+\), which works on project/);
    goOn();
    expect([await first.done, await second.done]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(proxy.calls('POST /containers/create')).toHaveLength(2);
  });

  test('kill -9 of the first lets the second go on at once', async () => {
    const { project, env, first } = await standingUp();
    const second = project.figStart({ env }, 'up', '-d');
    await second.prints('waiting for "fig up"');
    first.kill('SIGKILL');
    expect(await second.done).toMatchObject({ code: 0, stderr: expect.not.stringContaining('going on beside') });
    expect(Object.keys(await project.ids())).toEqual(['old-1', 'web-1']);
    const third = await project.figWith({ env }, 'restart');
    expect(third).toMatchObject({ code: 0, stderr: expect.not.stringContaining('busy') });
  });

  test.each(['down', 'stop', 'kill'])('%s asks the up to end, which ends as at Ctrl+C and says by whom', async command => {
    const { project, env, first, goOn } = await standingUp();
    const second = project.figStart({ env }, command);
    await second.prints(/warning\[request\.busy\]: asked "fig up" \(process \d+\) to end/);
    goOn();
    expect(await first.done).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(new RegExp(`warning\\[request\\.cancelled\\]: "fig ${command}" \\(process ${second.process.pid}\\)`)),
    });
    expect(await second.done).toMatchObject({ code: 0 });
    const running = (await project.daemon.containers(project.name)).filter(({ state }) => state === 'running');
    expect(running).toEqual([]);
    if (command === 'down') expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test('stop goes on beside a fig that is frozen', async () => {
    const { project, env, first } = await standingUp();
    first.kill('SIGSTOP');
    const second = await project.figWith({ env }, 'stop');
    expect(second.code).toBe(0);
    first.kill('SIGKILL');
  });

  test('called by the reference’s name, neither ends for the other', async () => {
    const { project, env, first, goOn } = await standingUp();
    const plugin = { ...env, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: 'docker' };
    expect(await project.figWith({ env: plugin }, 'compose', 'stop')).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('busy'),
    });
    goOn();
    expect(await first.done).toMatchObject({ code: 0 });
  });

  test('a provider that calls fig on its own project is not kept waiting, though containers are still made', async () => {
    const project = createProject({
      'compose.yaml': `${compose}  helper: {provider: {type: ./provider}}\n  tool: {image: busybox, network_mode: none, profiles: [tools]}\n`,
      provider: `#!/bin/sh\n[ "$2" = metadata ] && exit 1\nexec '${process.execPath}' -- '${figPath}' up --no-start tool >&2\n`,
    });
    chmodSync(join(project.directory, 'provider'), 0o755);
    const env = { XDG_RUNTIME_DIR: folder() };
    expect(await project.figWith({ env }, 'up', '-d')).toMatchObject({ code: 0, stderr: expect.not.stringContaining('busy') });
  });

  const migrated = `
services:
  db: {image: busybox, command: sleep 600, stop_grace_period: 0s, healthcheck: {test: test -e /data/done, interval: 1s, retries: 600}, volumes: ['data:/data']}
  migrate: {image: busybox, command: touch /data/done, volumes: ['data:/data'], profiles: [tools]}
volumes: {data: {}}
`;

  test('an up that waits for the health of a service lets a run go on that makes it healthy', async () => {
    const project = createProject({ 'compose.yaml': migrated });
    const env = { XDG_RUNTIME_DIR: folder() };
    const first = project.figStart({ env }, 'up', '-d', '--wait');
    await first.prints('Waiting');
    expect(await project.figWith({ env }, 'run', '--rm', 'migrate')).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('busy'),
    });
    expect(await first.done).toMatchObject({ code: 0 });
  });

  test('an up that only waits still ends for a down', async () => {
    const project = createProject({ 'compose.yaml': migrated });
    const env = { XDG_RUNTIME_DIR: folder() };
    const first = project.figStart({ env }, 'up', '-d', '--wait');
    await first.prints('Waiting');
    const second = await project.figWith({ env }, 'down');
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('asked "fig up"') });
    expect(await first.done).toMatchObject({ code: 130, stderr: expect.stringContaining('warning[request.cancelled]: "fig down"') });
  });

  test('an attached up keeps nobody waiting once it follows', async () => {
    const project = createProject({ 'compose.yaml': compose });
    const env = { XDG_RUNTIME_DIR: folder() };
    const first = project.figStart({ env }, 'up');
    await first.prints('Attaching to');
    await expect.poll(() => readdirSync(join(env.XDG_RUNTIME_DIR, 'fig')), { timeout: 30_000 }).toEqual([]);
    expect(await project.figWith({ env }, 'restart', '-t', '0', 'old')).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('busy'),
    });
    expect(await project.figWith({ env }, 'stop')).toMatchObject({ code: 0, stderr: expect.not.stringContaining('busy') });
    expect(await first.done).toMatchObject({ stderr: expect.not.stringContaining('cancelled') });
  });
});
