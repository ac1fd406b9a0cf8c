// Attached `up`: brings a project up and stays with it. What its containers say goes to a sink, what becomes of them into events.
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import type { LogSink, LogWriter } from '../events/log-sink.ts';
import { type ActiveContainer, type Activity, followActivity } from '../follow/activity.ts';
import { type LogReader, logReader } from '../follow/logs.ts';
import { withDependencies } from '../model/dependencies.ts';
import { displayName } from '../model/identity.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { UpIntent } from '../plan/intent.ts';
import type { Operation } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { type ApplyOptions, applyTo } from './apply.ts';
import { Refusal } from './refusal.ts';
import { type Outcome, type Run, type RunContext, startRun } from './run-handle.ts';

export interface FollowOptions extends ApplyOptions {
  /** Where the lines of the containers go. */
  readonly sink: LogSink;
  /** `--attach`: whose output to show; undefined: the intent's services, or all that do not say `attach: false`. */
  readonly attach?: readonly string[];
  readonly noAttach?: readonly string[];
  /** Also the services that the intent's services depend on. */
  readonly attachDependencies?: boolean;
  /** What the first container that ends brings about. */
  readonly cascade: 'none' | 'exit' | 'failure';
  /** The exit code is that of this service's first container to end. */
  readonly exitCodeFrom?: string;
  /** For the stops at the end. */
  readonly graceSeconds?: number;
}

export interface Following extends Run {
  /** Leaves: the containers go on, and the run ends well. */
  detach(): void;
}

/** The services whose output is shown (interop.md §5.8). Where the rules leave none, all are shown, as the reference does. */
export function attachedServices(
  project: Project,
  services: readonly string[],
  options: Pick<FollowOptions, 'attach' | 'noAttach' | 'attachDependencies'>,
): readonly string[] {
  const all = Object.keys(project.services).sort();
  const named = services.length === 0 ? all : options.attachDependencies ? withDependencies(project, services) : services;
  const chosen =
    options.attach && options.attach.length > 0 ? options.attach : named.filter(name => project.services[name]?.attach !== false);
  const left = chosen.filter(name => !options.noAttach?.includes(name));
  return left.length > 0 ? left : all;
}

/**
 * Brings a project up and stays with it: attaches to each container before it starts, follows those that start again, and ends when none
 * runs any more, when the cascade rule says so, or when interrupted. The first interrupt stops everything in order, the second kills.
 * The exit code follows interop.md §5.8-5.9.
 */
export function followProject(project: Project, intent: UpIntent, engine: Engine, options: FollowOptions): Following {
  const left = new AbortController();
  const run = startRun(context => follow(context, left.signal, project, intent, engine, options), options.now);
  return { ...run, detach: () => left.abort() };
}

/** A container that is followed. What happens to it is told in order, the end of each of its lives after the last line of it. */
interface Followed {
  readonly name: string;
  readonly service: string;
  /** Attached before it started: its next start needs no reading. */
  awaited: boolean;
  /** From one start to the next; `diedAt`, by the engine's clock, lies after the last line of that life. */
  readonly lives: { diedAt?: string }[];
  queue: Promise<void>;
}

async function follow(
  context: RunContext,
  left: AbortSignal,
  project: Project,
  intent: UpIntent,
  engine: Engine,
  options: FollowOptions,
): Promise<Outcome> {
  const { emit, asked, forced } = context;
  const sink = registeredLate(options.sink);
  const shown = new Set(attachedServices(project, intent.services, options));
  const watched = new Set(intent.services.length > 0 ? intent.services : shown);
  const over = new AbortController();
  const feed = await followActivity(engine, project.name, over.signal);
  const reader = logReader(engine, sink, over.signal);
  const followed = new Map<string, Followed>();
  const alive = new Set<string>();
  /** Containers that the plan itself ends; their end is no news. */
  const replaced = new Set<string>();
  let attaching: (() => Promise<void>) | undefined;
  /** Of the container whose end stopped the others, and of the service that `exitCodeFrom` names. */
  const codes: { cascade?: number; chosen?: number } = {};
  const halt = new AbortController();
  const settled = deferred<'ended' | 'cascade'>();
  const quiet = deferred<undefined>();
  let broken: unknown;
  let brought = false;

  const isShown = ({ service, oneOff }: ActiveContainer | ObservedContainer) => !oneOff && shown.has(service);
  const isWatched = ({ service, oneOff }: ActiveContainer | ObservedContainer) => !oneOff && watched.has(service);

  function known(id: string, name: string, service: string): Followed {
    const found = followed.get(id) ?? { name, service, awaited: false, lives: [], queue: Promise.resolve() };
    followed.set(id, found);
    return found;
  }

  function then(container: Followed, work: () => Promise<void>): void {
    container.queue = container.queue.then(work).catch(failure => {
      broken ??= failure;
      settled.resolve('ended');
    });
  }

  function lookAround(): void {
    if (!brought || alive.size > 0) return;
    quiet.resolve(undefined);
    settled.resolve('ended');
  }

  /** Tells whom the run attaches to, and attaches to those that run already; before the first start, or once nothing is to be started. */
  function attachOnce(): Promise<void> {
    const begin = attaching;
    attaching = undefined;
    return begin?.() ?? Promise.resolve();
  }

  function planned(plan: Plan): void {
    noteReplaced(plan.steps, replaced);
    const running = feed.containers.filter(one => isShown(one) && one.state === 'running' && !replaced.has(one.id));
    for (const container of feed.containers)
      if (isWatched(container) && container.state === 'running' && !replaced.has(container.id)) alive.add(container.id);
    attaching = async () => {
      const names = namesOf(project, plan, running, shown);
      emit({ type: 'attaching', containers: names });
      await Promise.all(running.map(one => attach(reader, known(one.id, displayName(project, one), one.service), one.id)));
    };
  }

  async function attach(from: LogReader, container: Followed, id: string): Promise<void> {
    const { Config } = await engine.inspectContainer(id);
    const { ended } = await from.attach(id, container.name, Config.Tty);
    emit({ type: 'container.attached', container: container.name, service: container.service });
    then(container, () => ended);
  }

  async function beforeStart({ id, name, service }: { id: string; name: string; service: string }): Promise<void> {
    await attachOnce();
    if (watched.has(service)) alive.add(id);
    if (!shown.has(service)) return;
    const container = known(id, shortName(project, service, name), service);
    container.awaited = true;
    await attach(reader, container, id);
  }

  async function happened(activity: Activity): Promise<void> {
    const { container } = activity;
    const name = displayName(project, container);
    switch (activity.kind) {
      case 'created':
        if (!isShown(container) || !('com.docker.compose.replace' in container.labels) || !brought) return;
        // Made by somebody else, in place of one that is about to stop: it keeps us here until it starts.
        alive.add(container.id);
        emit({ type: 'container.recreated', container: name, service: container.service });
        sink.status(name, 'has been recreated');
        return;
      case 'started':
        if (isWatched(container)) alive.add(container.id);
        if (isShown(container)) readLife(container.id, name, container.service);
        return;
      case 'died':
        if (!replaced.has(container.id)) await died(activity, name);
        return;
      case 'removed':
        if (alive.delete(container.id)) lookAround();
        return;
    }
  }

  /** Reads a life that began without us attached before it; it may be over by the time that its turn comes. */
  function readLife(id: string, name: string, service: string): void {
    const container = known(id, name, service);
    const life: Followed['lives'][number] = {};
    const before = container.lives.at(-1);
    container.lives.push(life);
    if (container.awaited) {
      container.awaited = false;
      return;
    }
    then(container, async () => {
      const details = await stillThere(engine, id);
      if (!details) return;
      const until = life.diedAt === undefined ? {} : { until: life.diedAt };
      const since = before?.diedAt ?? details.State.StartedAt;
      const range = { follow: life.diedAt === undefined, timestamps: false, tail: 'all', since, ...until };
      await reader.read(id, name, range, details.Config.Tty);
    });
  }

  async function died(activity: Extract<Activity, { kind: 'died' }>, name: string): Promise<void> {
    const { container, exitCode: code } = activity;
    const life = followed.get(container.id)?.lives.at(-1);
    if (life) life.diedAt = activity.at;
    const state = (await stillThere(engine, container.id))?.State;
    const restarting = state?.Restarting || state?.Running || false;
    if (isShown(container)) {
      then(known(container.id, name, container.service), async () => {
        emit({ type: 'container.exited', container: name, service: container.service, code, restarting });
        sink.status(name, `exited with code ${code}${restarting ? ' (restarting)' : ''}`);
      });
    }
    if (!isWatched(container)) return;
    if (container.service === options.exitCodeFrom) codes.chosen ??= code;
    if (options.cascade === 'exit' || (options.cascade === 'failure' && code !== 0)) {
      codes.cascade ??= code;
      settled.resolve('cascade');
    }
    if (restarting) return;
    alive.delete(container.id);
    lookAround();
  }

  async function read(): Promise<void> {
    try {
      for await (const activity of feed.activities) await happened(activity);
    } catch (failure) {
      broken ??= failure;
      settled.resolve('ended');
    }
  }

  /** Events pass by here, so that steps a decision adds are known like those of the plan. */
  const tell: RunContext['emit'] = body => {
    if (body.type === 'plan.extended') noteReplaced(body.steps, replaced);
    emit(body);
  };

  const reading = read();
  try {
    const walking = { ...context, asked: AbortSignal.any([asked, halt.signal]), emit: tell };
    const brings = applyTo(walking, project, intent, engine, options, { planned, beforeStart });
    // A container that ends while others still start stops the starting, where the flags say so.
    void settled.promise.then(() => halt.abort());
    const outcome = await brings;
    if (outcome.result === 'failed') {
      await drained();
      return outcome;
    }
    await attachOnce();
    brought = true;
    lookAround();
    const because = asked.aborted ? undefined : await Promise.race([settled.promise, fired(asked), fired(left)]);
    if (left.aborted && because === undefined && !asked.aborted) return { ...outcome, exitCode: 0 };
    if (broken !== undefined && !asked.aborted) throw broken;
    if (because !== 'ended') await stopAll(because ?? 'interrupted');
    await drained();
    if (asked.aborted) return { ...outcome, result: 'interrupted', exitCode: 130 };
    return { ...outcome, result: 'succeeded', exitCode: codes.chosen ?? codes.cascade ?? 0 };
  } finally {
    over.abort();
    await reading;
    sink.flush();
  }

  /** Stops everything in order, so that each may still say its last words; the second interrupt kills what is left. */
  async function stopAll(because: 'interrupted' | 'cascade'): Promise<void> {
    emit({ type: 'stopping', because });
    const signals = { asked: forced, forced };
    const grace = options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds };
    const stop = { kind: 'stop', services: intent.services, ...grace } as const;
    const stopped = await applyTo({ ...context, ...signals }, project, stop, engine, options).catch(failure => {
      if (forced.aborted) return undefined;
      throw failure;
    });
    if (!forced.aborted) {
      if (stopped?.result === 'failed') throw new Refusal(stopped.diagnostics);
    } else {
      const never = new AbortController().signal;
      const kill = { kind: 'kill', services: intent.services, signal: 'SIGKILL', removeOrphans: false } as const;
      await applyTo({ ...context, asked: never, forced: never }, project, kill, engine, options);
    }
    await Promise.race([quiet.promise, later(lastWordsMs)]);
  }

  /** Lets what has been read reach the sink; containers that go on are left behind. */
  async function drained(): Promise<void> {
    const ending = [...followed].filter(([id]) => !alive.has(id)).map(([, { queue }]) => queue);
    await Promise.race([Promise.all(ending), fired(forced)]);
  }
}

/** The engine tells of the end of what was stopped at once; more than this it is not waited for. */
const lastWordsMs = 2000;

function later(ms: number): Promise<undefined> {
  return new Promise(resolve => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>(done => {
    resolve = done;
  });
  return { promise, resolve };
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

/** Resolves when the signal fires. */
function fired(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function stillThere(engine: Engine, id: string) {
  try {
    return await engine.inspectContainer(id);
  } catch (failure) {
    if (failure instanceof EngineFailure && failure.kind === 'not-found') return undefined;
    throw failure;
  }
}

const ending: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>(['container.stop', 'container.remove', 'container.kill']);

/** Adds the ids of the containers that these steps end. */
function noteReplaced(steps: readonly Step[], replaced: Set<string>): void {
  for (const { operation, when } of steps)
    if (ending.has(operation.kind) && 'container' in operation && 'id' in operation.container && when === undefined)
      replaced.add(operation.container.id);
}

/** The display name of a container that a plan names, before the engine has it. */
function shortName(project: Project, service: string, name: string): string {
  const number = Number(/(\d+)$/.exec(name)?.[1]);
  return displayName(project, { name, service, ...(Number.isNaN(number) ? {} : { number }) });
}

/** Whom a run will attach to, sorted: those that run already and those that the plan starts. */
function namesOf(project: Project, plan: Plan, running: readonly ObservedContainer[], shown: ReadonlySet<string>): readonly string[] {
  const names = new Set(running.map(one => displayName(project, one)));
  for (const { operation } of plan.steps)
    if (operation.kind === 'container.start' && shown.has(operation.service))
      names.add(shortName(project, operation.service, operation.container.name));
  return [...names].sort();
}
