// The plain lines and the JSON records, byte for byte: scripts look for them.
import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../../src/events/event.ts';
import type { Operation } from '../../../src/plan/operation.ts';
import { jsonView } from '../../../src/view/json.ts';
import { linesView } from '../../../src/view/lines.ts';
import { quietView } from '../../../src/view/quiet.ts';
import { capture, operations, planOf, ran, showAll, step } from './events.ts';

function linesOf(bodies: readonly EventBody[], results = capture()): string {
  const output = capture();
  showAll(linesView(output, results), bodies);
  return output.text;
}

function oneStep(operation: Operation, note?: string): string {
  return linesOf([{ type: 'plan.started', plan: planOf([step('it', operation)]) }, ...ran('it', note)]);
}

describe('a line is a space, the subject, the word, and a space', () => {
  test.each([
    [operations.create, ' Container shop-web-1 Creating \n Container shop-web-1 Created \n'],
    [operations.start, ' Container shop-web-1 Starting \n Container shop-web-1 Started \n'],
    [operations.stop, ' Container shop-web-1 Stopping \n Container shop-web-1 Stopped \n'],
    [operations.remove, ' Container shop-web-1 Removing \n Container shop-web-1 Removed \n'],
    [operations.restart, ' Container shop-web-1 Restarting \n Container shop-web-1 Started \n'],
    [operations.kill, ' Container shop-web-1 Killing \n Container shop-web-1 Killed \n'],
    [operations.pause, ' Container shop-web-1 Paused \n'],
    [operations.unpause, ' Container shop-web-1 Unpaused \n'],
    [operations.wait, ' Container shop-web-1 Waiting \n Container shop-web-1 Healthy \n'],
    [operations.connect, ''],
  ])('$0.kind', (operation, text) => {
    expect(oneStep(operation)).toBe(text);
  });

  test('a wait ends as its note says', () => {
    expect(oneStep(operations.wait, 'Exited')).toBe(' Container shop-web-1 Waiting \n Container shop-web-1 Exited \n');
  });

  test('networks and images are named as such', () => {
    const network = step('n', operations.network, { kind: 'Network', name: 'shop_default' });
    const image = step('i', operations.pull, { kind: 'Image', name: 'busybox' });
    expect(linesOf([{ type: 'plan.started', plan: planOf([network, image]) }, ...ran('n'), ...ran('i', 'sha256:abc')])).toBe(
      ' Network shop_default Creating \n Network shop_default Created \n Image busybox Pulling \n Image busybox Pulled \n',
    );
  });

  test('providers and models go by their names, and what they say is news of them', () => {
    const steps = [
      step('p', operations.provide, { kind: 'Provider', name: 'store' }),
      step('d', operations.unprovide, { kind: 'Provider', name: 'store' }),
      step('m', operations.model, { kind: 'Model', name: 'llm' }),
    ];
    const said = (id: string, text: string) => ({ type: 'step.progressed', step: id, text }) as const;
    const results = capture();
    const events = [{ type: 'step.started', step: 'p' } as const, said('p', 'making room'), ...ran('p').slice(1), ...ran('d')];
    const model = [{ type: 'step.started', step: 'm' } as const, said('m', 'Pulling'), ...ran('m').slice(1)];
    expect(linesOf([{ type: 'plan.started', plan: planOf(steps) }, ...events, ...model], results)).toBe(
      ' store Creating \n store making room \n store Created \n store Removing \n store Removed \n llm Pulling \n llm Configured \n',
    );
    expect(results.text).toBe('');
  });

  test('what hooks print is no progress, and no result', () => {
    const results = capture();
    const said = { type: 'step.progressed', step: 'h', text: 'hello' } as const;
    expect(linesOf([{ type: 'plan.started', plan: planOf([step('h', operations.hook)]) }, said], results)).toBe('');
    expect(results.text).toBe('');
  });

  test('an image that is skipped says why', () => {
    const image = step('i', operations.pull, { kind: 'Image', name: 'busybox' });
    expect(linesOf([{ type: 'plan.started', plan: planOf([image]) }, ...ran('i', 'Skipped Image is already present locally')])).toBe(
      ' Image busybox Pulling \n Image busybox Skipped Image is already present locally\n',
    );
  });
});

test('containers that stay are running', () => {
  expect(linesOf([{ type: 'plan.started', plan: planOf([], [{ kind: 'Container', name: 'shop-db-1' }]) }])).toBe(
    ' Container shop-db-1 Running \n',
  );
});

test('a recreate is told in two words, and the end of the old container not at all', () => {
  const steps = [
    step('create', operations.recreate),
    step('stop', operations.stop),
    step('remove', operations.remove),
    step('rename', operations.rename),
  ];
  const events = [
    { type: 'plan.started', plan: planOf(steps) } as const,
    ...ran('create'),
    ...ran('stop'),
    ...ran('remove'),
    ...ran('rename'),
  ];
  expect(linesOf(events)).toBe(' Container shop-web-1 Recreate \n Container shop-web-1 Recreated \n');
});

test('a step that was passed over says nothing', () => {
  expect(
    linesOf([
      { type: 'plan.started', plan: planOf([step('it', operations.start)]) },
      { type: 'step.finished', step: 'it' },
    ]),
  ).toBe('');
});

test('steps that a decision adds are told like any other', () => {
  const added = step('late', operations.start);
  expect(linesOf([{ type: 'plan.started', plan: planOf([]) }, { type: 'plan.extended', by: 'x', steps: [added] }, ...ran('late')])).toBe(
    ' Container shop-web-1 Starting \n Container shop-web-1 Started \n',
  );
});

const failure = (message: string, tolerated: boolean): readonly EventBody[] => [
  { type: 'plan.started', plan: planOf([step('it', operations.start)]) },
  { type: 'step.started', step: 'it' },
  { type: 'step.failed', step: 'it', tolerated, diagnostic: { code: 'engine.refused', severity: 'error', message, related: [] } },
];

test('a failure ends its subject with the first line of what was wrong', () => {
  expect(linesOf(failure('port is taken\nmore', false))).toBe(
    ' Container shop-web-1 Starting \n Container shop-web-1 Error port is taken\n',
  );
  expect(linesOf(failure('no healthcheck', true))).toContain(' Container shop-web-1 Warning no healthcheck\n');
});

test('what comes from elsewhere cannot drive the terminal, nor show a password', () => {
  expect(linesOf(failure('\u001b[2Jpull of \u001b]0;title\u0007https://me:hunter2@host failed\r', false))).toContain(
    'Error pull of https://me:•••@host failed\n',
  );
});

test('the layers of a pull are told by word, not by byte', () => {
  const layer = (text: string, done?: number): EventBody => ({
    type: 'step.progressed',
    step: 'i',
    part: '5cc84ad355aa',
    text,
    ...(done === undefined ? {} : { done, total: 100 }),
  });
  const image = step('i', operations.pull, { kind: 'Image', name: 'busybox' });
  const events: EventBody[] = [
    { type: 'plan.started', plan: planOf([image]) },
    { type: 'step.started', step: 'i' },
    layer('Downloading', 10),
    layer('Downloading', 50),
    layer('Pull complete'),
  ];
  expect(linesOf(events)).toBe(' Image busybox Pulling \n 5cc84ad355aa Downloading \n 5cc84ad355aa Pull complete \n');
});

test('what a build prints goes to standard output as it is', () => {
  const events: EventBody[] = [
    { type: 'plan.started', plan: planOf([step('b', operations.build, { kind: 'Image', name: 'shop-web' })]) },
    { type: 'step.started', step: 'b' },
    { type: 'step.progressed', step: 'b', text: 'Step 1/2 : FROM busybox' },
    { type: 'step.finished', step: 'b' },
  ];
  const results = capture();
  expect(linesOf(events, results)).toBe(' Image shop-web Building \n Image shop-web Built \n');
  expect(results.text).toBe('Step 1/2 : FROM busybox\n');
});

test('the JSON view writes one record a change with the reference’s keys', () => {
  const output = capture();
  showAll(jsonView(output, { dryRun: false }), [{ type: 'plan.started', plan: planOf([step('it', operations.stop)]) }, ...ran('it')]);
  expect(output.text).toBe(
    '{"id":"Container shop-web-1","status":"Working","text":"Stopping"}\n{"id":"Container shop-web-1","status":"Done","text":"Stopped"}\n',
  );
});

test('the JSON view says when nothing is really done, and how far a layer is', () => {
  const output = capture();
  const image = step('i', operations.pull, { kind: 'Image', name: 'busybox' });
  showAll(jsonView(output, { dryRun: true }), [
    { type: 'plan.started', plan: planOf([image]) },
    { type: 'step.progressed', step: 'i', part: '5cc8', text: 'Downloading', done: 25, total: 200 },
  ]);
  expect(JSON.parse(output.text)).toEqual({
    'dry-run': true,
    id: '5cc8',
    parent_id: 'Image busybox',
    status: 'Working',
    text: 'Downloading',
    current: 25,
    total: 200,
    percent: 12,
  });
});

test('the quiet view takes everything and says nothing', async () => {
  showAll(quietView, failure('x', false));
  await expect(quietView.close()).resolves.toBeUndefined();
});
