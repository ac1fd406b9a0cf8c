// pre_start hooks: containers of their own, gone when they ended well, kept when they did not, and never left behind.
import { expect, test } from 'vitest';
import { killedAt } from '../rig/kill.ts';
import { createProject, type TestProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';

/** The hooks write what they are told into a volume of the service; the service prints it. */
const compose = (hooks: string, more = '') => `services:
  web:
    image: busybox
    command: sh -c 'cat /data/log; exec sleep 600'
    init: true
    stop_grace_period: 0s
    environment: { WHO: service, OWN: "1" }
    volumes: [data:/data]
    networks: [front, back]
    pre_start: ${hooks}
${more}
volumes: { data: {} }
networks: { front: {}, back: {} }
`;

const write = (text: string) => `{command: ["sh", "-c", "echo ${text} >> /data/log"], environment: {WHO: hook}, working_dir: /tmp}`;

const hooksOf = async (project: TestProject) =>
  (await project.daemon.containers(project.name)).filter(({ labels }) => 'com.docker.compose.hook' in labels);

test('they run in order before the first start, with the variables and volumes of the service, and leave nothing', async () => {
  const project = createProject({ 'compose.yaml': compose(`[${write('$$WHO $$OWN $$PWD')}, ${write('second')}]`) });
  await project.figOk('up', '-d');
  expect(await project.daemon.logs(`${project.name}-web-1`)).toBe('hook 1 /tmp\nsecond\n');
  expect(await hooksOf(project)).toEqual([]);
});

test('they run again only when no replica runs', async () => {
  const project = createProject({ 'compose.yaml': compose(`[${write('once')}]`) });
  // Out of the engine's archive: runc refuses an exec right after a restart where the engine lives in namespaces of its own.
  const log = async () => {
    const { text: tar } = await project.daemon.call('GET', `/containers/${project.name}-web-1/archive?path=/data/log`);
    return tar.slice(512, 512 + Number.parseInt(tar.slice(124, 135), 8));
  };
  await project.figOk('up', '-d');
  await project.figOk('up', '-d', '--scale', 'web=2');
  await project.figOk('restart', 'web');
  expect(await log()).toBe('once\n');
  await project.figOk('stop');
  await project.figOk('start');
  expect(await log()).toBe('once\nonce\n');
});

const failing = compose('[{command: ["sh", "-c", "echo out; echo first >&2; echo last >&2; exit $${CODE}"], environment: {CODE: "7"}}]');

test('one that fails keeps the service from starting, says what it said, and its container is kept until the next run', async () => {
  const project = createProject({ 'compose.yaml': failing });
  const { code, stderr, stdout } = await project.fig('up', '-d');
  const [kept] = await hooksOf(project);
  expect([code, stdout, kept?.state]).toEqual([1, '', 'exited']);
  expect(stderr).toContain(
    `service "web" pre_start[0] exited with code 7: first\n  last (hook container ${kept?.id.slice(0, 12)} retained for inspection)`,
  );
  expect((await project.daemon.inspect(`${project.name}-web-1`)).State.Status).toBe('created');
  expect((await project.figOk('ps', '-a', '-q')).stdout.trim().split('\n')).toHaveLength(1);

  project.write('compose.yaml', compose(`[${write('mended')}]`));
  await project.figOk('up', '-d');
  expect(await hooksOf(project)).toEqual([]);
});

test('down removes what a hook left, and with services named only theirs', async () => {
  const project = createProject({
    'compose.yaml': `${failing.replace('volumes: { data: {} }', '  other:\n    image: busybox\nvolumes: { data: {} }')}`,
  });
  await project.fig('up', '-d');
  await project.figOk('down', 'other');
  expect(await hooksOf(project)).toHaveLength(1);
  await project.figOk('down', '-v');
  expect(await project.daemon.remains(project.name)).toEqual([]);
});

test('the container of a hook is the one that the reference makes', async context => {
  if (withoutReference) context.skip('no reference');
  const project = createProject({ 'compose.yaml': failing });
  const shown = async () => {
    const [hook] = await hooksOf(project);
    const { Config, HostConfig, NetworkSettings } = await project.daemon.inspect(hook?.id ?? '');
    const { Image, Cmd, Env, User, WorkingDir, Labels } = Config;
    const aliases = Object.entries<{ Aliases: string[] }>(NetworkSettings.Networks).map(([name, { Aliases }]) => [
      name,
      Aliases.filter(alias => alias !== hook?.id.slice(0, 12)).sort(),
    ]);
    const from = HostConfig.VolumesFrom.map((id: string) => id === webId);
    return { Image, Cmd, Env: Env.sort(), User, WorkingDir, Labels, from, mode: HostConfig.NetworkMode, aliases: aliases.sort() };
  };
  const idOf = async () => (await project.daemon.inspect(`${project.name}-web-1`)).Id as string;
  await project.reference('up', '-d');
  let webId = await idOf();
  const theirs = await shown();
  await project.figOk('down');
  await project.fig('up', '-d');
  webId = await idOf();
  expect(await shown()).toEqual(theirs);
});

test.each(['POST /containers/*/start', 'DELETE /containers/*'])(
  'kill -9 around %s of a hook: the next up runs the hooks again and leaves none',
  async at => {
    const project = createProject({ 'compose.yaml': compose(`[${write('ran')}]`) });
    await killedAt(project, { at, nth: 1, when: 'before' }, {}, 'up', '-d');
    expect(await hooksOf(project)).toHaveLength(1);
    await project.figOk('up', '-d');
    expect(await hooksOf(project)).toEqual([]);
    expect((await project.daemon.inspect(`${project.name}-web-1`)).State.Running).toBe(true);
  },
);

test('an interrupt ends a hook that runs, and removes its container', async () => {
  const project = createProject({ 'compose.yaml': compose('[{command: ["sh", "-c", "echo begun; sleep 600"]}]') });
  const running = project.figStart({}, 'up');
  await running.prints('begun');
  running.kill('SIGINT');
  expect((await running.done).code).toBe(130);
  expect(await hooksOf(project)).toEqual([]);
});

test('attached up shows what they say as the reference does', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  web:\n    image: busybox\n    command: echo served\n    pre_start: [{command: [echo, prepared]}]\n',
  });
  const { stdout } = await project.figOk('up');
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'Attaching to web-1',
    'web pre_start[0] ->  | prepared',
    'web-1                | served',
  ]);
});

test('they stand in the network of another service where theirs does', async () => {
  const project = createProject({
    'compose.yaml': `services:
  host: {image: busybox, command: sleep 600, init: true, stop_grace_period: 0s, hostname: here}
  guest:
    image: busybox
    command: sh -c 'cat /data/name; exec sleep 600'
    init: true
    stop_grace_period: 0s
    network_mode: service:host
    volumes: [data:/data]
    pre_start: [{command: ["sh", "-c", "hostname > /data/name"]}]
volumes: { data: {} }
`,
  });
  await project.figOk('up', '-d');
  expect(await project.daemon.logs(`${project.name}-guest-1`)).toBe('here\n');
});
