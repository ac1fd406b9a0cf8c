// Twelve things that go wrong in daily use: the exit code, the first line, the place, and what is on the engine afterwards.
import { chmodSync, chownSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../rig/process.ts';
import { createProject, figPath, freePort, type Result, type TestProject } from '../rig/project.ts';
import { startProxy } from '../rig/proxy.ts';

/** What works, and is running before the user's slip. */
const good = `services:
  web:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
`;

/** The line that names what is wrong: the first of standard error, or the first after the progress that came before. */
const firstLine = ({ stderr }: Result): string => stderr.split('\n').find(line => line.startsWith('error[')) ?? stderr.split('\n')[0] ?? '';

interface Slip {
  readonly what: string;
  readonly file: string;
  readonly args?: readonly string[];
  readonly line: string;
  /** line:column in compose.yaml; undefined where no file is to blame. */
  readonly place?: string;
}

const slips: readonly Slip[] = [
  {
    what: 'broken YAML',
    file: 'services:\n  web:\n    image: "busybox\n    command: sleep 1\n',
    line: 'error[yaml.syntax]: ',
    place: '3:12',
  },
  {
    what: 'an unknown key',
    file: 'services:\n  web:\n    image: busybox\n    port: ["80:80"]\n',
    line: `error[schema.unknown-key]: services.web: additional properties 'port' not allowed`,
    place: '4:5',
  },
  {
    what: 'a wrong type',
    file: 'services:\n  web:\n    image: busybox\n    ports: eighty\n',
    line: 'error[schema.type]: services.web.ports: must be a list, not a string',
    place: '4:12',
  },
  {
    what: 'a missing required variable',
    file: 'services:\n  web:\n    image: busybox:${TAG:?say which}\n',
    line: 'error[interpolation.required-variable]: error while interpolating services.web.image: required variable TAG is missing a value: say which',
    place: '3:20',
  },
  {
    what: 'a cycle',
    file: 'services:\n  web:\n    image: busybox\n    depends_on: [api]\n  api:\n    image: busybox\n    depends_on: [web]\n',
    line: 'error[graph.cycle]: dependency cycle detected: ',
    place: '4:18',
  },
  {
    what: 'an unknown service in the file',
    file: 'services:\n  web:\n    image: busybox\n    depends_on: [wbe]\n',
    line: 'error[reference.unknown-service]: service "web" depends on undefined service "wbe"',
    place: '4:18',
  },
  {
    what: 'an unknown service on the command line',
    file: good,
    args: ['wbe'],
    line: 'error[request.unknown-service]: no such service: wbe',
  },
];

describe('a slip that reading the files shows', () => {
  for (const { what, file, args = [], line, place } of slips)
    test(`${what}: is told at its place, and the running containers stay as they are`, async () => {
      const project = createProject({ 'compose.yaml': good });
      await project.figOk('up', '-d');
      const before = [await project.ids(), await project.daemon.remains(project.name)];
      project.write('compose.yaml', file);
      const result = await project.fig('up', '-d', ...args);
      expect(result.code).toBe(1);
      expect(result.stdout).toBe('');
      expect(result.stderr.split('\n')[0]).toContain(line);
      if (place) expect(result.stderr.split('\n')[1]?.trim()).toBe(`compose.yaml:${place}`);
      expect([await project.ids(), await project.daemon.remains(project.name)]).toEqual(before);
    });

  test('no file at all: is told, and nothing is made', async () => {
    const project = createProject({});
    const result = await project.fig('up', '-d');
    expect(result.code).toBe(1);
    expect(result.stderr.split('\n')[0]).toContain('no configuration file provided: not found');
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });
});

/** After what went wrong, `down` has to bring the engine back to where it was. */
async function expectGoneAfterDown(project: TestProject): Promise<void> {
  await project.figOk('down', '-v');
  expect(await project.daemon.remains(project.name)).toEqual([]);
}

describe('a slip that only the engine shows', () => {
  test('an absent image: names it, its service and its place', async () => {
    const port = await freePort();
    const project = createProject({ 'compose.yaml': `services:\n  web:\n    image: 127.0.0.1:${port}/no/such:1\n` });
    const result = await project.fig('up', '-d');
    expect(result.code).toBe(1);
    expect(firstLine(result)).toContain(`127.0.0.1:${port}`);
    expect(result.stderr).toContain('"web"');
    expect(result.stderr).toMatch(/^ {2}compose\.yaml:[23]:\d+$/m);
    expect((await project.daemon.containers(project.name)).length).toBe(0);
    await expectGoneAfterDown(project);
  });

  test('a busy port: names the port, the service and its place, and what was there before stays', async () => {
    const port = await freePort();
    const holder = createServer();
    await new Promise<void>(resolve => holder.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const project = createProject({ 'compose.yaml': good });
    await project.figOk('up', '-d');
    const before = (await project.ids())['web-1'];
    project.write(
      'compose.yaml',
      `${good}  api:\n    image: busybox\n    command: sleep 600\n    stop_grace_period: 0s\n    ports: ["127.0.0.1:${port}:80"]\n`,
    );
    const result = await project.fig('up', '-d');
    expect(result.code).toBe(1);
    expect(firstLine(result)).toContain('error[engine.port-in-use]');
    expect(firstLine(result)).toContain(String(port));
    expect(result.stderr).toContain('api');
    expect(result.stderr).toMatch(/^ {2}compose\.yaml:\d+:\d+$/m);
    expect((await project.ids())['web-1']).toBe(before);
    await expectGoneAfterDown(project);
  });
});

describe('an engine', () => {
  test('that is not there: is named with its address', async () => {
    const project = createProject({ 'compose.yaml': good });
    const nowhere = `unix://${project.directory}/nothing.sock`;
    const result = await project.figWith({ env: { DOCKER_HOST: nowhere } }, 'up', '-d');
    expect(result.code).toBe(1);
    expect(result.stderr.split('\n')[0]).toContain('error[engine.unreachable]');
    expect(result.stderr.split('\n')[0]).toContain(nowhere);
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test('that is lost midway: is said, and what was made goes with down', async () => {
    const project = createProject({ 'compose.yaml': `${good}  api:\n    image: busybox\n    command: sleep 600\n    depends_on: [web]\n` });
    const proxy = await startProxy();
    proxy.on('POST /containers/*/start').die('after');
    const result = await project.figWith({ env: { DOCKER_HOST: proxy.host }, timeoutMs: 60_000 }, 'up', '-d');
    expect(result.code).toBe(1);
    expect(firstLine(result)).toContain('error[engine.unreachable]');
    expect((await project.daemon.remains(project.name)).length).toBeGreaterThan(0);
    await expectGoneAfterDown(project);
  });

  test('whose socket this user may not open: says so', async () => {
    const project = createProject({ 'compose.yaml': good });
    const proxy = await startProxy();
    const socket = proxy.host.replace('unix://', '');
    chmodSync(socket, 0);
    // Root opens everything; root without that one right is an ordinary user, to a socket of somebody else.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(socket, 65534, 65534);
    const without = '-dac_override,-dac_read_search';
    const before = isRoot ? ['setpriv', `--inh-caps=${without}`, `--bounding-set=${without}`] : [];
    const [program = '', ...args] = [...before, process.execPath, figPath, 'up', '-d'];
    const result = await run(program, args, { cwd: project.directory, env: project.environment({ env: { DOCKER_HOST: proxy.host } }) });
    expect(result.code).toBe(1);
    expect(result.stderr.split('\n')[0]).toContain('error[engine.denied]');
    expect(result.stderr.split('\n')[0]).toMatch(/permission denied|EACCES/i);
    expect(proxy.transcript).toEqual([]);
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });
});
