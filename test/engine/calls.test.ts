// The adapter of the Engine port against a real engine: negotiation, failures, hijacked processes, archives and builds.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createRelay } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { contextTar } from '../../src/engine/archive/context.ts';
import { tarOf } from '../../src/engine/archive/tar.ts';
import { connectEngine } from '../../src/engine/docker/connect.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineFailure } from '../../src/engine/failure.ts';
import { attachStreams, type Terminal } from '../../src/follow/attach.ts';
import { named } from '../../src/model/named.ts';
import { daemonAt, testHost } from '../rig/daemon.ts';
import { startRegistry } from '../rig/registry.ts';

const project = 'fig-test-calls';
afterEach(() => daemonAt().sweep(project));

function engineAt(host: string, environment: Record<string, string> = {}): Engine {
  const engine = connectEngine({
    host,
    home: '/nowhere',
    environment: named(Object.entries({ PATH: process.env.PATH ?? '', ...environment })),
  });
  onTestFinished(() => engine.close());
  return engine;
}

/** A container of the test's project; removed afterwards. */
async function make(engine: Engine, name: string, body: object = {}): Promise<string> {
  const labels = { 'com.docker.compose.project': project, 'com.docker.compose.config-hash': 'x' };
  const made = await engine.createContainer(`${project}-${name}`, {
    Image: 'busybox:latest',
    Cmd: ['sleep', '600'],
    StopSignal: 'SIGKILL',
    Labels: labels,
    HostConfig: { NetworkMode: 'none' },
    ...body,
  });
  return made.Id;
}

function terminalOf(input: PassThrough | undefined, isTerminal = false) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const raw: boolean[] = [];
  const terminal: Terminal = {
    stdin: input,
    stdout,
    stderr,
    isTerminal,
    size: () => ({ rows: 33, columns: 111 }),
    onResize: () => () => undefined,
    setRaw: on => void raw.push(on),
  };
  const text = (stream: PassThrough) => Buffer.from(stream.read() ?? '').toString();
  return { terminal, raw, stdout: () => text(stdout), stderr: () => text(stderr) };
}

/** An engine that answers every call alike, and remembers the paths. */
async function fakeHost(version: string, answer: (path: string) => { status: number; body: string }) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const { status, body } = answer(request.url ?? '');
    response.writeHead(status, { 'Api-Version': version, 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { host: `tcp://127.0.0.1:${port}`, paths };
}

test('the first list tells the version, without a ping', async () => {
  const fake = await fakeHost('1.44', () => ({ status: 200, body: '[]' }));
  const engine = engineAt(fake.host);
  await engine.listContainers(named());
  expect(await engine.apiVersion()).toBe('1.44');
  await engine.listNetworks(named());
  expect(fake.paths.map(path => path.split('?')[0])).toEqual(['/v1.41/containers/json', '/v1.44/networks']);
});

test('the first inspection of an image tells the version, and asks for manifests where the engine lists them', async () => {
  const image = { status: 200, body: '{"Id":"sha256:1"}' };
  const older = await fakeHost('1.47', () => image);
  expect(await engineAt(older.host).inspectImage('a/b:1')).toEqual({ Id: 'sha256:1' });
  expect(older.paths).toEqual(['/v1.41/images/a/b%3A1/json']);
  const newer = await fakeHost('1.48', () => image);
  const engine = engineAt(newer.host);
  for (const reference of ['a', 'b']) await engine.inspectImage(reference);
  expect(newer.paths).toEqual(['/v1.41/images/a/json', '/v1.48/images/a/json?manifests=1', '/v1.48/images/b/json?manifests=1']);
});

test('DOCKER_API_VERSION bounds the version, and a newer engine is spoken to in the newest that fig knows', async () => {
  const fake = await fakeHost('1.99', () => ({ status: 200, body: '{}' }));
  expect(await engineAt(fake.host, { DOCKER_API_VERSION: '1.42' }).apiVersion()).toBe('1.42');
  expect(await engineAt(fake.host).apiVersion()).toBe('1.51');
  expect(await engineAt(testHost(), { DOCKER_API_VERSION: '1.41' }).apiVersion()).toBe('1.41');
});

test('an engine that no longer speaks the oldest version is asked again in its own', async () => {
  const fake = await fakeHost('1.52', path =>
    path.startsWith('/v1.41/')
      ? { status: 400, body: '{"message":"client version 1.41 is too old. Minimum supported API version is 1.44"}' }
      : { status: 200, body: '[]' },
  );
  expect(await engineAt(fake.host).listContainers(named())).toEqual([]);
  expect(fake.paths).toHaveLength(2);
});

test('an engine older than Docker 20.10 is refused', async () => {
  const fake = await fakeHost('1.40', () => ({ status: 200, body: '[]' }));
  await expect(engineAt(fake.host).listContainers(named())).rejects.toMatchObject({ kind: 'too-old' });
});

test('an engine that is not there is unreachable, and its address is named', async () => {
  await expect(engineAt('unix:///nowhere/docker.sock').listContainers(named())).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('failed to connect to the docker API at unix:///nowhere/docker.sock'),
  });
  await expect(engineAt('tcp://127.0.0.1:1').inspectContainer('x')).rejects.toMatchObject({
    kind: 'unreachable',
    message: 'Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?',
  });
  await expect(engineAt('tcp://127.0.0.1:1').pullImage('busybox', undefined, () => undefined)).rejects.toMatchObject({
    kind: 'unreachable',
  });
});

test.skipIf(process.getuid?.() !== 0)('a socket that this user may not open is denied', () => {
  const script = `
    const engine = connectEngine({ host: ${JSON.stringify(`unix://${lockedSocket()}`)}, home: '/nowhere', environment: {} });
    process.setuid(65534);
    await engine.listContainers({}).catch(({ kind, message }) => process.stdout.write(kind + ': ' + message));`;
  expect(inChild(script)).toMatch(/^denied: permission denied while trying to connect to the docker API at unix:/);
});

/** A socket that only root may open. */
function lockedSocket(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fig-locked-'));
  const path = join(folder, 'engine.sock');
  const server = createServer().listen(path);
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

test('a missing container, a taken name and a missing image are told apart', async () => {
  const engine = engineAt(testHost());
  await expect(engine.inspectContainer('fig-test-nobody')).rejects.toMatchObject({ kind: 'not-found', status: 404 });
  await make(engine, 'taken');
  await expect(make(engine, 'taken')).rejects.toMatchObject({ kind: 'conflict', status: 409 });
  await expect(make(engine, 'imageless', { Image: 'fig-test-no-such-image:latest' })).rejects.toMatchObject({ kind: 'image-missing' });
  expect(await engine.inspectImage('fig-test-no-such-image')).toBeUndefined();
});

test('stopping a container that is stopped, and starting one that runs, succeed', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'twice');
  await engine.startContainer(id);
  await engine.startContainer(id);
  await engine.stopContainer(id, 0);
  await engine.stopContainer(id, undefined);
  expect((await engine.inspectContainer(id)).State.Running).toBe(false);
});

test('a call ended by its signal is aborted, and the engine is left usable', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'abort');
  await engine.startContainer(id);
  const ending = new AbortController();
  const waiting = engine.waitContainer(id, 'not-running', ending.signal);
  ending.abort();
  await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
  await engine.killContainer(id, 'SIGKILL');
  expect(await engine.waitContainer(id, 'not-running')).toEqual({ exitCode: 137 });
});

test('more calls at once than connections are all answered', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'many');
  const answers = await Promise.all(Array.from({ length: 150 }, () => engine.inspectContainer(id)));
  expect(answers.every(({ Id }) => Id === id)).toBe(true);
});

test('an exec reads its input to the end, answers on both streams, and has its exit code', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'exec');
  await engine.startContainer(id);
  const command = ['sh', '-c', 'cat; echo problem >&2; exit 7'];
  const exec = await engine.createExec(id, { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command });
  const input = new PassThrough();
  const { terminal, stdout, stderr } = terminalOf(input);
  const attached = attachStreams(engine, { exec }, { tty: false, stdin: true }, terminal);
  const large = 'typed '.repeat(100_000);
  input.end(large);
  let read = '';
  (terminal.stdout as PassThrough).on('data', chunk => {
    read += chunk;
  });
  expect(await attached).toBe('ended');
  expect(read).toBe(large);
  expect([stdout(), stderr()]).toEqual(['', 'problem\n']);
  expect((await engine.inspectExec(exec)).ExitCode).toBe(7);
});

test('an exec with a terminal has its size and raw mode, and gives the terminal back', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'tty');
  await engine.startContainer(id);
  const exec = await engine.createExec(id, {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    Cmd: ['sh', '-c', 'read line; stty size; exit 5'],
  });
  const input = new PassThrough();
  const { terminal, raw, stdout } = terminalOf(input, true);
  const attached = attachStreams(engine, { exec }, { tty: true, stdin: true }, terminal);
  setTimeout(() => input.write('\r'), 500);
  expect(await attached).toBe('ended');
  expect(stdout()).toContain('33 111');
  expect(raw).toEqual([true, false]);
  expect((await engine.inspectExec(exec)).ExitCode).toBe(5);
});

test('a container attached before its start misses nothing, and its detach keys leave it running', async () => {
  const engine = engineAt(testHost());
  const body = { Tty: true, OpenStdin: true, AttachStdin: true, AttachStdout: true, Cmd: ['sh', '-c', 'echo hello; sleep 600'] };
  const id = await make(engine, 'detach', body);
  const input = new PassThrough();
  const { terminal, stdout, raw } = terminalOf(input, true);
  const attached = attachStreams(
    engine,
    { container: id },
    { tty: true, stdin: true, attached: () => engine.startContainer(id) },
    terminal,
  );
  setTimeout(() => input.write('\x10\x11'), 700);
  expect(await attached).toBe('detached');
  expect(stdout()).toBe('hello\r\n');
  expect(raw).toEqual([true, false]);
  expect((await engine.inspectContainer(id)).State.Running).toBe(true);
});

test('a failed start gives the terminal back and is thrown', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'broken', { Cmd: ['/nowhere/program'], Tty: true, OpenStdin: true });
  const { terminal, raw } = terminalOf(new PassThrough(), true);
  const options = { tty: true, stdin: true, attached: () => engine.startContainer(id) };
  await expect(attachStreams(engine, { container: id }, options, terminal)).rejects.toBeInstanceOf(EngineFailure);
  expect(raw).toEqual([true, false]);
});

test('files go into a container with their owner and mode, and come out again', async () => {
  const engine = engineAt(testHost());
  const id = await make(engine, 'files');
  await engine.putArchive(id, '/', tarOf([{ path: 'run/key', mode: 0o440, uid: 7, gid: 8, content: Buffer.from('hush') }]), {
    copyUidGid: true,
  });
  const archive = Buffer.concat(await (await engine.getArchive(id, '/run/key')).toArray());
  expect(execFileSync('tar', ['-xOf', '-'], { input: archive }).toString()).toBe('hush');
  expect(execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: archive }).toString()).toMatch(/^-r--r----- 7\/8 /);
  await expect(engine.getArchive(id, '/nowhere')).rejects.toMatchObject({ kind: 'not-found' });
});

test('a relay carries hijacked streams to an engine behind TCP', async () => {
  const path = testHost().replace('unix://', '');
  const server = createRelay({ allowHalfOpen: true }, near => {
    const far = connect({ path, allowHalfOpen: true });
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const engine = engineAt(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
  const id = await make(engine, 'relay');
  await engine.startContainer(id);
  const exec = await engine.createExec(id, { AttachStdin: true, AttachStdout: true, Cmd: ['cat'] });
  const input = new PassThrough();
  const { terminal, stdout } = terminalOf(input);
  const attached = attachStreams(engine, { exec }, { tty: false, stdin: true }, terminal);
  input.end('through');
  expect(await attached).toBe('ended');
  expect(stdout()).toBe('through');
});

test("an engine over ssh is reached through the user's own ssh, hijacked streams too", () => {
  const folder = mkdtempSync(join(tmpdir(), 'fig-ssh-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Stands for ssh: says how it was called, and is what `docker system dial-stdio` is over there.
  const log = join(folder, 'calls');
  const ssh = `#!${process.execPath}
    const socket = require('node:net').connect(${JSON.stringify(testHost().replace('unix://', ''))});
    require('node:fs').appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(' ') + '\\n');
    process.stdin.pipe(socket).pipe(process.stdout);`;
  writeFileSync(join(folder, 'ssh'), ssh, { mode: 0o755 });
  const script = `
    const engine = connectEngine({ host: 'ssh://me@far:2222', home: '/nowhere', environment: {} });
    const { Id } = await engine.createContainer(${JSON.stringify(`${project}-ssh`)}, {
      Image: 'busybox:latest', Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true,
      Labels: { 'com.docker.compose.project': ${JSON.stringify(project)} }, HostConfig: { NetworkMode: 'none' },
    });
    const { stream } = await engine.attachContainer(Id, { stdin: true, logs: false });
    await engine.startContainer(Id);
    stream.end('over there');
    for await (const chunk of stream) process.stdout.write(chunk.subarray(8));
    engine.close();`;
  expect(inChild(script, { PATH: `${folder}:${process.env.PATH}` })).toBe('over there');
  const calls = readFileSync(log, 'utf8').trim().split('\n');
  expect(new Set(calls)).toEqual(new Set(['-o ConnectTimeout=30 -T -l me -p 2222 -- far docker system dial-stdio']));
  expect(calls.length).toBeLessThanOrEqual(3);
});

test('an ssh that fails says so in its own words', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fig-ssh-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ssh'), '#!/bin/sh\necho "far: Permission denied (publickey)." >&2\nexit 255\n', { mode: 0o755 });
  const script = `
    const engine = connectEngine({ host: 'ssh://far', home: '/nowhere', environment: {} });
    await engine.listContainers({}).catch(({ kind, message }) => process.stdout.write(kind + ': ' + message));`;
  expect(inChild(script, { PATH: `${folder}:${process.env.PATH}` })).toMatch(/^unreachable: .*Permission denied \(publickey\)\.$/);
});

test('an engine behind TLS is checked against its authority, and shown our certificate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fig-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const subject = ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost'];
  // One certificate is authority, engine and client at once.
  openssl('req', '-x509', ...subject, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', 'key.pem', '-out', 'cert.pem');
  writeFileSync(join(folder, 'ca.pem'), readFileSync(join(folder, 'cert.pem')));
  const [key, cert, ca] = ['key', 'cert', 'ca'].map(name => readFileSync(join(folder, `${name}.pem`), 'utf8'));
  const server = createTlsServer({ key, cert, ca, requestCert: true, rejectUnauthorized: true }, near => {
    const far = connect({ path: testHost().replace('unix://', '') });
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  const engine = engineAt(host, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder });
  const id = await make(engine, 'tls');
  const archive = Buffer.concat(await (await engine.getArchive(id, '/bin/sh')).toArray());
  expect(archive.length).toBeGreaterThan(512);
  await expect(engineAt(host, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }).info()).rejects.toMatchObject({
    kind: 'unreachable',
  });
});

test('a build sends its context, reports its steps and gives the image id', async () => {
  const engine = engineAt(testHost());
  const folder = mkdtempSync(join(tmpdir(), 'fig-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:latest\nARG WHO\nCOPY greeting /\nRUN echo "$(cat /greeting) $WHO" > /said\n');
  writeFileSync(join(folder, 'greeting'), 'hello');
  const { tar, dockerfile } = await contextTar({ directory: folder });
  let output = '';
  const query = named(Object.entries({ t: `${project}:built`, dockerfile, buildargs: '{"WHO":"you"}', rm: '1', networkmode: 'none' }));
  const id = await engine.buildImage(tar, query, line => {
    output += line.stream ?? '';
  });
  onTestFinished(() => engine.removeImage(`${project}:built`));
  expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(output).toContain('COPY greeting');
  expect((await engine.inspectImage(`${project}:built`))?.Id).toBe(id);
});

test('a build that fails says the step, and a context that cannot be read says why', async () => {
  const engine = engineAt(testHost());
  const folder = mkdtempSync(join(tmpdir(), 'fig-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM busybox:latest\nRUN exit 3\n');
  const { tar, dockerfile } = await contextTar({ directory: folder });
  const query = named([['dockerfile', dockerfile] as const, ['networkmode', 'none'] as const, ['forcerm', '1'] as const]);
  await expect(engine.buildImage(tar, query, () => undefined)).rejects.toMatchObject({
    kind: 'build-failed',
    message: expect.stringContaining('exit 3'),
  });
  const broken = new PassThrough();
  setTimeout(() => broken.destroy(new Error('the disk is gone')), 50);
  await expect(engine.buildImage(broken, query, () => undefined)).rejects.toMatchObject({
    kind: 'build-failed',
    message: 'the disk is gone',
  });
});

test('a pull shows its credentials to the registry, and without them is refused', async () => {
  const registry = await startRegistry();
  const reference = await registry.push('team/tool', '1');
  const folder = mkdtempSync(join(tmpdir(), 'fig-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const engine = engineAt(testHost(), { DOCKER_CONFIG: folder });
  await expect(engine.pullImage(reference, undefined, () => undefined)).rejects.toMatchObject({ kind: 'pull-denied' });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth: registry.auth } } }));
  const statuses: string[] = [];
  await engine.pullImage(reference, undefined, line => void statuses.push(line.status ?? ''));
  onTestFinished(() => engine.removeImage(reference));
  expect(statuses.join('\n')).toContain('Digest: sha256:');
  expect(await engine.inspectImage(reference)).toBeDefined();
  await expect(engine.pullImage(`${registry.address}/team/tool:none`, undefined, () => undefined)).rejects.toMatchObject({
    kind: 'pull-denied',
  });
});

test('an engine that is only asked questions does not load dockerode, and lets the process end', () => {
  const script = `
    const engine = connectEngine({ host: ${JSON.stringify(testHost())}, home: '/nowhere', environment: {} });
    const id = (await engine.listContainers({}, { all: true }))[0]?.Id;
    if (id) await engine.inspectContainer(id);
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache ?? {}).some(path => path.includes('docker-modem'));
    process.stdout.write(String(loaded));`;
  expect(inChild(script)).toBe('false');
});

/** What a script prints that has `connectEngine`, in a process of its own; it must end by itself. */
function inChild(script: string, environment: Record<string, string> = {}): string {
  const connecting = new URL('../../src/engine/docker/connect.ts', import.meta.url).href;
  const code = `const { connectEngine } = await import(${JSON.stringify(connecting)});${script}`;
  const flags = ['--import', typescriptLoader(), '--input-type=module', '-e', code];
  return execFileSync(process.execPath, flags, { timeout: 20_000, env: { ...process.env, ...environment } }).toString();
}

/** Node 20 reads no TypeScript by itself: a loader over esbuild, which the build uses too. */
function typescriptLoader(): string {
  const hooks = `
    import { readFile } from 'node:fs/promises';
    import { transform } from ${JSON.stringify(import.meta.resolve('esbuild'))};
    export async function load(url, context, next) {
      if (!url.endsWith('.ts')) return next(url, context);
      const source = await readFile(new URL(url), 'utf8');
      return { format: 'module', shortCircuit: true, source: (await transform(source, { loader: 'ts' })).code };
    }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  return `data:text/javascript,${encodeURIComponent(register)}`;
}
