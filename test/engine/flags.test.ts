// Flags of up, create, down, start, stop, restart and scale: fig and the reference do the same, from the same beginning to the same end.
import { describe, expect, test } from 'vitest';
import { type Answer, type Step, sameAnswers, statesText } from '../rig/both.ts';
import { createProject } from '../rig/project.ts';
import { onTerminal } from '../rig/terminal.ts';

// The snapshots are what both programs left, where the reference was at hand when they were taken.

/** Services that run until they are stopped, with lines of their own each. */
function services(lines: Readonly<Record<string, readonly string[]>>, rest = ''): { readonly files: Readonly<Record<string, string>> } {
  const blocks = Object.entries(lines).map(([name, own]) => {
    const command = own.some(line => line.startsWith('command:')) ? [] : ['command: sleep 3600'];
    return `  ${name}:\n${['image: busybox', 'stop_grace_period: 0s', ...command, ...own].map(line => `    ${line}\n`).join('')}`;
  });
  return { files: { 'compose.yaml': `services:\n${blocks.join('')}${rest}` } };
}

const answers = (...steps: readonly Step[]): Promise<readonly Answer[]> => sameAnswers(createProject({}), steps);

test('a recreate keeps anonymous volumes and numbers, unless -V asks for fresh ones', async () => {
  const changed = services({ a: ['volumes: ["/anon"]', 'scale: 2', 'labels: {x: "1"}'] });
  const all = await answers(
    services({ a: ['volumes: ["/anon"]', 'scale: 2'] }),
    'up -d',
    'up -d --force-recreate',
    'up -d -V',
    changed,
    'up -d --no-recreate',
    'up -d',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1 [#2]
      a-2 running #3 [#4]
      default
    up -d --force-recreate → 0
      a-1 running #5 [#2]
      a-2 running #6 [#4]
      default
    up -d -V → 0
      a-1 running #7 [#8]
      a-2 running #9 [#10]
      default
    up -d --no-recreate → 0
      a-1 running #7 [#8]
      a-2 running #9 [#10]
      default
    up -d → 0
      a-1 running #11 [#8]
      a-2 running #12 [#10]
      default
    "
  `);
});

test('which containers are made anew: of dependencies, of the named services, or none', async () => {
  const before = { a: [], b: ['depends_on: [a]'], c: ['depends_on: [b]'] };
  const after = Object.fromEntries(Object.entries(before).map(([name, lines]) => [name, [...lines, 'labels: {x: "1"}']]));
  const all = await answers(
    services(before),
    'up -d',
    'up -d --always-recreate-deps c',
    'up -d --force-recreate c',
    'up -d --always-recreate-deps',
    services(after),
    'up -d --no-deps b',
    'up -d --no-recreate',
    'up -d',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      b-1 running #2
      c-1 running #3
      default
    up -d --always-recreate-deps c → 0
      a-1 running #4
      b-1 running #5
      c-1 running #3
      default
    up -d --force-recreate c → 0
      a-1 running #4
      b-1 running #5
      c-1 running #6
      default
    up -d --always-recreate-deps → 0
      a-1 running #4
      b-1 running #5
      c-1 running #6
      default
    up -d --no-deps b → 0
      a-1 running #4
      b-1 running #7
      c-1 running #6
      default
    up -d --no-recreate → 0
      a-1 running #4
      b-1 running #7
      c-1 running #6
      default
    up -d → 0
      a-1 running #8
      b-1 running #7
      c-1 running #9
      default
    "
  `);
});

test('scaling fills no holes, takes the highest numbers away first, and gives dependencies the scale of the file', async () => {
  const project = { a: [], b: ['depends_on: [a]'] };
  const all = await answers(
    services(project),
    'up -d --scale a=3',
    'up -d --scale a=2',
    'scale b=2',
    'scale --no-deps b=3',
    'scale a=0 b=1',
    'up -d --scale a=-1',
    services({ a: ['labels: {x: "1"}'], b: ['depends_on: [a]', 'labels: {x: "1"}'] }),
    'scale b=2',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d --scale a=3 → 0
      a-1 running #1
      a-2 running #2
      a-3 running #3
      b-1 running #4
      default
    up -d --scale a=2 → 0
      a-1 running #1
      a-2 running #2
      b-1 running #4
      default
    scale b=2 → 0
      a-1 running #1
      b-1 running #4
      b-2 running #5
      default
    scale --no-deps b=3 → 0
      a-1 running #1
      b-1 running #4
      b-2 running #5
      b-3 running #6
      default
    scale a=0 b=1 → 0
      b-1 running #4
      default
    up -d --scale a=-1 → 0
      b-1 running #4
      default
    scale b=2 → 0
      a-1 running #7
      b-1 running #8
      b-2 running #9
      default
    "
  `);
});

test('containers that are only made, then started, stopped and restarted with their dependencies or without', async () => {
  const all = await answers(
    services({ a: [], b: ['depends_on: [a]'] }),
    'up --no-start',
    'start b',
    'stop a',
    'restart --no-deps a',
    'stop -t 0',
    'start',
    'up --no-start --force-recreate b',
    'create --force-recreate',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up --no-start → 0
      a-1 created #1
      b-1 created #2
      default
    start b → 0
      a-1 running #1
      b-1 running #2
      default
    stop a → 0
      a-1 exited 137 #1
      b-1 running #2
      default
    restart --no-deps a → 0
      a-1 running #1
      b-1 running #2
      default
    stop -t 0 → 0
      a-1 exited 137 #1
      b-1 exited 137 #2
      default
    start → 0
      a-1 running #1
      b-1 running #2
      default
    up --no-start --force-recreate b → 0
      a-1 running #1
      b-1 created #3
      default
    create --force-recreate → 0
      a-1 created #4
      b-1 created #5
      default
    "
  `);
});

test('a paused container is not started, but stopped, restarted, replaced and removed', async () => {
  const all = await answers(
    services({ a: [], b: ['depends_on: [a]'] }),
    'up -d',
    'pause a',
    'up -d',
    'stop a',
    'start a',
    'pause b',
    'restart b',
    'pause b',
    'up -d --force-recreate b',
    'pause a',
    'down',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      b-1 running #2
      default
    pause a → 0
      a-1 paused #1
      b-1 running #2
      default
    up -d → 1
      a-1 paused #1
      b-1 running #2
      default
    stop a → 0
      a-1 exited 137 #1
      b-1 running #2
      default
    start a → 0
      a-1 running #1
      b-1 running #2
      default
    pause b → 0
      a-1 running #1
      b-1 paused #2
      default
    restart b → 0
      a-1 running #1
      b-1 running #2
      default
    pause b → 0
      a-1 running #1
      b-1 paused #2
      default
    up -d --force-recreate b → 0
      a-1 running #1
      b-1 running #3
      default
    pause a → 0
      a-1 paused #1
      b-1 running #3
      default
    down → 0
    "
  `);
});

test('a one-shot runs again with each up, and --wait is content with its end only where another service waits for that', async () => {
  const all = await answers(
    services({ a: ['command: "true"'], b: ['depends_on: {a: {condition: service_completed_successfully}}'] }),
    'up -d',
    'up --wait',
    'up --wait a',
  );
  expect(all.map(({ code }) => code)).toEqual([0, 0, 1]);
});

test('--wait ends when all are healthy, with the first that is not, or with the time', async () => {
  const all = await answers(
    services({
      a: ['healthcheck: {test: "true", interval: 1s}'],
      b: ['healthcheck: {test: "false", interval: 1s, retries: 1, start_period: 0s}'],
      c: ['healthcheck: {test: "false", interval: 1s, start_period: 600s}'],
    }),
    'up --wait a',
    'up --wait b',
    'up --wait --wait-timeout 1 c',
    'stop',
    'start --wait a',
    'start --wait b',
  );
  expect(all.map(({ code }) => code)).toEqual([0, 1, 1, 0, 0, 1]);
});

test('dependents with restart: true are restarted with what they depend on, unless --no-deps', async () => {
  const restart = 'depends_on: {a: {condition: service_started, restart: true}}';
  const all = await answers(
    services({ a: [], b: [restart], c: ['depends_on: [a]'] }),
    'up -d',
    'stop b',
    'up -d --force-recreate a',
    'restart a',
    services({ a: ['labels: {x: "1"}'], b: [restart], c: ['depends_on: [a]'] }),
    'up -d',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      b-1 running #2
      c-1 running #3
      default
    stop b → 0
      a-1 running #1
      b-1 exited 137 #2
      c-1 running #3
      default
    up -d --force-recreate a → 0
      a-1 running #4
      b-1 exited 137 #2
      c-1 running #3
      default
    restart a → 0
      a-1 running #4
      b-1 running #2
      c-1 running #3
      default
    up -d → 0
      a-1 running #5
      b-1 running #2
      c-1 running #3
      default
    "
  `);
});

test('orphans stay and are told of, or go with --remove-orphans or its variable; both variables at once are refused', async () => {
  const both = services({ a: [], b: [] });
  const one = services({ a: [] });
  const all = await answers(
    both,
    'up -d',
    one,
    'up -d',
    'down',
    'up -d --remove-orphans',
    both,
    'up -d',
    one,
    { command: 'up -d', env: { COMPOSE_REMOVE_ORPHANS: '1', COMPOSE_IGNORE_ORPHANS: 'true' } },
    { command: 'up -d --remove-orphans', env: { COMPOSE_IGNORE_ORPHANS: '1' } },
    { command: 'create --remove-orphans', env: { COMPOSE_IGNORE_ORPHANS: '1' } },
    both,
    'up -d',
    one,
    { command: 'down', env: { COMPOSE_REMOVE_ORPHANS: 'y' } },
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      b-1 running #2
      default
    up -d → 0
      a-1 running #1
      b-1 running #2
      default
    down → 0
      b-1 running #2
      default
    up -d --remove-orphans → 0
      a-1 running #3
      default
    up -d → 0
      a-1 running #3
      b-1 running #4
      default
    up -d → 1
      a-1 running #3
      b-1 running #4
      default
    up -d --remove-orphans → 1
      a-1 running #3
      b-1 running #4
      default
    create --remove-orphans → 0
      a-1 running #3
      default
    up -d → 0
      a-1 running #3
      b-1 running #5
      default
    down → 0
    "
  `);
});

test('one-offs that run stay with down and up --remove-orphans, and go with down --remove-orphans', async () => {
  const all = await answers(
    services({ a: [] }),
    'up -d',
    'run -d a sleep 3600',
    'up -d --remove-orphans',
    'down',
    'up -d',
    'down --remove-orphans',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      default
    run -d a sleep 3600 → 0
      a-1 running #1
      a-run-ID running #2
      default
    up -d --remove-orphans → 0
      a-1 running #1
      a-run-ID running #2
      default
    down → 0
      a-run-ID running #2
      default
    up -d → 0
      a-1 running #3
      a-run-ID running #2
      default
    down --remove-orphans → 0
    "
  `);
});

test('down takes the named services, with their dependents only where no file is read', async () => {
  const all = await answers(
    services({ a: [], b: ['depends_on: [a]'], c: [] }),
    'up -d',
    'down a',
    'up -d',
    '-p nobody down a',
    'down b c',
    'down -t 0',
    'down',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    up -d → 0
      a-1 running #1
      b-1 running #2
      c-1 running #3
      default
    down a → 0
      b-1 running #2
      c-1 running #3
      default
    up -d → 0
      a-1 running #4
      b-1 running #2
      c-1 running #3
      default
    -p nobody down a → 0
      a-1 running #4
      b-1 running #2
      c-1 running #3
      default
    down b c → 0
      a-1 running #4
      default
    down -t 0 → 0
    down → 0
    "
  `);
});

test('down -v takes the volumes that services use, and those that are only declared with --all-resources', async () => {
  const all = await answers(
    services({ a: ['volumes: ["data:/d", "/anon"]'] }, 'volumes:\n  data: {}\n  unused: {}\n'),
    '--all-resources up -d',
    'down',
    'up -d',
    'down -v',
    '--all-resources down -v',
  );
  expect(statesText(all)).toMatchInlineSnapshot(`
    "
    --all-resources up -d → 0
      a-1 running #1 [#2 data]
      data
      default
      unused
    down → 0
      data
      unused
    up -d → 0
      a-1 running #3 [#4 data]
      data
      default
      unused
    down -v → 0
      unused
    --all-resources down -v → 0
    "
  `);
});

describe('a volume that differs from the file', () => {
  const volumes = (one: number, two: number) =>
    services(
      { a: ['volumes: ["one:/one", "/anon"]', 'scale: 2'], b: ['volumes: ["two:/two"]'], c: [], d: ['network_mode: service:b'] },
      `volumes:\n  one: {labels: {v: "${one}"}}\n  two: {labels: {v: "${two}"}}\n`,
    );

  test('is asked for on stdout, one after the other; a line of the input answers, its end means no, -y yes', async () => {
    const all = await answers(
      volumes(1, 1),
      'up -d',
      volumes(2, 2),
      'up -d',
      { command: 'up -d', stdin: 'yes\nno\n' },
      { command: 'up -d', stdin: 'n\ny\n' },
      { command: 'create', stdin: 'TRUE\n' },
      volumes(3, 3),
      '--dry-run up -d',
      'create -y',
      volumes(4, 4),
      'up -d --yes --no-recreate',
    );
    expect(statesText(all)).toMatchInlineSnapshot(`
      "
      up -d → 0
        a-1 running #1 [#2 one]
        a-2 running #3 [#4 one]
        b-1 running #5 [two]
        c-1 running #6
        d-1 running #7
        default
        one
        two
      up -d → 0
        a-1 running #1 [#2 one]
        a-2 running #3 [#4 one]
        b-1 running #5 [two]
        c-1 running #6
        d-1 running #7
        default
        one
        two
      up -d → 0
        a-1 running #1 [#2 one]
        a-2 running #3 [#4 one]
        b-1 running #5 [two]
        c-1 running #6
        d-1 running #7
        default
        one
        two
      up -d → 0
        a-1 running #1 [#2 one]
        a-2 running #3 [#4 one]
        b-1 running #8 [two]
        c-1 running #6
        d-1 running #9
        default
        one
        two
      create → 0
        a-1 created #10 [#11 one]
        a-2 created #12 [#13 one]
        b-1 running #8 [two]
        c-1 running #6
        d-1 running #9
        default
        one
        two
      --dry-run up -d → 0
        a-1 created #10 [#11 one]
        a-2 created #12 [#13 one]
        b-1 running #8 [two]
        c-1 running #6
        d-1 running #9
        default
        one
        two
      create -y → 0
        a-1 created #14 [#15 one]
        a-2 created #16 [#17 one]
        b-1 created #18 [two]
        c-1 running #6
        d-1 created #19
        default
        one
        two
      up -d --yes --no-recreate → 1
        a-1 running #20 [#21 one]
        a-2 running #22 [#23 one]
        b-1 running #24 [two]
        c-1 running #6
        d-1 created #19
        default
        one
        two
      "
    `);
    const asked = (name: string) => expect.stringMatching(new RegExp(`^Volume ".*_${name}" exists but doesn't match configuration`));
    expect(all[1]?.stdout).toEqual(asked('one'));
    expect(all[1]?.stdout.match(/Recreate \(data will be lost\)\?/g)).toHaveLength(2);
    expect(all.map(({ stdout }) => stdout).filter(text => text === '')).toHaveLength(3);
  });

  test('is asked for by run too, and the program gets the rest of the input', async () => {
    const dependent = (v: number) =>
      services({ a: ['volumes: ["one:/one"]'], c: ['depends_on: [a]'] }, `volumes:\n  one: {labels: {v: "${v}"}}\n`);
    const all = await answers(dependent(1), 'up -d', dependent(2), { command: 'run -T --rm c cat', stdin: 'y\nrest\n' });
    expect(all[1]?.stdout).toMatch(/lost\)\?rest\n$/);
    expect(all[1]?.state).toEqual(['a-1 running #3 [one]', 'c-1 running #2', 'default', 'one']);
  });

  test('is not touched, nor anything else, where a one-off that runs would keep it from being removed', async () => {
    const project = createProject({});
    for (const [path, text] of Object.entries(volumes(1, 1).files)) project.write(path, text);
    await project.figOk('up', '-d');
    await project.figOk('run', '-d', 'a', 'sleep', '3600');
    const running = async () => (await project.daemon.containers(project.name)).map(({ id, state }) => [id, state]);
    const before = await running();
    for (const [path, text] of Object.entries(volumes(2, 2).files)) project.write(path, text);
    const { code, stderr } = await project.fig('up', '-d', '-y');
    expect(code).toBe(1);
    expect(stderr).toMatch(/remove \S+_one: volume is in use - \[[0-9a-f]{64}\]/);
    expect(stderr).toMatch(/hint: Remove "\S+-a-run-[0-9a-f]{12}" first/);
    expect(await running()).toEqual(before);
  });
});

test('--menu is taken; on a terminal fig says that it has none, and Ctrl+C ends with 130', async () => {
  const project = createProject(services({ a: [] }).files);
  const running = onTerminal(project, {}, 'up', '--menu');
  await running.prints('fig shows no menu of keys yet: Ctrl+C stops the project');
  await running.prints(/a-1.*Started|Attaching to a-1/);
  running.type('\x03');
  expect((await running.done).code).toBe(130);
  expect((await project.fig('up', '--menu', '--no-start')).code).toBe(0);
});
