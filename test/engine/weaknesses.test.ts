// What Docker Compose does badly and fig does better, each shown with both programs where the reference is at hand, else with fig alone.
import { describe, expect, test } from 'vitest';
import type { Result } from '../rig/process.ts';
import { createProject, type TestProject } from '../rig/project.ts';
import { type Proxy as EngineProxy, startProxy } from '../rig/proxy.ts';
import { withoutReference } from '../rig/reference.ts';

const sleeper = (...lines: readonly string[]) =>
  ['image: busybox', 'command: sleep 3600', 'stop_grace_period: 0s', ...lines].map(line => `    ${line}\n`).join('');
const services = (blocks: Readonly<Record<string, string>>, rest = '') =>
  `services:\n${Object.entries(blocks)
    .map(([name, block]) => `  ${name}:\n${block}`)
    .join('')}${rest}`;
const many = (count: number, ...lines: readonly string[]) =>
  services(Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, sleeper(...lines)])));

type Program = 'fig' | 'reference';
const programs: readonly Program[] = withoutReference ? ['fig'] : ['fig', 'reference'];

/** Runs a command with a program; fails unless it ends with `code`. */
async function run(
  program: Program,
  project: TestProject,
  args: readonly string[],
  { env = {}, code = 0, stdin = '' } = {},
): Promise<Result> {
  const result = await (program === 'fig' ? project.figWith({ env, stdin }, ...args) : project.referenceWith({ env, stdin }, ...args));
  expect(result, `${program} ${args.join(' ')}`).toMatchObject({ code });
  return result;
}

/** What `look` sees with each program, each from nothing. */
async function both<T>(project: TestProject, look: (program: Program) => Promise<T>): Promise<{ readonly fig: T; readonly reference?: T }> {
  const seen: Partial<Record<Program, T>> = {};
  for (const program of programs) {
    await project.daemon.sweep(project.name);
    seen[program] = await look(program);
  }
  return { fig: seen.fig as T, ...(seen.reference === undefined ? {} : { reference: seen.reference }) };
}

/** Counts calls that are under way at the same time; with `least`, none goes on before so many are. */
function counting(proxy: EngineProxy, pattern: string, least = 1): { readonly most: number } {
  let [now, most] = [0, 0];
  let enough: () => void = () => undefined;
  const reached = new Promise<void>(resolve => {
    enough = resolve;
  });
  proxy.on(pattern).run(() => {
    most = Math.max(most, ++now);
    if (now >= least) enough();
    return reached;
  });
  proxy.on(pattern).run(() => void now--, 'after');
  return {
    get most() {
      return most;
    },
  };
}

test('1 · containers start side by side; the reference starts one at a time', async () => {
  const project = createProject({ 'compose.yaml': many(6) });
  const { fig, reference } = await both(project, async program => {
    const proxy = await startProxy();
    const starts = counting(proxy, 'POST /containers/*/start', program === 'fig' ? 3 : 1);
    await run(program, project, ['up', '-d'], { env: { DOCKER_HOST: proxy.host } });
    return starts.most;
  });
  expect(fig).toBeGreaterThanOrEqual(3);
  expect(reference ?? 1).toBe(1);
});

test('2 · waiting for health asks the engine when something has happened; the reference asks twice a second', async () => {
  const project = createProject({
    'compose.yaml': services({
      db: sleeper('healthcheck: {test: "[ -e /ready ] || { touch /ready; false; }", interval: 2s, retries: 9}'),
      web: sleeper('depends_on: {db: {condition: service_healthy}}'),
    }),
  });
  const { fig, reference } = await both(project, async program => {
    const proxy = await startProxy();
    await run(program, project, ['up', '-d'], { env: { DOCKER_HOST: proxy.host } });
    return proxy.calls('GET /containers/*/json').length;
  });
  // The container as it starts, its start, and its change to healthy.
  expect(fig).toBeLessThanOrEqual(3);
  if (reference !== undefined) expect(reference).toBeGreaterThan(fig);
});

describe('3 · a command asks once for all, where the reference asks for each container', () => {
  const count = 6;

  test.each([
    { command: ['ps', '-a'], most: 3 },
    { command: ['images'], most: 4 },
    { command: ['up', '-d'], most: 6 },
  ])('$command', async ({ command, most }) => {
    const project = createProject({ 'compose.yaml': many(count) });
    const { fig, reference } = await both(project, async program => {
      await run(program, project, ['up', '-d']);
      const proxy = await startProxy();
      await run(program, project, command, { env: { DOCKER_HOST: proxy.host } });
      return proxy.transcript.length;
    });
    expect(fig).toBeLessThanOrEqual(most);
    if (reference !== undefined) expect(reference).toBeGreaterThan(fig);
  });
});

test('4 · a network made anew keeps the names and addresses of containers that stay; the reference loses them', async () => {
  const text = (label: string) =>
    services(
      { a: sleeper(), b: sleeper('networks: {default: {aliases: [bee], ipv4_address: 10.213.7.9}}') },
      `networks:\n  default: {labels: {v: "${label}"}, ipam: {config: [{subnet: 10.213.7.0/24}]}}\n`,
    );
  const project = createProject({});
  const { fig, reference } = await both(project, async program => {
    project.write('compose.yaml', text('1'));
    await run(program, project, ['up', '-d']);
    project.write('compose.yaml', text('2'));
    await run(program, project, ['up', '-d']);
    const [, b] = await project.daemon.containers(project.name);
    const { NetworkSettings } = await project.daemon.inspect(b?.id ?? '');
    const endpoint = NetworkSettings.Networks[`${project.name}_default`];
    return { aliases: endpoint.Aliases as string[], address: endpoint.IPAMConfig?.IPv4Address as string | undefined };
  });
  expect(fig.aliases).toEqual(expect.arrayContaining(['b', 'bee', `${project.name}-b-1`]));
  expect(fig.address).toBe('10.213.7.9');
  if (reference) {
    expect(reference.aliases).not.toContain('b');
    expect(reference.address).toBeUndefined();
  }
});

// Of the reference nothing certain can be said: it mostly ignores the second signal, and now and then does not.
test('7 · a second interrupt kills what does not want to stop', async () => {
  const project = createProject({
    'compose.yaml': services({
      deaf: `    image: busybox\n    command: ["sh", "-c", "trap '' TERM; echo up; while true; do sleep 0.2; done"]\n    stop_grace_period: 600s\n`,
    }),
  });
  const running = project.figStart({}, 'up');
  await running.prints('deaf-1  | up');
  running.kill('SIGINT');
  await running.prints('press Ctrl+C again to force');
  running.kill('SIGINT');
  expect((await running.done).code).toBe(130);
  expect((await project.daemon.containers(project.name)).map(({ state }) => state)).toEqual(['exited']);
});

test('8 · the same file makes the same container each time; the reference shuffles what is a map inside of it', async () => {
  const variables = Array.from({ length: 12 }, (_, index) => `V${index}: "${index}"`).join(', ');
  const project = createProject({ 'compose.yaml': services({ a: sleeper(`environment: {${variables}}`) }) });
  const { fig, reference } = await both(project, async program => {
    const made = new Set<string>();
    for (let time = 0; time < 4; time++) {
      await run(program, project, ['up', '-d', '--force-recreate', '--no-start']);
      const [a] = await project.daemon.containers(project.name);
      made.add(JSON.stringify((await project.daemon.inspect(a?.id ?? '')).Config.Env));
    }
    return made.size;
  });
  expect(fig).toBe(1);
  expect(reference ?? 2).toBeGreaterThan(1);
});

describe('9 · what is said', () => {
  test('a last line without its end is shown by logs; the reference drops it', async () => {
    const project = createProject({ 'compose.yaml': services({ a: '    image: busybox\n    command: ["printf", "one\\\\ntwo"]\n' }) });
    const { fig, reference } = await both(project, async program => {
      await run(program, project, ['up']);
      return (await run(program, project, ['logs', '--no-log-prefix'])).stdout;
    });
    expect(fig).toBe('one\ntwo\n');
    if (reference !== undefined) expect(reference).toBe('one\n');
  });

  test('the making of a network is told once; by the reference twice', async () => {
    const project = createProject({ 'compose.yaml': services({ a: sleeper() }) });
    const { fig, reference } = await both(project, async program => {
      const { stderr } = await run(program, project, ['up', '-d', '--no-start']);
      return stderr.split('\n').filter(line => line === ` Network ${project.name}_default Creating `).length;
    });
    expect(fig).toBe(1);
    expect(reference ?? 2).toBe(2);
  });

  test('a container that cannot be made is called by its name; the reference shows a name of its own inside', async () => {
    const project = createProject({ 'compose.yaml': services({ a: '    image: nobody-has-this\n    pull_policy: never\n' }) });
    const { fig, reference } = await both(project, async program => (await run(program, project, ['create'], { code: 1 })).stderr);
    expect(fig).toContain(` Container ${project.name}-a-1 Error `);
    expect(fig).not.toContain('service:a:1');
    if (reference !== undefined) expect(reference).toContain('service:a:1');
  });
});

test('10 · all failures are told, each with its service, and what does not hang on them comes up; the reference tells the first', async () => {
  const broken = '    image: busybox\n    command: nothing-like-this\n';
  const project = createProject({ 'compose.yaml': services({ a: broken, b: broken, c: sleeper() }) });
  const { fig, reference } = await both(project, async program => {
    const { stderr } = await run(program, project, ['up', '-d'], { code: 1 });
    const states = (await project.daemon.containers(project.name)).map(({ service, state }) => `${service} ${state}`);
    return { named: ['a', 'b'].filter(name => stderr.includes(`for service "${name}"`)), states };
  });
  expect(fig).toEqual({ named: ['a', 'b'], states: ['a created', 'b created', 'c running'] });
  if (reference) expect(reference.named).toEqual([]);
});

test('12 · a build does not wait for pulls; with the reference it does', async () => {
  const project = createProject({
    Dockerfile: 'FROM busybox\n',
    'compose.yaml': services({ built: '    build: .\n', pulled: '    image: localhost:9/nothing\n    build: .\n' }),
  });
  const { fig, reference } = await both(project, async program => {
    const proxy = await startProxy();
    let isBuilding: () => void = () => undefined;
    const building = new Promise<void>(resolve => {
      isBuilding = resolve;
    });
    let pulled = false;
    // The pull of fig waits for the build to begin; would the build wait for it, neither would ever end.
    proxy.on('POST /images/create').run(() => (program === 'fig' ? building : undefined));
    proxy.on('POST /images/create').run(() => void (pulled = true), 'after');
    let first: boolean | undefined;
    proxy.on('POST /build').run(() => {
      first ??= !pulled;
      isBuilding();
    });
    const env = { DOCKER_HOST: proxy.host, DOCKER_BUILDKIT: '0' };
    await run(program, project, ['create'], { env });
    await project.daemon.call('DELETE', `/images/${project.name}-built?force=1`);
    await project.daemon.call('DELETE', '/images/localhost:9/nothing?force=1');
    return first;
  });
  expect(fig).toBe(true);
  expect(reference ?? false).toBe(false);
});

describe('14', () => {
  test('the question that is asked without a terminal has its line to itself; stdout is the same', async () => {
    const project = createProject({});
    const text = (label: string) => services({ a: sleeper('volumes: ["data:/d"]') }, `volumes:\n  data: {labels: {v: "${label}"}}\n`);
    const { fig, reference } = await both(project, async program => {
      project.write('compose.yaml', text('1'));
      await run(program, project, ['create']);
      project.write('compose.yaml', text('2'));
      return run(program, project, ['create']);
    });
    expect(fig.stdout).toMatch(/lost\)\?$/);
    expect(fig.stderr.startsWith('\n')).toBe(true);
    if (reference) {
      expect(reference.stdout).toBe(fig.stdout);
      expect(reference.stderr.startsWith('\n')).toBe(false);
    }
  });

  test('an inline Dockerfile is built without buildx, and its image knows its project; the reference fails', async () => {
    const project = createProject({
      'compose.yaml': services({ a: '    build: {context: ., dockerfile_inline: "FROM busybox"}\n' }),
    });
    const env = { DOCKER_BUILDKIT: '0' };
    const { fig, reference } = await both(project, async program => {
      const image = `${project.name}-a`;
      const code = (await (program === 'fig' ? project.figWith({ env }, 'build') : project.referenceWith({ env }, 'build'))).code;
      const answer = await project.daemon.call('GET', `/images/${image}/json`);
      await project.daemon.call('DELETE', `/images/${image}?force=1`);
      return { code, labels: answer.status === 200 ? JSON.parse(answer.text).Config.Labels : undefined };
    });
    expect(fig).toMatchObject({ code: 0, labels: { 'com.docker.compose.project': project.name, 'com.docker.compose.service': 'a' } });
    if (reference) expect(reference).toEqual({ code: 1, labels: undefined });
  });
});

// How long a start takes is a row of the bench: a test that measured it would depend on the machine.
test('15 · what needs no engine asks none, with either program', async () => {
  const project = createProject({ 'compose.yaml': services({ a: sleeper() }) });
  const { fig, reference } = await both(project, async program => {
    const proxy = await startProxy();
    const { stdout } = await run(program, project, ['config', '--hash', 'a'], { env: { DOCKER_HOST: proxy.host } });
    return { stdout, calls: proxy.transcript.length };
  });
  expect(fig).toMatchObject({ calls: 0, stdout: expect.stringMatching(/^a [0-9a-f]{64}\n$/) });
  if (reference) expect(reference).toEqual(fig);
});

test('13, 16 · finished one-shots run again, running one-offs and unused volumes stay: as with the reference, and fig says what stays', async () => {
  const project = createProject({
    'compose.yaml': services(
      { once: '    image: busybox\n    command: echo done\n', web: sleeper('volumes: ["data:/d"]') },
      'volumes:\n  data: {}\n  unused: {}\n',
    ),
  });
  const { fig, reference } = await both(project, async program => {
    await run(program, project, ['--all-resources', 'up', '-d']);
    await run(program, project, ['up', '-d', '--wait', 'web']);
    const since = await project.daemon.now();
    await run(program, project, ['up', '-d']);
    const starts = (await project.daemon.events(project.name, since)).filter(({ action }) => action === 'start');
    await run(program, project, ['run', '-d', 'web', 'sleep', '3600']);
    const { stderr } = await run(program, project, ['down', '-v']);
    const left = (await project.daemon.remains(project.name)).map(name => name.replace(/run-[0-9a-f]{12}/, 'run-ID'));
    return { stderr, left, starts: starts.map(({ service }) => service) };
  });
  const left = [
    `container ${project.name}-web-run-ID`,
    `network ${project.name}_default`,
    `volume ${project.name}_data`,
    `volume ${project.name}_unused`,
  ];
  expect(fig.left).toEqual(left);
  expect(fig.stderr).toMatch(/one-off containers run on, .*-web-run-[0-9a-f]{12}\. --remove-orphans takes them too/);
  expect(fig.stderr).toMatch(/volumes of this project that no service uses stay: \S+_unused\. --all-resources/);
  expect(fig.starts).toEqual(['once']);
  if (reference) expect(reference).toMatchObject({ left, starts: ['once'] });
});

test('13 · a one-shot with x-fig: {once: true} is not run again by fig; the reference passes over the key and runs it', async () => {
  const once = '    image: busybox\n    command: echo done\n    x-fig: {once: true}\n';
  const project = createProject({
    'compose.yaml': services({ once, web: sleeper('depends_on: {once: {condition: service_completed_successfully}}') }),
  });
  const { fig, reference } = await both(project, async program => {
    await run(program, project, ['up', '-d']);
    const since = await project.daemon.now();
    await run(program, project, ['up', '-d']);
    const { length } = (await project.daemon.events(project.name, since)).filter(({ action }) => action === 'start');
    await run(program, project, ['start', 'once']);
    return { starts: length, startedByStart: (await project.daemon.events(project.name, since)).some(({ action }) => action === 'start') };
  });
  expect(fig).toEqual({ starts: 0, startedByStart: true });
  if (reference) expect(reference).toEqual({ starts: 1, startedByStart: true });
});
