// Detach keys as they are typed, and events as activities.
import { expect, test } from 'vitest';
import { toActivity } from '../../../src/follow/activity.ts';
import { detachSequence, detachWatcher } from '../../../src/follow/attach.ts';
import { named } from '../../../src/model/named.ts';

test('detach keys are read as Docker writes them', () => {
  expect([...detachSequence('ctrl-p,ctrl-q')]).toEqual([16, 17]);
  expect([...detachSequence('ctrl-@,a,ctrl-[')]).toEqual([0, 97, 27]);
  expect(() => detachSequence('ctrl-1')).toThrow('invalid detach keys');
});

function typed(...chunks: string[]) {
  const watch = detachWatcher(detachSequence('ctrl-p,ctrl-q'));
  let sent = '';
  for (const chunk of chunks) {
    const { send, found } = watch(Buffer.from(chunk));
    sent += Buffer.from(send).toString();
    if (found) return { sent, found };
  }
  return { sent, found: false };
}

test('the sequence detaches, also when it is typed key by key', () => {
  expect(typed('ls\x10\x11more')).toEqual({ sent: 'ls', found: true });
  expect(typed('l', '\x10', '\x11')).toEqual({ sent: 'l', found: true });
});

test('the first key alone is sent once the next one shows that it was meant', () => {
  expect(typed('\x10')).toEqual({ sent: '', found: false });
  expect(typed('\x10', 'x')).toEqual({ sent: '\x10x', found: false });
  expect(typed('\x10', '\x10', '\x11')).toEqual({ sent: '\x10', found: true });
});

const event = (action: string, attributes: Record<string, string>) => ({
  Type: 'container',
  Action: action,
  Actor: {
    ID: 'id',
    Attributes: named(
      Object.entries({
        name: 'p-web-2',
        'com.docker.compose.service': 'web',
        'com.docker.compose.container-number': '2',
        'com.docker.compose.config-hash': 'x',
        ...attributes,
      }),
    ),
  },
  time: 1,
  timeNano: 1_500_000_000,
});

test('events become activities with numbers as numbers', () => {
  expect(toActivity(event('die', { exitCode: '3' }))).toMatchObject({
    kind: 'died',
    exitCode: 3,
    at: '1.500000000',
    container: { id: 'id', name: 'p-web-2', service: 'web', number: 2, oneOff: false },
  });
  expect(toActivity(event('health_status: unhealthy', {}))).toMatchObject({ kind: 'health', health: 'unhealthy' });
  expect(toActivity(event('destroy', {}))).toMatchObject({ kind: 'removed' });
});

test('events that say nothing of a life, and those of hook containers, are passed over', () => {
  expect(toActivity(event('exec_start: sh', {}))).toBeUndefined();
  const { Actor, ...rest } = event('start', {});
  const { 'com.docker.compose.config-hash': _, ...attributes } = Actor.Attributes;
  expect(toActivity({ ...rest, Actor: { ...Actor, Attributes: named(Object.entries(attributes)) } })).toBeUndefined();
});
