// run and exec against a real engine: exit codes, input, labels, what is left behind.
import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Event, execInService, type OneOffRequest, runOneOff, type Terminal } from '../../src/index.ts';
import { carryOutWell, load, testEngine, upIntent } from '../rig/in-process.ts';
import { createProject, type TestProject } from '../rig/project.ts';

const compose = `services:
  db:
    image: busybox
    command: ["sh", "-c", "sleep 0.3; touch /ready; exec sleep 1000"]
    stop_grace_period: 0s
    healthcheck: {test: "test -f /ready", interval: 200ms, retries: 50}
  web:
    image: busybox
    command: ["sh", "-c", "echo default; exit 4"]
    environment: {A: "1"}
    ports: ["80"]
    restart: always
    depends_on: {db: {condition: service_healthy}}
    networks: {default: {aliases: [alias]}}
`;

const request: OneOffRequest = {
  service: 'web',
  command: [],
  detach: false,
  environment: [],
  labels: [],
  remove: false,
  tty: false,
  interactive: false,
  capAdd: [],
  capDrop: [],
  volumes: [],
  publish: [],
  servicePorts: false,
  useAliases: false,
  withDependencies: true,
  build: 'when-needed',
  removeOrphans: false,
  ignoreOrphans: true,
};

/** A terminal in memory; `input` is piped in. */
function memoryTerminal(input?: string) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = { stdout: '', stderr: '' };
  stdout.on('data', bytes => {
    said.stdout += bytes;
  });
  stderr.on('data', bytes => {
    said.stderr += bytes;
  });
  const terminal: Terminal = {
    stdin: input === undefined ? undefined : Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    isTerminal: false,
    size: () => undefined,
    onResize: () => () => undefined,
    setRaw: () => undefined,
  };
  return { terminal, said };
}

async function once(project: TestProject, changes: Partial<OneOffRequest>, input?: string, each?: (event: Event) => void) {
  const { terminal, said } = memoryTerminal(input);
  const run = runOneOff(await load(project, ['web']), { ...request, ...changes }, await testEngine(), {}, terminal);
  for await (const event of run.events()) each?.(event);
  return { outcome: await run.done, said };
}

test("a one-off waits for its dependencies, runs the service's command and gives its exit code", async () => {
  const project = createProject({ 'compose.yaml': compose });
  const steps: string[] = [];
  const { outcome, said } = await once(project, {}, undefined, event => {
    if (event.type === 'step.finished') steps.push(event.step);
  });
  expect(outcome).toMatchObject({ result: 'succeeded', exitCode: 4 });
  expect(said.stdout).toBe('default\n');
  expect(steps.indexOf('db-1/wait')).toBeLessThan(steps.findIndex(step => step.includes('-run-')));
  const containers = await project.daemon.containers(project.name);
  const made = containers.find(({ service }) => service === 'web');
  expect(made?.name).toMatch(new RegExp(`^${project.name}-web-run-[0-9a-f]{12}$`));
  expect(made?.labels).toMatchObject({
    'com.docker.compose.oneoff': 'True',
    'com.docker.compose.slug': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(made?.labels).not.toHaveProperty('com.docker.compose.container-number');
  const details = await project.daemon.inspect(made?.id ?? '');
  expect(details.HostConfig.RestartPolicy.Name).toBe('');
  expect(details.HostConfig.PortBindings ?? {}).toEqual({});
  expect(details.NetworkSettings.Networks[`${project.name}_default`].Aliases).not.toContain('alias');
});

test('a one-off that is to be removed leaves nothing, and its code is known nevertheless', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const { outcome, said } = await once(project, {
    remove: true,
    withDependencies: false,
    command: ['sh', '-c', 'echo $A$B; echo err >&2; exit 7'],
    environment: ['B=2'],
  });
  expect(outcome.exitCode).toBe(7);
  expect(said).toEqual({ stdout: '12\n', stderr: 'err\n' });
  expect(await project.daemon.containers(project.name)).toEqual([]);
});

test('what is piped in reaches the process, and its end ends it', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const input = 'x'.repeat(200_000);
  const { outcome, said } = await once(
    project,
    { remove: true, withDependencies: false, interactive: true, entrypoint: ['wc'], command: ['-c'] },
    input,
  );
  expect(outcome.exitCode).toBe(0);
  expect(said.stdout.trim()).toBe('200000');
});

test('a detached one-off is left running, and its id is told', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const { outcome } = await once(project, {
    detach: true,
    withDependencies: false,
    command: ['sleep', '1000'],
    name: `${project.name}-mine`,
  });
  expect(outcome).toMatchObject({ result: 'succeeded', exitCode: 0 });
  expect((await project.daemon.inspect(`${project.name}-mine`)).Id).toBe(outcome.containerId);
});

test('an interrupt is passed on to the process, whose code counts', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const { terminal, said } = memoryTerminal();
  const command = ['sh', '-c', "trap 'echo caught; exit 5' INT; echo ready; while true; do sleep 0.1; done"];
  const run = runOneOff(await load(project, ['web']), { ...request, withDependencies: false, command }, await testEngine(), {}, terminal);
  terminal.stdout.on('pipe', () => undefined);
  (terminal.stdout as PassThrough).on('data', () => {
    if (said.stdout === 'ready\n') run.interrupt();
  });
  expect(await run.done).toMatchObject({ result: 'succeeded', exitCode: 5 });
  expect(said.stdout).toBe('ready\ncaught\n');
});

test('a one-off that cannot start says why', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const { outcome } = await once(project, { withDependencies: false, entrypoint: ['/no/such/program'] });
  expect(outcome).toMatchObject({ result: 'failed', exitCode: 1 });
  expect(outcome.diagnostics[0]?.message).toContain('/no/such/program');
});

test('exec gives the exit code of the command, keeps its streams apart, and picks a replica', async () => {
  const project = createProject({
    'compose.yaml': 'services:\n  a: {image: busybox, command: ["sleep", "1000"], stop_grace_period: 0s, scale: 2, hostname: h}\n',
  });
  const engine = await testEngine();
  await carryOutWell(project, engine, upIntent);
  const { terminal, said } = memoryTerminal('in\n');
  const exec = { service: 'a', detach: false, environment: ['X=y'], privileged: false, tty: false, interactive: true };
  const command = ['sh', '-c', 'cat; echo $X; pwd >&2; exit 6'];
  expect(await execInService(engine, project.name, { ...exec, command, workingDirectory: '/tmp' }, terminal)).toBe(6);
  expect(said).toEqual({ stdout: 'in\ny\n', stderr: '/tmp\n' });
  const second = { ...exec, command: ['touch', '/marked'], index: 2 };
  expect(await execInService(engine, project.name, second, memoryTerminal().terminal)).toBe(0);
  const { 'a-2': id } = await project.ids();
  expect((await project.daemon.call('GET', `/containers/${id}/archive?path=/marked`)).status).toBe(200);
  await expect(execInService(engine, project.name, { ...second, index: 3 }, terminal)).rejects.toThrow(
    'service "a" is not running container #3',
  );
  const none = execInService(engine, project.name, { ...second, service: 'b' }, terminal);
  await expect(none).rejects.toMatchObject({ diagnostics: [{ message: 'service "b" is not running container #2' }] });
  await expect(none).rejects.not.toHaveProperty('diagnostics.0.hint');
  await project.daemon.call('POST', `/containers/${id}/stop?t=0`);
  await expect(execInService(engine, project.name, second, terminal)).rejects.toMatchObject({
    diagnostics: [{ message: 'service "a" is not running container #2', hint: 'Start it with "start a".' }],
  });
});

test.each(['SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGHUP'] as const)('the program is told of %s', async signal => {
  const project = createProject({ 'compose.yaml': compose });
  const trap = `trap 'echo caught; exit 7' ${signal.slice(3)}; echo ready; while true; do sleep 0.1; done`;
  const running = project.figStart({}, 'run', '--rm', '-T', '--no-deps', 'web', 'sh', '-c', trap);
  await running.prints('ready\n');
  running.kill(signal);
  const { code, stdout, stderr } = await running.done;
  expect({ code, stdout }).toEqual({ code: 7, stdout: 'ready\ncaught\n' });
  expect(stderr).not.toContain('Debugger');
});

test('the signal that comes is the one that is passed on', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const { terminal, said } = memoryTerminal();
  const command = ['sh', '-c', "trap 'echo caught; exit 6' TERM; echo ready; while true; do sleep 0.1; done"];
  const run = runOneOff(await load(project, ['web']), { ...request, withDependencies: false, command }, await testEngine(), {}, terminal);
  (terminal.stdout as PassThrough).on('data', () => {
    if (said.stdout === 'ready\n') run.interrupt('SIGTERM');
  });
  expect(await run.done).toMatchObject({ result: 'succeeded', exitCode: 6 });
  expect(said.stdout).toBe('ready\ncaught\n');
});
