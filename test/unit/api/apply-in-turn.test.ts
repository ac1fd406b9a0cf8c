// Commands that meet, with a lock in memory: who only waits keeps nobody waiting, and what is asked or refused is so before the turn.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ApplyOptions, apply } from '../../../src/api/apply.ts';
import type { Consent } from '../../../src/api/consent.ts';
import type { Turns } from '../../../src/api/turn.ts';
import type { Event } from '../../../src/events/event.ts';
import type { Lock, LockKey } from '../../../src/lock/lock.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Intent } from '../../../src/plan/intent.ts';
import { type FakeEngine, fakeEngine } from '../../rig/fake-engine.ts';
import { upIntent as up } from '../../rig/intents.ts';
import { load } from './loading.ts';

/** Locks of one process, with a clock that stands still: who waits, waits until the lock is free. */
function memoryTurns() {
  const held = new Map<string, { readonly left: Promise<void> }>();
  let changes = 0;
  const nameOf = ({ project, aside }: LockKey) => `${project}${aside ? ' aside' : ''}`;
  const lock: Lock = {
    take(key) {
      const name = nameOf(key);
      if (held.has(name)) return 'taken';
      let leave: () => void = () => undefined;
      held.set(name, { left: new Promise(resolve => (leave = resolve)) });
      changes++;
      return {
        release() {
          held.delete(name);
          changes++;
          leave();
        },
      };
    },
    async meet(key) {
      const holder = held.get(nameOf(key));
      const party = { command: 'fig', process: 1, yields: false };
      return holder && { holder: party, over: holder.left, cancel: () => undefined, leave: () => undefined };
    },
  };
  const turns: Turns = {
    locks: { trace: () => String(changes), open: async () => lock },
    command: 'fig',
    cancels: true,
    after: () => new Promise(() => undefined),
  };
  return {
    turns,
    names: () => [...held.keys()],
    /** As another command that has its turn. */
    occupy(project: string) {
      const hold = lock.take({ engine: '', project }, { command: 'fig', yields: false }, () => undefined);
      if (hold === 'taken' || hold === 'none') throw new Error(`the lock is ${hold}`);
      return hold;
    },
  };
}

/** Starts a command, and collects what it tells. */
function start(project: Project, intent: Intent, engine: FakeEngine, options: ApplyOptions) {
  const run = apply(project, intent, engine, { now: () => 0, ...options });
  const events: Event[] = [];
  const read = (async () => {
    for await (const event of run.events()) events.push(event);
  })();
  return { events, done: read.then(() => run.done) };
}

test('an up that waits for a container keeps no other command waiting, not even one that it hangs on', async () => {
  const { turns, names } = memoryTurns();
  const engine = fakeEngine({ images: ['migrate', 'db', 'web'] });
  const project = await load(`
services:
  db: {image: db}
  migrate: {image: migrate}
  web: {image: web, depends_on: {migrate: {condition: service_completed_successfully}}}
`);
  const first = start(project, up, engine, { turns });
  await expect.poll(() => engine.states()).toMatchObject({ 'shop-migrate-1': 'running', 'shop-db-1': 'running' });
  await expect.poll(names).toEqual(['shop aside']);
  const restart: Intent = { kind: 'restart', services: ['db'], withDependents: false };
  expect((await start(project, restart, engine, { turns }).done).result).toBe('succeeded');
  engine.end('shop-migrate-1', 0);
  expect((await first.done).result).toBe('succeeded');
  expect(engine.states()).toMatchObject({ 'shop-web-1': 'running' });
  expect(names()).toEqual([]);
});

test('what stands against a command is told at once, whoever has the turn', async () => {
  const { turns, occupy } = memoryTurns();
  const project = await load('services: {web: {image: web, networks: [out]}}\nnetworks: {out: {external: true}}\n');
  occupy(project.name);
  const { result, diagnostics } = await start(project, up, fakeEngine({ images: ['web'] }), { turns }).done;
  expect(result).toBe('failed');
  expect(diagnostics[0]?.message).toContain('network out declared as external, but could not be found');
});

/** A project that another folder of its name has brought up. */
async function namesake() {
  const above = mkdtempSync(join(tmpdir(), 'fig-turn-'));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  const [one, two] = ['one', 'two'].map(name => join(above, name, 'shop'));
  if (!one || !two) throw new Error('unreachable');
  for (const folder of [one, two]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'compose.yaml'), '');
  }
  const engine = fakeEngine({ images: ['web'] });
  await start(await load('services: {web: {image: web, command: one}}', one), up, engine, {}).done;
  return { engine, project: await load('services: {web: {image: web, command: two}}', two) };
}

test('a question is asked while nobody is kept waiting, and once only, though others come first', async () => {
  const { turns, names, occupy } = memoryTurns();
  const { engine, project } = await namesake();
  const asked: (readonly string[])[] = [];
  const other: { release: () => void } = { release: () => undefined };
  const consent: Consent = async () => {
    asked.push(names());
    other.release = occupy(project.name).release;
    return 'yes';
  };
  const second = start(project, up, engine, { turns, guard: 'warn', consent });
  await expect.poll(() => asked).toEqual([[]]);
  other.release();
  expect((await second.done).result).toBe('succeeded');
  expect(asked).toEqual([[]]);
});

test('the warning of another folder is given once, though others come first', async () => {
  const { turns, occupy } = memoryTurns();
  const { engine, project } = await namesake();
  const consent: Consent = async () => {
    occupy(project.name).release();
    return 'nobody';
  };
  const { events, done } = start(project, up, engine, { turns, guard: 'warn', consent });
  expect((await done).result).toBe('succeeded');
  expect(events.filter(event => event.type === 'warning').map(({ diagnostic }) => diagnostic.code)).toEqual(['request.namesake']);
});

test.each(['yes', 'no'] as const)('whether a volume may be lost is asked once, though others come first: %s', async answer => {
  const { turns, names, occupy } = memoryTurns();
  const engine = fakeEngine({ images: ['db'] });
  const project = (rest: string) => load(`services: {db: {image: db, volumes: ['data:/data']}}\n${rest}\n`);
  await start(await project('volumes: {data: {}}'), up, engine, {}).done;
  const done = engine.history.length;
  const asked: (readonly string[])[] = [];
  const consent: Consent = async () => {
    asked.push(names());
    occupy('shop').release();
    return answer;
  };
  // Something to do even without the volume, so that there is a turn to wait for.
  const changed = await project('volumes: {data: {labels: {x: y}}}\nnetworks: {default: {labels: {x: y}}}');
  expect((await start(changed, up, engine, { turns, consent }).done).result).toBe('succeeded');
  expect(asked).toEqual([[]]);
  expect(engine.history.slice(done).join('\n').includes('shop_data')).toBe(answer === 'yes');
});
