// events/channel.ts: one writer, many readers, replay for late ones.
import { expect, test } from 'vitest';
import { type Channel, createChannel } from '../../../src/events/channel.ts';
import type { Event } from '../../../src/events/event.ts';

const clock = () => {
  let now = 0;
  return () => ++now;
};

async function all(channel: Channel): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of channel.read()) events.push(event);
  return events;
}

test('a reader who comes after the end is told everything', async () => {
  const channel = createChannel(clock());
  channel.emit({ type: 'step.started', step: 'a' });
  channel.emit({ type: 'step.finished', step: 'a' });
  channel.end();
  expect(await all(channel)).toEqual([
    { sequence: 1, at: 1, type: 'step.started', step: 'a' },
    { sequence: 2, at: 2, type: 'step.finished', step: 'a' },
  ]);
});

test('two readers see the same events, also those written while they wait', async () => {
  const channel = createChannel(clock());
  const first = all(channel);
  channel.emit({ type: 'step.started', step: 'a' });
  const second = all(channel);
  await Promise.resolve();
  channel.emit({ type: 'step.finished', step: 'a' });
  channel.end();
  expect(await first).toHaveLength(2);
  expect(await second).toEqual(await first);
});

test('an error reaches readers after all that came before it', async () => {
  const channel = createChannel(clock());
  channel.emit({ type: 'step.started', step: 'a' });
  channel.fail(new Error('a bug'));
  const reader = channel.read()[Symbol.asyncIterator]();
  expect((await reader.next()).value).toMatchObject({ step: 'a' });
  await expect(reader.next()).rejects.toThrow('a bug');
});

test('what is written after the end is dropped', async () => {
  const channel = createChannel(clock());
  channel.end();
  channel.emit({ type: 'step.started', step: 'a' });
  expect(await all(channel)).toEqual([]);
});

test('late readers miss old progress but no other event, early readers miss nothing', async () => {
  const channel = createChannel(clock(), 10);
  const early = all(channel);
  for (let step = 0; step < 20; step++) {
    channel.emit({ type: 'step.started', step: `${step}` });
    for (let part = 0; part < 5; part++) channel.emit({ type: 'step.progressed', step: `${step}`, text: `${part}` });
  }
  const late = all(channel);
  channel.end();
  expect(await early).toHaveLength(120);
  const told = await late;
  expect(told.filter(({ type }) => type === 'step.started')).toHaveLength(20);
  const progress = told.filter(({ type }) => type === 'step.progressed');
  expect(progress.length).toBeLessThanOrEqual(10);
  expect(progress.length).toBeGreaterThanOrEqual(5);
  expect(told.at(-1)).toEqual((await early).at(-1));
  expect(told.map(({ sequence }) => sequence)).toEqual(told.map(({ sequence }) => sequence).toSorted((a, b) => a - b));
});

test('of a container that restarts without end, late readers are told the last lives, and all of the plan', async () => {
  const channel = createChannel(clock(), 10);
  channel.emit({ type: 'step.started', step: 'a' });
  for (let code = 0; code < 1000; code++) {
    channel.emit({ type: 'container.attached', container: 'a-1', service: 'a' });
    channel.emit({ type: 'container.exited', container: 'a-1', service: 'a', code, restarting: true });
  }
  channel.end();
  const told = await all(channel);
  expect(told[0]).toMatchObject({ type: 'step.started', step: 'a' });
  expect(told.length).toBeLessThanOrEqual(11);
  expect(told.at(-1)).toMatchObject({ code: 999, sequence: 2001 });
});
