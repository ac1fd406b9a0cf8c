// events/progress.ts: the fold of events that every view shows.
import { expect, test } from 'vitest';
import type { Event, EventBody } from '../../../src/events/event.ts';
import { noProgress, type Progress, reduce } from '../../../src/events/progress.ts';
import type { Operation } from '../../../src/plan/operation.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';

const step = (id: string, name: string, operation: Operation): Step => ({
  id,
  operation,
  subject: { kind: 'Container', name },
  after: [],
  cause: { reason: 'missing' },
});
const create = (name: string, replaces?: { id: string; name: string }): Operation => ({
  kind: 'container.create',
  service: 'web',
  replica: 1,
  name,
  inheritVolumes: true,
  ...(replaces ? { replaces } : {}),
});
const ref = { id: 'abc', name: 'web-1' };
const plan = (steps: readonly Step[], kept: Plan['kept'] = []): Plan => ({ project: 'shop', steps, kept, notices: [] });

function fold(...bodies: readonly EventBody[]): Progress {
  return bodies.reduce<Progress>((progress, body, index) => reduce(progress, { sequence: index + 1, at: index * 10, ...body }), noProgress);
}
const only = (progress: Progress) => progress.subjects[0]!;

test('a container goes from creating to started, and is done only then', () => {
  const steps = [
    step('create', 'web-1', create('web-1')),
    step('start', 'web-1', { kind: 'container.start', container: ref, service: 'web' }),
  ];
  const events: EventBody[] = [
    { type: 'plan.started', plan: plan(steps) },
    { type: 'step.started', step: 'create' },
    { type: 'step.finished', step: 'create' },
    { type: 'step.started', step: 'start' },
    { type: 'step.finished', step: 'start' },
  ];
  const texts = events.map((_, index) => {
    const { state, text, left } = only(fold(...events.slice(0, index + 1)));
    return [state, text, left];
  });
  expect(texts).toEqual([
    ['waiting', '', 2],
    ['working', 'Creating', 2],
    ['working', 'Created', 1],
    ['working', 'Starting', 1],
    ['done', 'Started', 0],
  ]);
  expect(only(fold(...events))).toMatchObject({ startedAt: 10, endedAt: 40 });
});

test('replacing a container reads Recreate, then Recreated, with nothing of the old one in between', () => {
  const steps = [
    step('create', 'web-1', create('web-1', ref)),
    step('stop', 'web-1', { kind: 'container.stop', container: ref }),
    step('remove', 'web-1', { kind: 'container.remove', container: ref, withAnonymousVolumes: false }),
    step('rename', 'web-1', { kind: 'container.rename', container: ref, name: 'web-1' }),
  ];
  const events: EventBody[] = [
    { type: 'plan.started', plan: plan(steps) },
    ...steps.flatMap(({ id }): EventBody[] => [
      { type: 'step.started', step: id },
      { type: 'step.finished', step: id },
    ]),
  ];
  const texts = new Set(events.map((_, index) => only(fold(...events.slice(0, index + 1))).text));
  expect([...texts]).toEqual(['', 'Recreate', 'Recreated']);
});

test('a container that is kept is shown as running and done', () => {
  expect(only(fold({ type: 'plan.started', plan: plan([], [{ kind: 'Container', name: 'web-1' }]) }))).toMatchObject({
    state: 'done',
    text: 'Running',
  });
});

test('a failure stays a failure while other steps of the subject are skipped', () => {
  const steps = [
    step('create', 'web-1', create('web-1')),
    step('start', 'web-1', { kind: 'container.start', container: ref, service: 'web' }),
  ];
  const progress = fold(
    { type: 'plan.started', plan: plan(steps) },
    { type: 'step.started', step: 'create' },
    {
      type: 'step.failed',
      step: 'create',
      tolerated: false,
      diagnostic: { code: 'engine.refused', severity: 'error', message: 'no', related: [] },
    },
    { type: 'step.skipped', step: 'start', because: 'create' },
    { type: 'plan.finished', outcome: 'failed' },
  );
  expect(only(progress)).toMatchObject({ state: 'failed', text: 'Error', left: 0 });
  expect(progress).toMatchObject({ outcome: 'failed', failures: [{ message: 'no' }] });
});

test('a step that is passed over changes no text', () => {
  const steps = [step('create', 'web-1', create('web-1')), step('stop', 'web-1', { kind: 'container.stop', container: ref })];
  const progress = fold(
    { type: 'plan.started', plan: plan(steps) },
    { type: 'step.started', step: 'create' },
    { type: 'step.finished', step: 'create' },
    { type: 'step.finished', step: 'stop', note: '' },
  );
  expect(only(progress)).toMatchObject({ text: 'Created', state: 'done', left: 0 });
});

test('layers of a pull are parts, the latest of each', () => {
  const pull: Operation = { kind: 'image.pull', image: 'web', service: 'web', failureTolerated: false };
  const progress = fold(
    { type: 'plan.started', plan: plan([step('pull', 'web', pull)]) },
    { type: 'step.started', step: 'pull' },
    { type: 'step.progressed', step: 'pull', part: 'a', text: 'Downloading', done: 1, total: 2 },
    { type: 'step.progressed', step: 'pull', part: 'b', text: 'Waiting' },
    { type: 'step.progressed', step: 'pull', part: 'a', text: 'Pull complete' },
  );
  expect(only(progress).parts).toEqual([
    { name: 'a', text: 'Pull complete' },
    { name: 'b', text: 'Waiting' },
  ]);
});

test('steps that a decision yields are added, and reopen their subject', () => {
  const progress = fold(
    { type: 'plan.started', plan: plan([step('web/decide', 'web-1', { kind: 'decide', service: 'web' })]) },
    { type: 'step.started', step: 'web/decide' },
    { type: 'plan.extended', by: 'web/decide', steps: [step('create', 'web-1', create('web-1'))] },
  );
  expect(progress.subjects).toHaveLength(1);
  expect(only(progress).left).toBe(2);
});

test('an event that was folded before changes nothing', () => {
  const event: Event = { sequence: 1, at: 0, type: 'plan.started', plan: plan([]) };
  const once = reduce(noProgress, event);
  expect(reduce(once, event)).toBe(once);
});
