// Attached `up`: brings a project up and stays with it, until nothing runs, the flags say so, or the user has enough.
import type { Engine } from '../engine/engine.ts';
import type { LogSink } from '../events/log-sink.ts';
import { followActivity } from '../follow/activity.ts';
import { withDependencies } from '../model/dependencies.ts';
import type { Project } from '../model/project.ts';
import type { UpIntent } from '../plan/intent.ts';
import { type ApplyOptions, applyTo } from './apply.ts';
import { type Attendance, attend } from './attendance.ts';
import type { CascadeRules } from './cascade.ts';
import { Refusal, refuse } from './refusal.ts';
import { type Outcome, type Run, type RunContext, startRun, unless } from './run-handle.ts';

export interface FollowOptions extends ApplyOptions, CascadeRules {
  /** Where the lines of the containers go. */
  readonly sink: LogSink;
  /** `--attach`: whose output to show; undefined: the intent's services, or all that do not say `attach: false`. */
  readonly attach?: readonly string[];
  readonly noAttach?: readonly string[];
  /** Also the services that the intent's services depend on. */
  readonly attachDependencies?: boolean;
  /** For the stops at the end. */
  readonly graceSeconds?: number;
}

export interface Following extends Run {
  /** Leaves: the containers go on, and the run ends well. */
  detach(): void;
}

/**
 * The services whose output is shown (interop.md §5.8). Where the rules leave none, all are shown, as the reference does, also those that take
 * no part.
 */
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
  return left.length > 0 ? left : [...all, ...Object.keys(project.disabledServices)].sort();
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

async function follow(
  context: RunContext,
  left: AbortSignal,
  project: Project,
  intent: UpIntent,
  engine: Engine,
  options: FollowOptions,
): Promise<Outcome> {
  const unknown = options.attach?.filter(name => !project.services[name]) ?? [];
  if (unknown.length > 0) throw refuse('request.unknown-service', `cannot attach to services not included in up: ${unknown.join(', ')}`);
  refuseUnknownCode(project, options.exitCodeFrom);
  const shown = new Set(attachedServices(project, intent.services, options));
  const watched = new Set(intent.services.length > 0 ? intent.services : shown);
  const over = new AbortController();
  let attendance: Attendance | undefined;
  try {
    const feed = await unless(context.asked, followActivity(engine, project.name, over.signal));
    attendance = attend(project, engine, feed, { ...options, shown, watched }, options.sink, context.emit, over.signal);
    return await stay(context, left, attendance, project, intent, engine, options);
  } finally {
    over.abort();
    await attendance?.over;
  }
}

/** Throws Refusal where an exit code is asked for of a service that takes no part. */
export function refuseUnknownCode(project: Project, service: string | undefined): void {
  if (service === undefined || project.services[service]) return;
  const why = project.disabledServices[service] ? 'disabled' : 'not found';
  throw refuse('request.unknown-service', `no such service: ${service}: ${why}`);
}

async function stay(
  context: RunContext,
  left: AbortSignal,
  attendance: Attendance,
  project: Project,
  intent: UpIntent,
  engine: Engine,
  options: FollowOptions,
): Promise<Outcome> {
  const { asked, forced } = context;
  const outcome = await bringUp(context, attendance, project, intent, engine, options);
  // What failed before a container's end halted the rest is a failure all the same.
  if (outcome.diagnostics.length > 0 && !asked.aborted) {
    await Promise.race([attendance.drained(), fired(asked)]);
    return { ...outcome, result: 'failed', exitCode: 1 };
  }
  await attendance.brought(!asked.aborted);
  const because = asked.aborted ? undefined : await Promise.race([attendance.ended, fired(asked), fired(left)]);
  if (left.aborted && because === undefined && !asked.aborted) return { ...outcome, exitCode: 0 };
  if (attendance.broken() !== undefined && !asked.aborted) throw attendance.broken();
  if (because !== 'ended') {
    await stopAll(context, because ?? 'interrupted', attendance, project, intent, engine, options);
  }
  // Who has forced the end already waits no longer for an engine that tells nothing.
  await Promise.race([attendance.drained(), forced.aborted ? later(lastWordsMs) : fired(forced)]);
  if (asked.aborted) return { ...outcome, result: 'interrupted', exitCode: 130 };
  return { ...outcome, result: 'succeeded', exitCode: attendance.exitCode() };
}

/** The first half; a container that ends while others still start ends the starting, where the flags say so. */
async function bringUp(
  context: RunContext,
  attendance: Attendance,
  project: Project,
  intent: UpIntent,
  engine: Engine,
  options: FollowOptions,
): Promise<Outcome> {
  const halt = new AbortController();
  void attendance.ended.then(() => halt.abort());
  const emit: RunContext['emit'] = body => {
    if (body.type === 'plan.extended') attendance.extended(body.steps);
    if (body.type === 'step.finished' || body.type === 'step.failed' || body.type === 'step.skipped') attendance.stepEnded(body.step);
    context.emit(body);
  };
  const walking = { ...context, emit, asked: AbortSignal.any([context.asked, halt.signal]) };
  return applyTo(walking, project, intent, engine, options, attendance);
}

/**
 * Stops everything in order, so that each may still say its last words; the second interrupt kills what is left. Takes no turns: a
 * command elsewhere that makes this run end goes on by itself.
 */
async function stopAll(
  context: RunContext,
  because: 'interrupted' | 'cascade',
  { hookSaid }: Attendance,
  project: Project,
  intent: UpIntent,
  engine: Engine,
  { turns: _, ...options }: FollowOptions,
): Promise<void> {
  const { forced, emit } = context;
  emit({ type: 'stopping', because });
  const grace = options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds };
  const stop = { kind: 'stop', services: intent.services, ...grace } as const;
  const stopping = applyTo({ ...context, asked: forced }, project, stop, engine, options, { hookSaid });
  const stopped = await stopping.catch(failure => {
    if (forced.aborted) return undefined;
    throw failure;
  });
  if (!forced.aborted) {
    if (stopped?.result === 'failed') throw new Refusal(stopped.diagnostics);
    return;
  }
  const never = new AbortController().signal;
  const kill = { kind: 'kill', services: intent.services, signal: 'SIGKILL', removeOrphans: false } as const;
  await applyTo({ ...context, asked: never, forced: never }, project, kill, engine, options);
}

/** The engine tells of the end of what was killed at once; longer than this it is not waited for. */
const lastWordsMs = 2000;

function later(ms: number): Promise<undefined> {
  return new Promise(resolve => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}

/** Resolves when the signal fires. */
function fired(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
