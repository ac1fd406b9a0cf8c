// execute/execute.ts: order, concurrency, failures, decisions and interrupts, with performers that only record.
import { expect, test } from 'vitest';
import { EngineFailure } from '../../../src/engine/failure.ts';
import type { Event } from '../../../src/events/event.ts';
import { execute, walk } from '../../../src/execute/execute.ts';
import { StepFailure } from '../../../src/execute/failure.ts';
import { pretences } from '../../../src/execute/operations/pretences.ts';
import type { Performers } from '../../../src/execute/operations/table.ts';
import type { World } from '../../../src/execute/performer.ts';
import { createTold } from '../../../src/execute/told.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Operation } from '../../../src/plan/operation.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import { fakeEngine } from '../../rig/fake-engine.ts';

const project: Project = {
  name: 'shop',
  nameFrom: 'flag',
  directory: '/shop',
  files: [],
  envFiles: [],
  environment: named(),
  profiles: [],
  services: named(),
  disabledServices: named(),
  networks: named(),
  volumes: named(),
  secrets: named(),
  configs: named(),
  models: named(),
  extensions: named(),
  origins: { at: () => undefined },
};

function world(overrides: Partial<World> = {}): World {
  const engine = fakeEngine();
  return {
    engine,
    project,
    observed: { apiVersion: '1.41', containers: [], networks: [], volumes: [], images: named() },
    images: { at: async () => undefined, changed: () => undefined },
    decide: async () => [],
    variables: named(),
    told: createTold(),
    ...overrides,
  };
}

const pull = (image: string, failureTolerated = false): Operation => ({ kind: 'image.pull', image, service: 'web', failureTolerated });
const volume = (name: string): Operation => ({ kind: 'volume.create', volume: name });
const wait = (service: string, required: boolean): Operation => ({
  kind: 'container.wait',
  container: { id: service, name: service },
  service,
  until: 'service_healthy',
  for: 'web',
  required,
});
const decide: Operation = { kind: 'decide', service: 'web' };

function step(id: string, after: readonly string[] = [], operation: Operation = volume(id), more: Partial<Step> = {}): Step {
  return { id, operation, subject: { kind: 'Volume', name: id }, after, cause: { reason: 'missing' }, ...more };
}
const plan = (...steps: readonly Step[]): Plan => ({ project: 'shop', steps, kept: [], notices: [] });

/** Performers of volume steps that wait for the test, in place of the engine. */
function gates() {
  const open = new Map<string, { resolve: () => void; reject: (failure: unknown) => void }>();
  const performers: Performers = {
    ...pretences,
    'volume.create': ({ volume: name }) => new Promise((resolve, reject) => open.set(name, { resolve: () => resolve(undefined), reject })),
  };
  return { open, performers };
}

async function collect(events: AsyncIterable<Event>): Promise<readonly Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}
const never = new AbortController().signal;
const fails = (...names: readonly string[]): Performers => ({
  ...pretences,
  'volume.create': async ({ volume: name }) => {
    if (names.includes(name)) throw new EngineFailure('refused', `no ${name}`, 'test', 500);
    return undefined;
  },
});
const told = (events: readonly Event[]) => events.flatMap(event => ('step' in event ? [`${event.type.slice(5)} ${event.step}`] : []));
const turn = () => new Promise(resolve => setImmediate(resolve));

/** The law of completeness: one terminal event a step. */
function expectComplete(events: readonly Event[]): void {
  const ids = new Set<string>();
  for (const event of events) {
    if (event.type === 'plan.started') for (const { id } of event.plan.steps) ids.add(id);
    if (event.type === 'plan.extended') for (const { id } of event.steps) ids.add(id);
  }
  const terminal = events.flatMap(event =>
    event.type === 'step.finished' || event.type === 'step.failed' || event.type === 'step.skipped' ? [event.step] : [],
  );
  expect([...terminal].sort()).toEqual([...ids].sort());
  expect(events.at(-1)?.type).toBe('plan.finished');
}

test('each step starts when those it comes after have finished, and not before', async () => {
  const { open, performers } = gates();
  const events = collect(execute(plan(step('a'), step('b'), step('c', ['a', 'b'])), world(), never, { performers }));
  await turn();
  expect([...open.keys()]).toEqual(['a', 'b']);
  open.get('b')?.resolve();
  await turn();
  expect(open.has('c')).toBe(false);
  open.get('a')?.resolve();
  await turn();
  open.get('c')?.resolve();
  const all = await events;
  expect(told(all)).toEqual(['started a', 'started b', 'finished b', 'finished a', 'started c', 'finished c']);
  expectComplete(all);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
});

test('a failed step skips all that come after it, and unrelated branches go on', async () => {
  const all = await collect(
    execute(plan(step('a'), step('b', ['a']), step('c', ['b']), step('x'), step('y', ['x'])), world(), never, { performers: fails('a') }),
  );
  expectComplete(all);
  expect(all).toContainEqual(expect.objectContaining({ type: 'step.failed', step: 'a', tolerated: false }));
  expect(all).toContainEqual(expect.objectContaining({ type: 'step.skipped', step: 'c', because: 'a' }));
  expect(told(all)).toContain('finished y');
  expect(all.at(-1)).toMatchObject({ outcome: 'failed' });
});

test('both failures of a plan are told, not the first alone', async () => {
  const all = await collect(execute(plan(step('a'), step('b'), step('c', ['a', 'b'])), world(), never, { performers: fails('a', 'b') }));
  expectComplete(all);
  expect(all.filter(({ type }) => type === 'step.failed')).toHaveLength(2);
});

test('a tolerated pull lets the build that hangs on its failure run', async () => {
  const performers: Performers = {
    ...pretences,
    'image.pull': async () => {
      throw new EngineFailure('pull-denied', 'denied', 'test');
    },
  };
  const build = step('build', ['pull'], volume('build'), { when: { step: 'pull', is: 'failed' } });
  const all = await collect(execute(plan(step('pull', [], pull('web', true)), build), world(), never, { performers }));
  expect(told(all)).toEqual(['started pull', 'failed pull', 'started build', 'finished build']);
  expect(all.at(-1)).toMatchObject({ outcome: 'succeeded' });
});

test('a step whose condition does not hold is passed over and those after it go on', async () => {
  const build = step('build', ['pull'], volume('build'), { when: { step: 'pull', is: 'failed' } });
  const all = await collect(
    execute(plan(step('pull', [], pull('web', true)), build, step('after', ['build'])), world(), never, { performers: pretences }),
  );
  expect(told(all)).toEqual(['started pull', 'finished pull', 'finished build', 'started after', 'finished after']);
  expectComplete(all);
});

test('an optional wait that fails or is skipped lets its waiter go on, with a warning', async () => {
  const performers: Performers = {
    ...fails('db'),
    'container.wait': async () => {
      throw new StepFailure('execute.dependency-failed', 'unhealthy', { tolerated: true });
    },
  };
  const failing = await collect(execute(plan(step('w', [], wait('db', false)), step('web', ['w'])), world(), never, { performers }));
  expect(told(failing)).toContain('finished web');
  expect(failing.at(-1)).toMatchObject({ outcome: 'succeeded' });

  const skipped = await collect(
    execute(plan(step('db'), step('w', ['db'], wait('db', false)), step('web', ['w'])), world(), never, { performers }),
  );
  expect(told(skipped)).toContain('finished web');
  expect(skipped).toContainEqual(
    expect.objectContaining({
      type: 'warning',
      diagnostic: expect.objectContaining({ message: 'optional dependency "db" failed to start' }),
    }),
  );
  expectComplete(skipped);
});

test('a decision adds steps, and those after it wait for all of them', async () => {
  const { open, performers } = gates();
  const asked: (readonly string[])[] = [];
  const decided = async (_service: string, known: ReadonlySet<string>) => {
    asked.push([...known]);
    return [step('x'), step('y', ['x'])];
  };
  const events = collect(execute(plan(step('d', [], decide), step('after', ['d'])), world({ decide: decided }), never, { performers }));
  for (const name of ['x', 'y', 'after']) {
    for (let turns = 0; turns < 5 && !open.has(name); turns++) await turn();
    open.get(name)?.resolve();
  }
  const all = await events;
  expect(asked).toEqual([['d', 'after']]);
  expect(told(all)).toEqual([
    'started d',
    'started x',
    'finished x',
    'started y',
    'finished y',
    'finished d',
    'started after',
    'finished after',
  ]);
  expectComplete(all);
});

test('a decision whose step fails is skipped with what comes after it, for the failed step', async () => {
  const all = await collect(
    execute(plan(step('d', [], decide), step('after', ['d'])), world({ decide: async () => [step('x')] }), never, {
      performers: fails('x'),
    }),
  );
  expectComplete(all);
  expect(all).toContainEqual(expect.objectContaining({ type: 'step.skipped', step: 'd', because: 'x' }));
  expect(all).toContainEqual(expect.objectContaining({ type: 'step.skipped', step: 'after', because: 'x' }));
});

test('a decision that yields nothing finishes at once', async () => {
  const all = await collect(execute(plan(step('d', [], decide), step('after', ['d'])), world(), never, { performers: pretences }));
  expect(told(all)).toEqual(['started d', 'finished d', 'started after', 'finished after']);
});

test('a step that hangs on one that a decision did not yield is passed over', async () => {
  const start = step('start', ['d'], volume('start'), { when: { step: 'web-1/create', is: 'planned' } });
  const not = await collect(execute(plan(step('d', [], decide), start), world(), never, { performers: pretences }));
  expect(told(not)).toEqual(['started d', 'finished d', 'finished start']);
  const yields = world({ decide: async () => [step('web-1/create')] });
  const done = await collect(execute(plan(step('d', [], decide), start), yields, never, { performers: pretences }));
  expect(told(done)).toContain('started start');
});

test('no more calls are in flight than allowed, and waits do not count', async () => {
  let most = 0;
  let inFlight = 0;
  const performers: Performers = {
    ...pretences,
    'volume.create': async () => {
      most = Math.max(most, ++inFlight);
      await turn();
      inFlight--;
      return undefined;
    },
  };
  const steps = Array.from({ length: 20 }, (_, index) => step(`v${index}`));
  const waits = Array.from({ length: 20 }, (_, index) => step(`w${index}`, [], wait(`s${index}`, true)));
  expectComplete(await collect(execute(plan(...waits, ...steps), world(), never, { performers, parallel: 3 })));
  expect(most).toBe(3);
});

test('steps on which most hangs start first', async () => {
  const order: string[] = [];
  const performers: Performers = {
    ...pretences,
    'volume.create': async ({ volume: name }) => {
      order.push(name);
      return undefined;
    },
  };
  await collect(
    execute(plan(step('leaf'), step('root'), step('mid', ['root']), step('end', ['mid'])), world(), never, { performers, parallel: 1 }),
  );
  expect(order).toEqual(['root', 'mid', 'leaf', 'end']);
});

test('the first interrupt lets what runs finish and skips the rest', async () => {
  const { open, performers } = gates();
  const stop = new AbortController();
  const events = collect(execute(plan(step('a'), step('b', ['a'])), world(), stop.signal, { performers }));
  await turn();
  stop.abort();
  await turn();
  open.get('a')?.resolve();
  const all = await events;
  expect(told(all)).toEqual(['started a', 'skipped b', 'finished a']);
  expect(all.at(-1)).toMatchObject({ outcome: 'interrupted' });
});

test('the first interrupt ends a wait, and the second ends everything at once', async () => {
  const { open, performers } = gates();
  const asked = new AbortController();
  const forced = new AbortController();
  const waiting: Performers = {
    ...performers,
    'container.wait': (_operation, _world, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  };
  const events = collect(
    execute(plan(step('a'), step('w', [], wait('db', true))), world(), asked.signal, { performers: waiting, forced: forced.signal }),
  );
  await turn();
  asked.abort();
  await turn();
  expect(open.has('a')).toBe(true);
  forced.abort();
  const all = await events;
  expect(told(all)).toEqual(['started w', 'started a', 'skipped w', 'skipped a']);
  expectComplete(all);
});

test('the first interrupt waits for no stop, which the engine carries out by itself, but for calls that are soon over', async () => {
  const asked = new AbortController();
  const aborted: string[] = [];
  const lasting: Performers = {
    ...pretences,
    'container.stop': (_operation, _world, { step: id, signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(id);
          reject(new EngineFailure('aborted', 'the call was ended', 'POST /containers/stop'));
        });
      }),
    'volume.create': async (_operation, _world, { signal }) => {
      await new Promise(resolve => setTimeout(resolve, 20));
      return signal.aborted ? 'aborted' : undefined;
    },
  };
  const stop: Operation = { kind: 'container.stop', container: { id: 'x', name: 'x' }, graceSeconds: 600 };
  const running = collect(execute(plan(step('s', [], stop), step('v'), step('r', ['s'])), world(), asked.signal, { performers: lasting }));
  await Promise.resolve();
  asked.abort();
  const all = await running;
  expect(aborted).toEqual(['s']);
  expect(all.filter(({ type }) => type === 'step.skipped')).toMatchObject([{ step: 'r' }, { step: 's', because: 'interrupted' }]);
  expect(all.find(({ type }) => type === 'step.finished')).toMatchObject({ step: 'v' });
});

test('a plan that is interrupted before it begins does nothing', async () => {
  const all = await collect(execute(plan(step('a'), step('b', ['a'])), world(), AbortSignal.abort(), { performers: pretences }));
  expect(told(all)).toEqual(['skipped a', 'skipped b']);
});

test('a bug in a performer ends the events with that bug', async () => {
  const performers: Performers = {
    ...pretences,
    'volume.create': async () => {
      throw new TypeError('a bug');
    },
  };
  await expect(collect(execute(plan(step('a')), world(), never, { performers }))).rejects.toThrow('a bug');
});

test('a chain of ten thousand steps whose first fails is skipped without a deep stack', async () => {
  const steps = Array.from({ length: 10_000 }, (_, index) => step(`s${index}`, index === 0 ? [] : [`s${index - 1}`]));
  const all = await collect(execute(plan(...steps), world(), never, { performers: fails('s0') }));
  expect(all.filter(({ type }) => type === 'step.skipped')).toHaveLength(9_999);
});

test('an empty plan starts and finishes without a call to the engine', async () => {
  const engine = fakeEngine();
  const all = await collect(execute(plan(), world({ engine }), never));
  expect(all.map(({ type }) => type)).toEqual(['plan.started', 'plan.finished']);
  expect(engine.calls).toEqual([]);
});

test('it is told when all that is under way waits for others, and not while anything else is', async () => {
  const { open, performers } = gates();
  const provider: Operation = { kind: 'provider.run', service: 'web', action: 'up' };
  let provided: () => void = () => undefined;
  const providing = new Promise<undefined>(resolve => {
    provided = () => resolve(undefined);
  });
  const table: Performers = { ...performers, 'provider.run': () => providing };
  let told = 0;
  const walked = walk(plan(step('p', [], provider), step('a'), step('b', ['a']), step('c', ['p'])), world(), {
    asked: never,
    forced: never,
    emit: () => undefined,
    now: () => 0,
    performers: table,
    onlyWaits: () => told++,
  });
  await turn();
  open.get('a')?.resolve();
  await turn();
  expect([[...open.keys()], told]).toEqual([['a', 'b'], 0]);
  open.get('b')?.resolve();
  await turn();
  expect(told).toBe(1);
  provided();
  await turn();
  open.get('c')?.resolve();
  expect(await walked).toMatchObject({ result: 'succeeded' });
  expect(told).toBe(1);
});
