// The table of exit codes: each row run with fig and, where it is at hand, with the reference, which must end and print on stdout the same.
import { describe, expect, test } from 'vitest';
import { type Step, sameAnswers } from '../rig/both.ts';
import { start } from '../rig/process.ts';
import { createProject } from '../rig/project.ts';
import { referencePath } from '../rig/reference.ts';

const service = (name: string, ...lines: readonly string[]) =>
  `  ${name}:\n${['image: busybox', 'stop_grace_period: 0s', ...lines].map(line => `    ${line}\n`).join('')}`;
const file = (...services: readonly string[]) => ({ files: { 'compose.yaml': `services:\n${services.join('')}` } });
const runs = service('web', 'command: sleep 3600');
const ends = (code: number) => `command: ["sh", "-c", "exit ${code}"]`;

interface Row {
  readonly situation: string;
  readonly steps: readonly Step[];
  /** Of each command. */
  readonly codes: readonly number[];
}

const rows: readonly Row[] = [
  { situation: 'a file that is no YAML', steps: [{ files: { 'compose.yaml': 'services: [' } }, 'up -d', 'down'], codes: [1, 1] },
  { situation: 'a file that the schema refuses', steps: [file(service('web', 'imag: x')), 'up -d', 'config -q'], codes: [1, 1] },
  { situation: 'no file', steps: ['up -d', 'ps', 'down', 'config'], codes: [1, 1, 1, 1] },
  { situation: 'a file that is not there', steps: ['-f nothing.yaml up -d'], codes: [1] },
  {
    situation: 'an unknown service',
    steps: [
      file(runs),
      'up -d nope',
      'create nope',
      'down nope',
      'start nope',
      'stop nope',
      'restart nope',
      'scale nope=2',
      'up -d --scale nope=2',
    ],
    codes: [1, 1, 1, 1, 1, 1, 1, 1],
  },
  { situation: 'an unknown flag', steps: [file(runs), 'up --nope', 'up -d --timeout x'], codes: [1, 1] },
  {
    situation: 'flags that exclude each other',
    steps: [
      file(runs),
      'up --build --no-build',
      'up --force-recreate --no-recreate',
      'up -V --no-recreate',
      'up --always-recreate-deps --no-recreate',
      'up -d --abort-on-container-exit',
      'up -d --abort-on-container-failure',
      'up -d --exit-code-from web',
      'up -d --attach web',
      'up --wait --attach-dependencies',
      'up --abort-on-container-exit --abort-on-container-failure',
      'up -d --wait-timeout -1',
      'up --attach web --attach-dependencies',
      'create --build --no-build',
      'down --rmi nope',
    ],
    codes: Array.from({ length: 14 }, () => 1),
  },
  {
    situation: 'an engine that does not answer',
    steps: [
      file(runs),
      { command: 'up -d', env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } },
      { command: 'down', env: { DOCKER_HOST: 'tcp://127.0.0.1:9' } },
    ],
    codes: [1, 1],
  },
  { situation: 'an engine that refuses', steps: [file(service('web', 'network_mode: container:nobody')), 'up -d'], codes: [1] },
  {
    situation: 'an image that cannot be pulled',
    steps: [file('  web: {image: "localhost:9/nothing"}\n'), 'up -d', 'create'],
    codes: [1, 1],
  },
  {
    situation: 'a limit of calls that is no number',
    steps: [
      file(runs),
      ...['ps', 'up -d', 'down', 'ls -q', 'config -q'].map(command => ({ command, env: { COMPOSE_PARALLEL_LIMIT: 'x' } })),
    ],
    codes: [1, 1, 1, 1, 1],
  },
  {
    situation: 'a hook that fails',
    steps: [file(service('web', 'command: sleep 3600', 'post_start: [{command: ["false"]}]')), 'up -d'],
    codes: [1],
  },
  {
    situation: 'a dependency that fails',
    steps: [
      file(
        service('one', ends(3)),
        service('web', 'command: sleep 3600', 'depends_on: {one: {condition: service_completed_successfully}}'),
      ),
      'up -d',
      'start web',
    ],
    codes: [1, 1],
  },
  {
    situation: 'a dependency that fails, and need not succeed',
    steps: [
      file(
        service('one', ends(3)),
        service('web', 'command: sleep 3600', 'depends_on: {one: {condition: service_completed_successfully, required: false}}'),
      ),
      'up -d',
    ],
    codes: [0],
  },
  { situation: '--wait for what ends', steps: [file(service('one', ends(0))), 'up --wait'], codes: [1] },
  {
    situation: 'commands in containers',
    steps: [
      file(runs, service('seven', ends(7))),
      'up -d web',
      'exec -T web false',
      'exec -T web true',
      'run --rm -T seven',
      'stop',
      'exec -T web true',
    ],
    codes: [0, 1, 0, 7, 0, 1],
  },
  { situation: 'attached, whatever containers end with', steps: [file(service('one', ends(3))), 'up'], codes: [0] },
  {
    situation: 'attached, where the first end stops all',
    steps: [
      file(service('one', ends(3)), service('web', 'command: sleep 3600', 'depends_on: [one]')),
      'up --abort-on-container-exit',
      'up --abort-on-container-failure',
      'up --exit-code-from one',
      'up --exit-code-from web',
    ],
    codes: [3, 3, 3, 137],
  },
  {
    situation: 'attached, where a one-shot that others wait for ends first',
    steps: [
      file(
        service('one', ends(0)),
        service('web', 'command: ["sh", "-c", "sleep 1; exit 7"]', 'depends_on: {one: {condition: service_completed_successfully}}'),
      ),
      'up --abort-on-container-failure',
      'up --exit-code-from web',
      'up --abort-on-container-failure --exit-code-from one',
    ],
    codes: [7, 7, 7],
  },
  {
    situation: 'attached, where a dependency fails',
    steps: [
      file(
        service('one', ends(3)),
        service('web', 'command: sleep 3600', 'depends_on: {one: {condition: service_completed_successfully}}'),
      ),
      'up',
      'up --abort-on-container-exit',
      'up --abort-on-container-failure',
      'up --exit-code-from one',
    ],
    codes: [1, 1, 1, 1],
  },
  {
    situation: 'an exit code from a service that takes no part',
    steps: [
      file(runs, service('other', 'command: sleep 3600')),
      'up --exit-code-from nope',
      'up --exit-code-from other web',
      'up --no-start --exit-code-from nope',
    ],
    codes: [1, 1, 1],
  },
  {
    situation: 'attached to whom the flags and the file leave',
    steps: [
      file(
        service('quiet', 'command: echo quiet', 'attach: false'),
        service('web', 'command: echo web', 'depends_on: {quiet: {condition: service_completed_successfully}}'),
      ),
      'up',
      'up quiet',
      'up web',
      'up --attach quiet web',
      'up --attach-dependencies web',
      'up --no-attach web',
      'up --no-log-prefix --no-color --no-deps web',
      'up web quiet --no-attach quiet',
    ],
    codes: Array.from({ length: 8 }, () => 0),
  },
  { situation: 'attaching to what is not brought up', steps: [file(runs), 'up --attach nope'], codes: [1] },
  { situation: 'nothing to kill or to remove', steps: [file(runs), 'kill', 'rm -f'], codes: [0, 0] },
  { situation: 'nothing to start', steps: [file(runs), 'start', 'start web', '-p nobody start'], codes: [1, 1, 1] },
  {
    situation: 'nothing to stop, restart, show or take down',
    steps: [file(runs), 'stop', 'restart', 'logs', 'down', 'down -v', '-p nobody down'],
    codes: [0, 0, 0, 0, 0, 0],
  },
  { situation: 'a port that is not published', steps: [file(runs), 'up -d', 'port web 80'], codes: [0, 1] },
  {
    situation: 'values that are none',
    steps: [file(runs), 'ls --filter bad=x', 'config --format x', 'scale web', 'scale web=x', 'up -d --scale web', 'up -d --pull nope'],
    codes: [1, 1, 1, 1, 1, 1],
  },
];

describe('exit codes and stdout', () => {
  test.each(rows)('$situation', async ({ steps, codes }) => {
    const answers = await sameAnswers(createProject({}), steps);
    expect(answers.map(({ command, code }) => `${command} → ${code}`)).toEqual(
      answers.map(({ command }, index) => `${command} → ${codes[index]}`),
    );
  });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', signal => {
  const waiting = `services:\n${service('slow', 'command: sleep 3600', 'healthcheck: {test: "false", interval: 1s, start_period: 600s}')}${service('web', 'command: sleep 3600', 'depends_on: {slow: {condition: service_healthy}}')}`;

  test.each([
    ['a detached up ends with 130', ['up', '-d'], / Container \S+-slow-1 Waiting /],
    ['an attached up ends with 130', ['up', '--no-deps', 'slow'], /Attaching to slow-1/],
  ])('%s', async (_, args, shown) => {
    const project = createProject({ 'compose.yaml': waiting });
    const programs = [
      () => project.figStart({}, ...args),
      ...(referencePath === undefined
        ? []
        : [() => start(referencePath as string, args, { cwd: project.directory, env: project.environment() })]),
    ];
    for (const begin of programs) {
      await project.daemon.sweep(project.name);
      const running = begin();
      await running.prints(shown);
      if (args.includes('slow')) await running.prints(/ Container \S+-slow-1 Start(ed|ing) /);
      running.kill(signal);
      expect((await running.done).code).toBe(130);
    }
  });
});
