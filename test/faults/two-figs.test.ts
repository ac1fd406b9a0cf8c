// Two figs at once, with an engine that answers now fast and now slowly: with the lock each does its part, and without it the next up settles.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProject, type Result, type TestProject } from '../rig/project.ts';
import { type Proxy as EngineProxy, startProxy } from '../rig/proxy.ts';

const rounds = 20;

const compose = (colour: string) => `
services:
  store: {image: busybox, command: sleep 600, stop_grace_period: 0s, volumes: ["data:/data", /anonymous], environment: {COLOUR: ${colour}}}
  api: {image: busybox, command: sleep 600, stop_grace_period: 0s, depends_on: [store], networks: [default, back]}
networks: {back: {}}
volumes: {data: {}}
`;

interface Meeting {
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** From which state: nothing at all, or up to date and then changed in the file. */
  readonly from: 'nothing' | 'changed';
  /** Exit codes that make sense where both take turns. */
  readonly firstCodes: readonly number[];
}

/** `stop` and `down` may come before the up begins, while it works, or when it is over. */
const meetings: readonly Meeting[] = [
  { first: ['up', '-d'], second: ['up', '-d'], from: 'nothing', firstCodes: [0] },
  { first: ['up', '-d'], second: ['down', '-t', '0'], from: 'changed', firstCodes: [0, 130] },
  { first: ['scale', 'api=3'], second: ['scale', 'api=2'], from: 'changed', firstCodes: [0] },
  { first: ['up', '-d'], second: ['stop', '-t', '0'], from: 'nothing', firstCodes: [0, 130] },
];

/** A stream of numbers from 0 to 1 that a seed fixes (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const slowed = [
  'GET /containers/json',
  'POST /networks/create',
  'POST /containers/create',
  'POST /containers/*/start',
  'POST /containers/*/stop',
  'POST /containers/*/rename',
  'DELETE /containers/*',
];

/** Lets the first few calls of each kind wait, each for as long as the seed says. */
function slowDown(proxy: EngineProxy, random: () => number): void {
  proxy.heal();
  for (const pattern of slowed)
    for (let nth = 1; nth <= 4; nth++) if (random() < 0.6) proxy.on(pattern, { nth }).delay(Math.floor(random() * 80));
}

/** What must hold after the two and the next up, however they met. */
async function expectSettled(project: TestProject): Promise<void> {
  await project.figOk('up', '-d', '--remove-orphans');
  const containers = await project.daemon.containers(project.name);
  expect(containers.map(({ name, state }) => [name, state])).toEqual([
    [`${project.name}-api-1`, 'running'],
    [`${project.name}-store-1`, 'running'],
  ]);
  expect((await project.daemon.networks(project.name)).map(({ name }) => name)).toEqual([
    `${project.name}_back`,
    `${project.name}_default`,
  ]);
  expect((await project.daemon.volumes(project.name)).map(({ name }) => name)).toEqual([`${project.name}_data`]);
  const before = await project.ids();
  await project.figOk('up', '-d');
  expect(await project.ids()).toEqual(before);
}

/** One that failed says why, and is no bug of fig's. */
function expectSensible({ code, stderr }: Result): void {
  expect([0, 1, 130]).toContain(code);
  expect(stderr).not.toContain('met a bug');
  if (code === 1) expect(stderr).toContain('error[');
}

describe.each([
  ['with the lock', true],
  ['without the lock, each by an address of its own', false],
])('two figs %s', (_, isLocked) => {
  test.each(Array.from({ length: rounds }, (_, seed) => [seed]))('leave a project that the next up settles, seed %i', async seed => {
    const meeting = meetings[seed % meetings.length] as Meeting;
    const random = numbers(seed);
    const runtime = mkdtempSync(join(tmpdir(), 'fig-lock-'));
    onTestFinished(() => rmSync(runtime, { recursive: true, force: true }));
    const project = createProject({ 'compose.yaml': compose('red') });
    if (meeting.from === 'changed') {
      await project.figOk('up', '-d');
      project.write('compose.yaml', compose('blue'));
    }
    const one = await startProxy();
    const other = isLocked ? one : await startProxy();
    for (const proxy of new Set([one, other])) slowDown(proxy, random);
    const env = (proxy: EngineProxy) => ({ env: { DOCKER_HOST: proxy.host, XDG_RUNTIME_DIR: runtime } });
    const [first, second] = await Promise.all([
      project.figWith(env(one), ...meeting.first),
      project.figWith(env(other), ...meeting.second),
    ]);
    for (const result of [first, second]) expectSensible(result);
    if (isLocked) {
      expect(meeting.firstCodes, first.stderr).toContain(first.code);
      expect(second.code, second.stderr).toBe(0);
    }
    await expectSettled(project);
  });
});
