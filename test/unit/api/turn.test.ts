// Turns with a lock and a clock made by hand: who waits for whom, who is asked to end, what is said, and when a command goes on alone.
import { expect, test } from 'vitest';
import type { RunContext } from '../../../src/api/run-handle.ts';
import { isEnding, type Turn, type Turns, takesTurns, takeTurn } from '../../../src/api/turn.ts';
import type { EventBody } from '../../../src/events/event.ts';
import { createInterrupt } from '../../../src/execute/interrupt.ts';
import type { Lock, LockKey, Party } from '../../../src/lock/lock.ts';
import type { Intent } from '../../../src/plan/intent.ts';
import { upIntent as up } from '../../rig/intents.ts';

const key = { engine: 'unix:///engine.sock', project: 'shop' };
const other: Party = { command: 'fig up', process: 7, yields: true };
const down: Intent = { kind: 'down', services: [], volumes: false, images: 'none', removeOrphans: false };

interface Scene {
  readonly holder?: Party | 'silent' | 'gone';
  /** Who stepped aside before. */
  readonly aside?: Party;
  readonly cancels?: boolean;
  readonly within?: string;
}

/** A lock that `holder` has until `leave` is called, and a clock that goes on when told to. */
function scene({ holder, aside, cancels = true, within }: Scene = {}) {
  const events: EventBody[] = [];
  const timers: { readonly at: number; readonly ring: () => void }[] = [];
  const asked: string[] = [];
  let now = 0;
  let trace = 0;
  const taken = new Set([...(holder === undefined ? [] : ['turn']), ...(aside === undefined ? [] : ['aside'])]);
  const placeOf = (about: LockKey) => (about.aside ? 'aside' : 'turn');
  let leave: () => void = () => undefined;
  let cancelled: ((by: Party) => void) | undefined;
  const over = new Promise<void>(resolve => {
    leave = () => {
      taken.clear();
      trace++;
      resolve();
    };
  });
  const lock: Lock = {
    take(about, _, cancel) {
      const place = placeOf(about);
      if (taken.has(place)) return 'taken';
      taken.add(place);
      trace++;
      cancelled = cancel;
      return { release: () => void taken.delete(place) };
    },
    async meet(about) {
      const met = about.aside ? aside : holder;
      if (met === 'gone' || met === undefined) return undefined;
      const word = about.aside ? ' aside' : '';
      return {
        holder: met === 'silent' ? undefined : met,
        over,
        cancel: () => void asked.push(`cancel${word}`),
        leave: () => void asked.push(`leave${word}`),
      };
    },
  };
  const { asked: signal, forced, interrupt } = createInterrupt();
  const context: RunContext = { emit: body => void events.push(body), asked: signal, forced, interrupt, now: () => now };
  const turns: Turns = {
    locks: { trace: () => String(trace), open: async () => lock },
    command: 'fig test',
    cancels,
    ...(within === undefined ? {} : { within }),
    after: ms => new Promise(resolve => timers.push({ at: now + ms, ring: resolve })),
  };
  return {
    asked,
    interrupt,
    signal,
    taken: () => [...taken],
    leave: () => leave(),
    touch: () => void trace++,
    cancel: (by: Party) => cancelled?.(by),
    said: () => events.map(event => (event.type === 'warning' ? `${event.diagnostic.code}: ${event.diagnostic.message}` : event.type)),
    async pass(ms: number) {
      await settled();
      now += ms;
      for (const timer of timers) if (timer.at <= now) timer.ring();
      await settled();
    },
    take: (intent: Intent, since: string | undefined = '0') => takeTurn(context, turns, key, intent, since),
  };
}

/** All that follows from what has happened so far has happened. */
const settled = () => new Promise<void>(resolve => setImmediate(resolve));

/** Whether a promise has resolved by now. */
async function state(turn: Promise<Turn>): Promise<'waiting' | Turn> {
  await settled();
  return Promise.race([turn, Promise.resolve('waiting' as const)]);
}

test('a free lock is taken at once, and nothing is said', async () => {
  const one = scene();
  expect(await one.take(up)).toMatchObject({ isLate: false });
  expect(one.said()).toEqual([]);
});

test('what was observed before another command came and went is late', async () => {
  const one = scene();
  one.touch();
  expect(await one.take(up)).toMatchObject({ isLate: true });
});

test('a command that waits says for whom after a second, and goes on when that one has ended', async () => {
  const one = scene({ holder: other });
  const turn = one.take(up);
  await one.pass(999);
  expect(one.said()).toEqual([]);
  await one.pass(1);
  expect(one.said()).toEqual(['request.busy: waiting for "fig up" (process 7), which works on project "shop"']);
  expect(await state(turn)).toBe('waiting');
  one.leave();
  expect(await turn).toMatchObject({ isLate: true });
});

test.each([true, false])('it goes on after a minute, with a warning, and lets the lock be (called fig: %s)', async cancels => {
  const one = scene({ holder: other, cancels });
  const turn = one.take(up);
  await one.pass(1000);
  await one.pass(58_999);
  expect(await state(turn)).toBe('waiting');
  await one.pass(1);
  expect(await state(turn)).toMatchObject({ isLate: true });
  expect(one.said().slice(1)).toEqual([
    'request.busy: going on beside "fig up" (process 7), which has worked on project "shop" for longer than 60 s',
  ]);
  expect(one.asked).toEqual(['leave']);
});

test('it waits no longer than the user likes', async () => {
  const one = scene({ holder: 'silent' });
  const turn = one.take(up);
  await one.pass(1000);
  expect(await state(turn)).toBe('waiting');
  expect(one.said()).toEqual(['request.busy: waiting for a command that does not say its name, which works on project "shop"']);
  one.interrupt();
  await expect(turn).rejects.toBe(one.signal.reason);
  expect(one.asked).toEqual(['leave']);
});

test('a fig that a provider calls is part of the turn of its project: it neither waits nor asks anybody to end', async () => {
  const one = scene({ holder: other, within: key.project });
  expect([await one.take(up), await one.take(down, undefined)]).toMatchObject([{ isLate: false }, { isLate: false }]);
  expect([one.asked, one.said(), one.taken()]).toEqual([[], [], ['turn']]);
  const elsewhere = scene({ within: 'another' });
  await elsewhere.take(up);
  expect(elsewhere.taken()).toEqual(['turn']);
});

test('who steps aside lets others have their turn, and may still be asked to end', async () => {
  const one = scene();
  const turn = await one.take(up);
  turn.stepAside();
  turn.stepAside();
  expect(one.taken()).toEqual(['aside']);
  const next = await one.take(up);
  expect(next).toMatchObject({ isLate: true });
  one.cancel({ command: 'fig down', process: 9, yields: false });
  expect(one.signal.aborted).toBe(true);
  turn.release();
  expect(one.taken()).toEqual(['turn']);
  next.release();
  expect(one.taken()).toEqual([]);
});

test('the second one that steps aside, and one called by the reference’s name, just let go', async () => {
  const crowded = scene({ aside: other });
  (await crowded.take(up)).stepAside();
  expect(crowded.taken()).toEqual(['aside']);
  const plain = scene({ cancels: false });
  (await plain.take(up)).stepAside();
  expect(plain.taken()).toEqual([]);
});

test('down asks also who stepped aside to end, and goes on once it has', async () => {
  const one = scene({ aside: other });
  const turn = one.take(down, undefined);
  expect(await state(turn)).toBe('waiting');
  expect(one.asked).toEqual(['cancel aside']);
  expect(one.said()).toEqual(['request.busy: asked "fig up" (process 7) to end, which works on project "shop"']);
  one.leave();
  await turn;
});

test('a down that is interrupted while it waits for who stepped aside leaves no lock behind', async () => {
  const one = scene({ aside: other });
  const turn = one.take(down, undefined);
  expect(await state(turn)).toBe('waiting');
  one.interrupt();
  await expect(turn).rejects.toBe(one.signal.reason);
  expect(one.taken()).toEqual(['aside']);
});

test('down asks the holder to end, and goes on once it has', async () => {
  const one = scene({ holder: other });
  const turn = one.take(down, undefined);
  expect(await state(turn)).toBe('waiting');
  expect(one.asked).toEqual(['cancel']);
  expect(one.said()).toEqual(['request.busy: asked "fig up" (process 7) to end, which works on project "shop"']);
  one.leave();
  await turn;
});

test('down waits ten seconds for the last calls of the holder, and no longer', async () => {
  const one = scene({ holder: other });
  const turn = one.take(down, undefined);
  await one.pass(9999);
  expect(await state(turn)).toBe('waiting');
  await one.pass(1);
  expect(await state(turn)).toMatchObject({ isLate: true });
});

test.each<[string, Parameters<typeof scene>[0]]>([
  ['stops and removes things itself', { holder: { ...other, yields: false } }],
  ['does not answer', { holder: 'silent' }],
  ['was called by the reference’s name, as it was itself', { holder: other, cancels: false }],
])('down goes on at once beside a command that %s', async (_, options) => {
  const one = scene(options);
  await one.take(down, undefined);
  expect(one.asked).toEqual(['leave']);
  expect(one.said()).toEqual([]);
});

test('a lock that is gone whenever one looks is done without', async () => {
  expect(await scene({ holder: 'gone' }).take(up)).toMatchObject({ isLate: true });
});

test('the holder that is asked ends as at Ctrl+C, says by whom, and is not hurried by a second one', async () => {
  const one = scene();
  await one.take(up);
  one.cancel({ command: 'fig down', process: 9, yields: false });
  one.cancel({ command: 'fig kill', process: 10, yields: false });
  expect(one.signal.aborted).toBe(true);
  expect(one.said()).toEqual(['request.cancelled: "fig down" (process 9) asked for the end of this command on project "shop"']);
});

test('stop, down and deadly signals end things; other signals, pulls and builds take no turns', () => {
  const kill = (signal: string): Intent => ({ kind: 'kill', services: [], signal, removeOrphans: false });
  const ending: readonly Intent[] = [down, { kind: 'stop', services: [] }, kill('SIGKILL'), kill('term'), kill('9')];
  expect(ending.map(isEnding)).toEqual(ending.map(() => true));
  expect([up, kill('SIGHUP'), kill('SIGUSR1')].map(isEnding)).toEqual([false, false, false]);
  const free: readonly Intent[] = [kill('HUP'), { kind: 'build', services: [] }];
  expect([...free, ...ending, up].map(takesTurns)).toEqual([false, false, ...ending.map(() => true), true]);
});
