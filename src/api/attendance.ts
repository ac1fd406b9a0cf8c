// Attendance: the containers of an attached run, from before they start to after they ended: what they say, and what becomes of them.
import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import type { LogSink, LogWriter } from '../events/log-sink.ts';
import { type ActiveContainer, type Activity, type ActivityFeed, replacedName } from '../follow/activity.ts';
import { lifeBegin, logReader } from '../follow/logs.ts';
import { displayName, labels } from '../model/identity.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Operation, StepId } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { type CascadeRules, createCascade } from './cascade.ts';
import type { RunContext } from './run-handle.ts';

export interface AttendanceRules extends CascadeRules {
  /** Services whose output is shown. */
  readonly shown: ReadonlySet<string>;
  /** Services whose containers keep the run going, and whose ends count and are told. */
  readonly watched: ReadonlySet<string>;
}

export interface Attendance {
  /** Called with the plan, before anything of it is done. */
  planned(plan: Plan): void;
  /** Called with steps that a decision added. */
  extended(steps: readonly Step[]): void;
  /** Called with each step that has ended, however. */
  stepEnded(step: StepId): void;
  /** Called before each start: attaches, so that no line is lost. */
  beforeStart(container: { readonly id: string; readonly name: string; readonly service: string }): Promise<void>;
  /** Called before a pre_start hook: says to whom the run attaches. */
  beforeHook(): Promise<void>;
  /** Called with each line of a hook: shown as the reference shows it, all of it on stdout. */
  hookSaid(hook: { readonly service: string; readonly container: string; readonly preStart?: number }, line: string): void;
  /** The project is up: from now on the run ends when no watched container runs. `attach`: to those that nothing had to be started for. */
  brought(attach: boolean): Promise<void>;
  /** Resolves when no watched container runs any more, when the cascade rule holds, or when the engine was lost. */
  readonly ended: Promise<'ended' | 'cascade'>;
  /** Resolves when all that the containers said which have ended by now has reached the sink, and their ends have been told. */
  drained(): Promise<void>;
  /** By the flags (see Cascade). */
  exitCode(): number;
  /** What broke the stream of events or of output. */
  broken(): unknown;
  /** Resolves when all activities have been dealt with, after the feed ended. */
  readonly over: Promise<void>;
}

/** A container that is followed. What happens to it is told in order, the end of each of its lives after the last line of it. */
interface Followed {
  readonly name: string;
  readonly service: string;
  /** Attached before it started: its next start needs no reading. */
  awaited: boolean;
  /** The last one that began: from one start to the next. `diedAt`, by the engine's clock, lies after its last line. */
  life?: { diedAt?: string };
  queue: Promise<void>;
}

/** A container that runs or is about to, until its end has been told. */
interface Alive {
  /** Keeps the run going. */
  readonly watched: boolean;
  /** When the life before the awaited one began, as the engine writes it: that of a container which could not be started. */
  readonly before?: string;
  /** When the life began whose end was told already, while the engine waits to start the container again. */
  told?: string;
  readonly end: Deferred<void>;
}

/** Attends to the containers of a project; the feed was opened before anything was done. Reading ends with the signal. */
export function attend(
  project: Project,
  engine: Engine,
  feed: ActivityFeed,
  rules: AttendanceRules,
  given: LogSink,
  emit: RunContext['emit'],
  signal: AbortSignal,
): Attendance {
  const sink = registeredLate(given);
  const reader = logReader(engine, sink, signal);
  const followed = new Map<string, Followed>();
  const alive = new Map<string, Alive>();
  /** Containers that the plan itself ends; their end is no news. */
  const replaced = new Set<string>();
  /** Replicas that the plan itself makes anew, as `service number`, until the engine has told of it. */
  const remade = new Set<string>();
  /** Containers made while we look: all that they say is news. */
  const unheard = new Set<string>();
  const cascade = createCascade(rules);
  const ended = deferred<'ended' | 'cascade'>();
  let attaching: (() => Promise<void>) | undefined;
  let isUp = false;
  let broken: unknown;

  type Seen = ActiveContainer | ObservedContainer;
  const isShown = ({ service, oneOff }: Seen) => !oneOff && rules.shown.has(service);
  const isWatched = ({ service, oneOff }: Seen) => !oneOff && rules.watched.has(service);

  function known(id: string, name: string, service: string): Followed {
    const found: Followed = followed.get(id) ?? { name, service, awaited: false, queue: Promise.resolve() };
    followed.set(id, found);
    return found;
  }

  function breakWith(failure: unknown): void {
    broken ??= failure;
    ended.resolve('ended');
  }

  function then(container: Followed, work: () => Promise<void>): void {
    container.queue = container.queue.then(work).catch(breakWith);
  }

  function lookAround(): void {
    if (isUp && ![...alive.values()].some(({ watched }) => watched)) ended.resolve('ended');
  }

  function begins(id: string, watched: boolean, before?: string): void {
    if (!alive.has(id)) alive.set(id, { watched, end: deferred(), ...(before === undefined ? {} : { before }) });
  }

  function ends(id: string): void {
    const one = alive.get(id);
    if (!alive.delete(id)) return;
    one?.end.resolve();
    lookAround();
  }

  /** Tells whom the run attaches to, and attaches to those that run already; before the first start, or once nothing is to be started. */
  function attachOnce(): Promise<void> {
    const begin = attaching;
    attaching = undefined;
    return begin?.() ?? Promise.resolve();
  }

  async function attach(container: Followed, id: string, tty: boolean): Promise<void> {
    const attached = await reader.attach(id, container.name, tty);
    emit({ type: 'container.attached', container: container.name, service: container.service });
    then(container, () => attached.ended);
  }

  async function happened(activity: Activity): Promise<void> {
    const { container } = activity;
    const name = displayName(project, container);
    switch (activity.kind) {
      case 'created':
        unheard.add(container.id);
        if (!isWatched(container) || !(labels.replace in container.labels)) return;
        if (remade.delete(replicaKey(container.service, container.number))) return;
        // Made by somebody else, in place of one that is about to stop: it keeps the run going until it starts.
        begins(container.id, true);
        emit({ type: 'container.recreated', container: replacedName(container), service: container.service });
        sink.status(replacedName(container), 'has been recreated');
        return;
      case 'started':
        // Stopped by the plan only to be started again: from now on its end is news.
        if (alive.get(container.id)?.before !== undefined) replaced.delete(container.id);
        if (isWatched(container) || isShown(container)) begins(container.id, isWatched(container));
        if (isShown(container)) readLife(container.id, name, container.service);
        return;
      case 'died':
        if (!replaced.has(container.id)) await died(activity, name);
        return;
      case 'removed':
        ends(container.id);
        forget(container.id);
        return;
      default:
        return;
    }
  }

  /** Reads a life that began without us attached before it; it may be over by the time that its turn comes. */
  function readLife(id: string, name: string, service: string): void {
    const container = known(id, name, service);
    const life: NonNullable<Followed['life']> = {};
    const before = container.life;
    const isNew = unheard.has(id);
    container.life = life;
    if (container.awaited) {
      container.awaited = false;
      return;
    }
    then(container, async () => {
      const details = await stillThere(engine, id);
      if (!details) return;
      const until = life.diedAt === undefined ? {} : { until: life.diedAt };
      const since = before?.diedAt ?? firstMoment(details.State, isNew);
      const range = { follow: life.diedAt === undefined, timestamps: false, tail: 'all', ...(since ? { since } : {}), ...until };
      await reader.read(id, name, range, details.Config.Tty);
    });
  }

  async function died({ container, exitCode: code, at }: Extract<Activity, { kind: 'died' }>, name: string): Promise<void> {
    const life = followed.get(container.id)?.life;
    if (life) life.diedAt = at;
    const state = (await stillThere(engine, container.id))?.State;
    const restarting = state?.Restarting || state?.Running || false;
    if (isWatched(container)) {
      then(known(container.id, name, container.service), async () => {
        emit({ type: 'container.exited', container: name, service: container.service, code, restarting });
        sink.status(name, `exited with code ${code}${restarting ? ' (restarting)' : ''}`);
      });
    }
    if (isWatched(container) && cascade.ended(container.service, code)) ended.resolve('cascade');
    const one = alive.get(container.id);
    if (one && state?.Restarting) one.told = state.StartedAt;
    if (!restarting) ends(container.id);
  }

  /**
   * Waits for the last line of a container and for its end to be told, where it has ended. Whether it has, only the engine knows: its
   * events and its output come over other connections than its answers, and later than they.
   */
  async function lastWords(id: string): Promise<void> {
    const one = alive.get(id);
    if (one) {
      const state = (await stillThere(engine, id))?.State;
      if (state && (isRunning(state) || state.StartedAt === one.before)) return;
      if (one.told === undefined || state?.StartedAt !== one.told) await one.end.promise;
    }
    await followed.get(id)?.queue;
  }

  /** Drops what is known of a container that is gone, once all of it has been told. */
  function forget(id: string): void {
    unheard.delete(id);
    void followed.get(id)?.queue.then(() => followed.delete(id));
  }

  /** Notes the containers that these steps end, the replicas that they make anew, and what they wait for. */
  function note(steps: readonly Step[]): void {
    cascade.note(steps);
    for (const { operation, when } of steps) {
      if (operation.kind === 'container.create' && operation.replaces) remade.add(replicaKey(operation.service, operation.replica));
      if (ending.has(operation.kind) && 'container' in operation && 'id' in operation.container && when === undefined)
        replaced.add(operation.container.id);
    }
  }

  async function deal(): Promise<void> {
    try {
      for await (const activity of feed.activities) await happened(activity);
    } catch (failure) {
      breakWith(failure);
    }
  }

  const over = deal().then(() => sink.flush());

  return {
    planned(plan) {
      note(plan.steps);
      const staying = feed.containers.filter(one => !replaced.has(one.id));
      const running = staying.filter(({ state }) => state === 'running');
      for (const one of running) if (isWatched(one) || isShown(one)) begins(one.id, isWatched(one));
      const shown = running.filter(isShown);
      attaching = async () => {
        emit({ type: 'attaching', containers: namesOf(project, plan, staying.filter(isShown), rules.shown) });
        await Promise.all(
          shown.map(async one => {
            const { Config } = await engine.inspectContainer(one.id);
            await attach(known(one.id, displayName(project, one), one.service), one.id, Config.Tty);
          }),
        );
      };
    },
    extended: note,
    stepEnded: cascade.stepEnded,
    async beforeStart({ id, name, service }) {
      await attachOnce();
      if (!rules.watched.has(service) && !rules.shown.has(service)) return;
      const { Config, State } = await engine.inspectContainer(id);
      begins(id, rules.watched.has(service), State.StartedAt);
      if (!rules.shown.has(service)) return;
      const container = known(id, shortName(project, service, name), service);
      container.awaited = true;
      await attach(container, id, Config.Tty);
    },
    beforeHook: attachOnce,
    hookSaid({ service, container, preStart }, line) {
      const source = preStart === undefined ? shortName(project, service, container) : `${service} pre_start[${preStart}]`;
      sink.writer(`${source} ->`).write('stdout', Buffer.from(`${line}\n`));
      sink.flush();
    },
    async brought(attach) {
      if (attach) await attachOnce();
      isUp = true;
      lookAround();
    },
    ended: ended.promise,
    async drained() {
      const ids = new Set([...followed.keys(), ...alive.keys()]);
      // Without its events nothing more can be learnt.
      await Promise.race([Promise.all([...ids].map(lastWords)).catch(breakWith), over]);
    },
    exitCode: () => cascade.exitCode,
    broken: () => broken,
    over,
  };
}

/**
 * From where on a container's kept output belongs to the life that began now, where no earlier one was seen; undefined: from the first
 * line on. Its start alone would be too late: a process may have written before the engine notes that it runs.
 */
function firstMoment(state: ContainerDetails['State'], isNew: boolean): string | undefined {
  if (isNew) return undefined;
  const hasEnded = Date.parse(state.FinishedAt) >= Date.parse(state.StartedAt);
  return hasEnded ? state.StartedAt : lifeBegin(state);
}

/** Whether it runs, or will again, or (a zero date) never did. */
function isRunning(state: ContainerDetails['State']): boolean {
  return state.Running || state.Restarting || !(Date.parse(state.StartedAt) > 0);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

async function stillThere(engine: Engine, id: string): Promise<ContainerDetails | undefined> {
  try {
    return await engine.inspectContainer(id);
  } catch (failure) {
    if (failure instanceof EngineFailure && failure.kind === 'not-found') return undefined;
    throw failure;
  }
}

/**
 * The sink, told of a name only when there is a line of it: in an attached `up` the prefixes grow wider as containers first speak,
 * as the reference's do.
 */
function registeredLate(sink: LogSink): LogSink {
  return {
    ...sink,
    writer(name) {
      let writer: LogWriter | undefined;
      return {
        write(stream, bytes) {
          writer ??= sink.writer(name);
          writer.write(stream, bytes);
        },
      };
    },
  };
}

const ending: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>(['container.stop', 'container.remove', 'container.kill']);

function replicaKey(service: string, replica: number | undefined): string {
  return `${service} ${replica}`;
}

/** The display name of a container that a plan names, before the engine has it. */
function shortName(project: Project, service: string, name: string): string {
  const number = Number(/(\d+)$/.exec(name)?.[1]);
  return displayName(project, { name, service, ...(Number.isNaN(number) ? {} : { number }) });
}

/** Whom a run will attach to, sorted: those that are there and stay, and those that the plan starts. */
function namesOf(project: Project, plan: Plan, staying: readonly ObservedContainer[], shown: ReadonlySet<string>): readonly string[] {
  const names = new Set(staying.map(one => displayName(project, one)));
  for (const { operation } of plan.steps)
    if (operation.kind === 'container.start' && shown.has(operation.service))
      names.add(shortName(project, operation.service, operation.container.name));
  return [...names].sort();
}
