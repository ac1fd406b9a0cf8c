// apply against an engine in memory: whatever call fails and wherever a run is interrupted, every step ends once, and the next up settles.
import { describe, expect, test } from 'vitest';
import { apply } from '../../../src/api/apply.ts';
import type { Consent } from '../../../src/api/consent.ts';
import { preview } from '../../../src/api/preview.ts';
import type { Run } from '../../../src/api/run-handle.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { EngineFailure } from '../../../src/engine/failure.ts';
import { observe } from '../../../src/engine/observe.ts';
import type { Event } from '../../../src/events/event.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Intent } from '../../../src/plan/intent.ts';
import { plan } from '../../../src/plan/planners.ts';
import { type FakeEngine, fakeEngine } from '../../rig/fake-engine.ts';
import { downIntent as down, upIntent as up } from '../../rig/intents.ts';
import { load } from './loading.ts';

const shop = (mode = 'dev') => `
services:
  db:
    image: db
    volumes: [data:/data]
    healthcheck: {test: check}
  migrate:
    image: migrate
    depends_on: {db: {condition: service_healthy}}
  api:
    image: api
    scale: 2
    environment: {MODE: ${mode}}
    networks: [default, back]
    depends_on: {migrate: {condition: service_completed_successfully}}
  web:
    image: web
    environment: {MODE: ${mode}}
    depends_on: [api]
    post_start: [{command: ["true"]}]
networks: {back: {}}
volumes: {data: {}}
`;

const behaviour = (service: string) =>
  service === 'db' ? { healthyAfterMs: 500 } : service === 'migrate' ? { exitsAfterMs: 200, exitCode: 0 } : {};
const newEngine = (): FakeEngine => fakeEngine({ images: ['db', 'api'], behaviour });

describe('a volume that differs from the file', () => {
  const volumes = (label: string) =>
    `services:\n  a: {image: a, volumes: [one:/one]}\n  b: {image: b, volumes: [two:/two]}\nvolumes: ${label}\n`;
  const before = volumes('{one: {}, two: {}}');
  const after = volumes('{one: {labels: {x: y}}, two: {labels: {x: y}}}');

  async function upAfter(consent?: Consent) {
    const engine = newEngine();
    await carryOut(await load(before), engine, up);
    const done = engine.history.length;
    const run = apply(await load(after), up, engine, { now: () => 0, ...(consent ? { consent } : {}) });
    const outcome = await run.done;
    return { outcome, happened: engine.history.slice(done) };
  }

  test('is kept where nobody can be asked', async () => {
    const { outcome, happened } = await upAfter();
    expect(outcome).toMatchObject({ result: 'succeeded', diagnostics: [] });
    expect(happened).toEqual([]);
  });

  test('is asked for before anything is done, each by itself, and goes only where that is agreed to', async () => {
    const questions: string[] = [];
    const { outcome, happened } = await upAfter(async ({ text }) => {
      questions.push(text);
      return text.includes('shop_two') ? 'yes' : 'no';
    });
    expect(outcome.result).toBe('succeeded');
    expect(questions.map(question => /"(.*?)"/.exec(question)?.[1])).toEqual(['shop_one', 'shop_two']);
    expect(happened.join('\n')).toContain('shop_two');
    expect(happened.join('\n')).not.toMatch(/shop_one|shop-a-1/);
  });

  test('is kept where the user interrupts the question, and nothing else is done', async () => {
    const engine = newEngine();
    await carryOut(await load(before), engine, up);
    const done = engine.history.length;
    const consent = () => {
      run.interrupt();
      return new Promise<'yes'>(() => undefined);
    };
    const run: Run = apply(await load(after), up, engine, { now: () => 0, consent });
    expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
    expect(engine.history.slice(done)).toEqual([]);
  });
});

async function carryOut(project: Project, engine: Engine, intent: Intent, interruptAt = Number.POSITIVE_INFINITY) {
  const run = apply(project, intent, engine, { now: () => 0 });
  const events: Event[] = [];
  for await (const event of run.events()) {
    events.push(event);
    if (event.sequence === interruptAt) run.interrupt();
  }
  return { events, outcome: await run.done };
}

function expectComplete(events: readonly Event[]): void {
  const open = new Set<string>();
  const ended: string[] = [];
  for (const event of events) {
    if (event.type === 'plan.started') for (const { id } of event.plan.steps) open.add(id);
    if (event.type === 'plan.extended') for (const { id } of event.steps) open.add(id);
    if (event.type === 'step.finished' || event.type === 'step.failed' || event.type === 'step.skipped') ended.push(event.step);
  }
  expect(ended.toSorted()).toEqual([...open].toSorted());
}

/** What another up would still do, apart from running again what had ended: finished one-shots start with every up. */
async function remaining(project: Project, engine: FakeEngine): Promise<readonly string[]> {
  const steps = plan(up, project, await observe(engine, project)).steps;
  return steps.map(({ id }) => id).filter(id => !id.startsWith('migrate-1/') && !id.includes('/wait') && !id.includes('start'));
}

test('up brings everything up in order, a second up keeps it, down leaves nothing', async () => {
  const engine = newEngine();
  const project = await load(shop());
  const first = await carryOut(project, engine, up);
  expect(first.outcome).toMatchObject({ result: 'succeeded', exitCode: 0 });
  expectComplete(first.events);
  expect(engine.states()).toEqual({
    'shop-api-1': 'running',
    'shop-api-2': 'running',
    'shop-db-1': 'running',
    'shop-migrate-1': 'exited',
    'shop-web-1': 'running',
  });
  const happened = engine.history.filter(line => /^(start|die|health_status)/.test(line));
  expect(happened.slice(0, 4)).toEqual([
    'start shop-db-1',
    'health_status: healthy shop-db-1',
    'start shop-migrate-1',
    'die shop-migrate-1',
  ]);
  expect(happened.at(-1)).toBe('start shop-web-1');
  expect(await remaining(project, engine)).toEqual([]);
  expect((await carryOut(project, engine, down)).outcome.result).toBe('succeeded');
  expect(engine.states()).toEqual({});
  expect(await engine.listNetworks(named())).toEqual([]);
  expect(await engine.listVolumes(named())).toEqual([]);
});

test('waiting asks nothing of the engine while nothing happens', async () => {
  const engine = fakeEngine({ images: ['a', 'b'], behaviour: service => (service === 'a' ? { healthyAfterMs: 3_600_000 } : {}) });
  const project = await load(
    'services:\n  a: {image: a, healthcheck: {test: check}}\n  b: {image: b, depends_on: {a: {condition: service_healthy}}}\n',
  );
  expect((await carryOut(project, engine, up)).outcome.result).toBe('succeeded');
  expect(engine.calls.filter(({ name }) => name === 'inspectContainer').length).toBeLessThanOrEqual(3);
  expect(engine.calls.filter(({ name }) => name === 'events')).toHaveLength(1);
});

const changing = new Set<string>([
  'createContainer',
  'startContainer',
  'stopContainer',
  'removeContainer',
  'renameContainer',
  'createNetwork',
  'createVolume',
  'connectNetwork',
  'pullImage',
  'createExec',
  'putArchive',
]);

test('whichever call is refused, every step ends once and the next up settles', async () => {
  const measured = newEngine();
  await carryOut(await load(shop()), measured, up);
  const firstCalls = measured.calls.length;
  await carryOut(await load(shop('prod')), measured, up);
  const phases = [measured.calls.slice(0, firstCalls), measured.calls.slice(firstCalls)] as const;
  for (const [phase, calls] of phases.entries()) {
    for (const { name, about } of calls.filter(call => changing.has(call.name))) {
      const engine = newEngine();
      if (phase === 1) await carryOut(await load(shop()), engine, up);
      const project = await load(phase === 1 ? shop('prod') : shop());
      engine.failOn(name, about, new EngineFailure('refused', `no ${name} of ${about}`, 'fake', 500));
      const { events, outcome } = await carryOut(project, engine, up);
      expectComplete(events);
      expect(outcome, `${name} ${about}`).toMatchObject({ result: 'failed', exitCode: 1 });
      expect(outcome.diagnostics.map(({ message }) => message).join('\n')).toContain(`no ${name} of ${about}`);
      expect((await carryOut(project, engine, up)).outcome.diagnostics, `after ${name} ${about}`).toEqual([]);
      expect(await remaining(project, engine), `after ${name} ${about}`).toEqual([]);
    }
  }
}, 60_000);

test('wherever a run is interrupted, every step ends once and the next up settles', async () => {
  const whole = newEngine();
  await carryOut(await load(shop()), whole, up);
  const { events } = await carryOut(await load(shop('prod')), whole, up);
  for (let at = 1; at <= events.length; at++) {
    const engine = newEngine();
    await carryOut(await load(shop()), engine, up);
    const project = await load(shop('prod'));
    const cut = await carryOut(project, engine, up, at);
    expectComplete(cut.events);
    const { outcome } = await carryOut(project, engine, up);
    expect(outcome.diagnostics, `after an interrupt at event ${at}`).toEqual([]);
    expect(await remaining(project, engine), `after an interrupt at event ${at}`).toEqual([]);
    expect(Object.keys(engine.states()).sort()).toEqual(['shop-api-1', 'shop-api-2', 'shop-db-1', 'shop-migrate-1', 'shop-web-1']);
  }
}, 60_000);

test('a preview makes no call that changes anything', async () => {
  const engine = newEngine();
  const run = preview(await load(shop()), up, engine);
  for await (const event of run.events()) void event;
  expect((await run.done).result).toBe('succeeded');
  expect(engine.calls.filter(({ name }) => changing.has(name))).toEqual([]);
});

test('an engine that is lost while observing is told once, as a diagnostic', async () => {
  const engine = newEngine();
  engine.failOn('listContainers', '', new EngineFailure('unreachable', 'nothing answers', 'fake'));
  const { outcome } = await carryOut(await load(shop()), engine, up);
  expect(outcome).toMatchObject({ result: 'failed', diagnostics: [{ code: 'engine.unreachable', message: 'nothing answers' }] });
});

test('an interrupt while observing ends the run at once', async () => {
  const engine = newEngine();
  const run = apply(await load(shop()), up, engine);
  run.interrupt();
  expect(await run.done).toMatchObject({ result: 'interrupted', exitCode: 130 });
  expect(engine.states()).toEqual({});
});

test('a dependency that ends while it is waited for fails those that wait, and nothing else', async () => {
  const engine = fakeEngine({
    images: ['db', 'api', 'web', 'migrate'],
    behaviour: service => (service === 'db' ? { healthyAfterMs: 900, exitsAfterMs: 300, exitCode: 3, output: ['no password'] } : {}),
  });
  const { outcome } = await carryOut(await load(shop()), engine, up);
  expect(outcome.diagnostics.map(({ message }) => message)).toEqual([
    'dependency failed to start: container shop-db-1 exited (3)\nits last output:\n  no password',
  ]);
});
