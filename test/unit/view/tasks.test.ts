// The live view: what a frame holds, and that only what changed is drawn again.
import { expect, test } from 'vitest';
import type { EventBody } from '../../../src/events/event.ts';
import { noProgress, type Progress, reduce } from '../../../src/events/progress.ts';
import { frame, tasksView } from '../../../src/view/tasks.ts';
import { plainTheme } from '../../../src/view/theme.ts';
import { capture, operations, planOf, ran, sequence, showAll, step } from './events.ts';

const many = Array.from({ length: 30 }, (_, index) =>
  step(`s${index}`, operations.start, { kind: 'Container', name: `shop-web-${index + 1}` }),
);

function fold(bodies: readonly EventBody[]): Progress {
  return sequence(bodies).reduce(reduce, noProgress);
}

function picture(bodies: readonly EventBody[], size: { columns: number; rows: number }, isLast = false): readonly string[] {
  const progress = fold(bodies);
  const words = new Map(progress.subjects.map(({ key, text, left }) => [key, { text, details: '', isDone: left === 0 }]));
  return frame({ progress, words, title: 'up', now: 5_000, tick: 0, theme: plainTheme, isLast }, size);
}

const started = many.map(({ id }): EventBody => ({ type: 'step.started', step: id }));

test('a frame has a header that counts, and a row with sign, name, word and time for each resource', () => {
  const events = [
    { type: 'plan.started', plan: planOf(many.slice(0, 2)) } as const,
    ...ran('s0'),
    { type: 'step.started', step: 's1' } as const,
  ];
  expect(picture(events, { columns: 60, rows: 20 })).toEqual([
    '[+] up 1/2',
    ' ✔ Container shop-web-1 Started                        0.1s',
    ' ⠋ Container shop-web-2 Starting                       3.7s',
  ]);
});

test('what was passed over is not counted as done', async () => {
  const events: EventBody[] = [
    { type: 'plan.started', plan: planOf(many.slice(0, 2)) },
    ...ran('s0'),
    { type: 'step.started', step: 's1' },
    { type: 'step.skipped', step: 's1', because: 'interrupted' },
  ];
  expect(picture(events, { columns: 60, rows: 20 }, true)[0]).toBe('[+] up 1/2');
});

test('a frame never has more lines than the terminal, nor wider ones', () => {
  for (const size of [
    { columns: 20, rows: 4 },
    { columns: 40, rows: 10 },
    { columns: 80, rows: 24 },
  ]) {
    const lines = picture([{ type: 'plan.started', plan: planOf(many) }, ...started], size);
    expect(lines.length).toBeLessThan(size.rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(Math.max(size.columns, 24));
    expect(lines.at(-1)).toMatch(/… \d+ more/);
  }
});

test('where not all rows fit, those in trouble and those at work are kept', () => {
  const diagnostic = { code: 'engine.refused', severity: 'error', message: 'no', related: [] } as const;
  const events: EventBody[] = [
    { type: 'plan.started', plan: planOf(many) },
    ...many.slice(0, 20).flatMap(({ id }) => ran(id)),
    { type: 'step.started', step: 's25' },
    { type: 'step.started', step: 's29' },
    { type: 'step.failed', step: 's29', tolerated: false, diagnostic },
  ];
  const text = picture(events, { columns: 80, rows: 6 }).join('\n');
  expect(text).toContain('✘ Container shop-web-30');
  expect(text).toContain('⠋ Container shop-web-26');
});

test('the last frame shows every row, and nothing turns in it', () => {
  const lines = picture([{ type: 'plan.started', plan: planOf(many) }, ...started], { columns: 80, rows: 6 }, true);
  expect(lines).toHaveLength(31);
  expect(lines.join('')).not.toContain('⠋');
});

test('a view that ends leaves its last frame and gives the cursor back', async () => {
  const output = capture({ columns: 60, rows: 20 });
  const view = await tasksView(output, { coloured: false, title: 'up', attached: false, now: () => 2_000 });
  showAll(view, [{ type: 'plan.started', plan: planOf(many.slice(0, 1)) }, ...ran('s0'), { type: 'plan.finished', outcome: 'succeeded' }]);
  await view.close();
  expect(output.text).toContain('[+] up 1/1');
  expect(output.text).toContain(' ✔ Container shop-web-1 Started');
  expect(output.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.text.lastIndexOf('\u001b[?25l'));
});

test('a view whose run never ended still ends', async () => {
  const output = capture({ columns: 60, rows: 20 });
  const view = await tasksView(output, { coloured: false, title: 'up', attached: false, now: () => 2_000 });
  showAll(view, [
    { type: 'plan.started', plan: planOf(many) },
    { type: 'step.started', step: 's0' },
  ]);
  await view.close();
  expect(output.text).toContain('- Container shop-web-1');
});

test('attached, starting is left to the logs', async () => {
  const output = capture({ columns: 60, rows: 20 });
  const view = await tasksView(output, { coloured: false, title: 'up', attached: true, now: () => 2_000 });
  showAll(view, [
    { type: 'plan.started', plan: planOf([step('c', operations.create), step('s', operations.start)]) },
    ...ran('c'),
    ...ran('s'),
  ]);
  await view.close();
  expect(output.text).toContain('Created');
  expect(output.text).not.toContain('Start');
});

test('once the logs have begun, what is told goes between their lines, and nothing is drawn over them', async () => {
  const output = capture({ columns: 60, rows: 20 });
  const view = await tasksView(output, { coloured: false, title: 'up', attached: true, now: () => 2_000 });
  const wait = step('w', operations.wait);
  showAll(view, [{ type: 'plan.started', plan: planOf([step('c', operations.create), step('s', operations.start), wait]) }, ...ran('c')]);
  await view.close();
  expect(output.text).toContain('[+] up 1/1');
  output.text = '';
  showAll(view, [
    ...ran('s'),
    ...ran('w', 'Healthy'),
    { type: 'plan.extended', by: 'w', steps: [step('e', operations.stop)] },
    ...ran('e'),
  ]);
  await view.close();
  expect(output.text).toBe(['Waiting', 'Healthy', 'Stopping', 'Stopped'].map(word => `Container shop-web-1 ${word} \n`).join(''));
});
