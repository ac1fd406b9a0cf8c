// execute: walks a plan. Each step starts the moment those it comes after have finished, and ends with exactly one terminal event.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { invariant } from '../diagnostics/invariant.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { createChannel } from '../events/channel.ts';
import type { Event, EventBody } from '../events/event.ts';
import type { Operation, OperationKind, StepId } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { isForeseen, StepFailure, stepDiagnostic } from './failure.ts';
import { findHint } from './hints.ts';
import { onAbort } from './interrupt.ts';
import { createLanes } from './lanes.ts';
import { type Performers, performers } from './operations/table.ts';
import type { MadeContainer, Performance, Performer, World } from './performer.ts';
import { createWatch } from './watch.ts';

export interface WalkOptions {
  /** First signal: nothing new starts; waits, pulls, builds and hooks are ended, other calls may finish. */
  readonly asked: AbortSignal;
  /** Second signal: everything ends at once. */
  readonly forced: AbortSignal;
  readonly emit: (body: EventBody) => void;
  /** Calls to the engine in flight; undefined: what serves the engine best. */
  readonly parallel?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Another table, for a preview. */
  readonly performers?: Performers;
}

export interface Walked {
  readonly result: 'succeeded' | 'failed' | 'interrupted';
  /** The errors, in the order in which steps failed. */
  readonly diagnostics: readonly Diagnostic[];
  /** The containers that were made, in order. */
  readonly created: readonly MadeContainer[];
}

/** In flight before the engine has said how many processors it has. */
const modestParallel = 4;

/** Calls in flight that serve an engine best: more of them only queue inside it, and make interrupts slow (measured). */
async function bestParallel(engine: Engine): Promise<number> {
  const { NCPU } = await engine.info();
  return Math.min(16, Math.max(modestParallel, 2 * NCPU));
}

/** Operations that end with the first signal; what they began is harmless. */
const abortable: ReadonlySet<OperationKind> = new Set<OperationKind>(['decide', 'image.pull', 'image.build', 'container.wait', 'hook.run']);

/** Whether those that come after a step of this kind go on when it fails or is skipped. */
function isOptional(operation: Operation): boolean {
  if (operation.kind === 'container.wait') return !operation.required;
  return operation.kind === 'image.pull' && operation.failureTolerated;
}

interface Vertex {
  readonly step: Step;
  state: 'waiting' | 'ready' | 'running' | 'passed' | 'tolerated' | 'broken';
  /** Steps it comes after that have not passed. */
  missing: number;
  readonly followers: Vertex[];
  /** Steps on the longest way to the end: those on which most hangs go first. */
  readonly height: number;
  /** The `decide` step that yielded it. */
  readonly parent: Vertex | undefined;
  /** Of a `decide` step: steps it yielded that have not ended. */
  children: number;
  /** What broke it, at the root of the chain. */
  because: StepId | 'interrupted' | undefined;
}

/** Progress of one part is told at most this often; a change of its text always. */
const progressEveryMs = 100;

/**
 * Walks the plan to its end and emits its events from `plan.started` to `plan.finished`. A failed step skips all that come after it, and
 * nothing else. Resolves when the last step has ended; rejects only for what is a bug in fig.
 */
export async function walk(plan: Plan, world: World, options: WalkOptions): Promise<Walked> {
  const { asked, forced, emit, now } = options;
  const table = options.performers ?? performers;
  const vertices = new Map<StepId, Vertex>();
  const lanes = createLanes<Vertex>(options.parallel ?? modestParallel);
  const made = new Map<StepId, string>();
  const created: MadeContainer[] = [];
  const diagnostics: Diagnostic[] = [];
  const closing = new AbortController();
  const watch = createWatch(world.engine, plan.project, closing.signal);
  let unended = 0;
  let interrupted = false;
  let finish: () => void = () => undefined;
  let crash: (error: unknown) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    finish = resolve;
    crash = reject;
  });

  function add(steps: readonly Step[], parent?: Vertex): void {
    const heights = heightsOf(steps);
    const fresh = steps.map(step => {
      invariant(!vertices.has(step.id), `step ${step.id} is there twice`);
      const height = heights.get(step.id) ?? 1;
      const vertex: Vertex = { step, state: 'waiting', missing: 0, followers: [], height, parent, children: 0, because: undefined };
      vertices.set(step.id, vertex);
      return vertex;
    });
    unended += fresh.length;
    if (parent) parent.children += fresh.length;
    for (const vertex of fresh) {
      for (const id of vertex.step.after) {
        const before = vertices.get(id);
        invariant(before, `${vertex.step.id} comes after ${id}, which is not there`);
        if (before.state === 'passed' || before.state === 'tolerated') continue;
        before.followers.push(vertex);
        vertex.missing++;
      }
    }
    for (const vertex of fresh) {
      const broken = vertex.step.after.map(id => vertices.get(id)!).find(({ state }) => state === 'broken');
      if (broken) skip(vertex, broken.because ?? broken.step.id);
      else if (vertex.missing === 0) makeReady(vertex);
    }
  }

  function makeReady(vertex: Vertex): void {
    if (vertex.state !== 'waiting') return;
    vertex.state = 'ready';
    lanes.queue(vertex, vertex.step.operation.kind, vertex.height);
  }

  function pump(): void {
    while (!asked.aborted) {
      const vertex = lanes.take();
      if (!vertex) return;
      const { kind } = vertex.step.operation;
      // A step that was skipped while it queued has ended already.
      const done = vertex.state === 'ready' ? begin(vertex) : Promise.resolve();
      done
        .finally(() => lanes.free(kind))
        .then(pump)
        .catch(crash);
    }
  }

  async function begin(vertex: Vertex): Promise<void> {
    const { step } = vertex;
    vertex.state = 'running';
    if (step.when && !holds(step.when)) return pass(vertex, '');
    emit({ type: 'step.started', step: step.id });
    try {
      if (step.operation.kind === 'decide') return await decide(vertex, step.operation.service);
      const perform = table[step.operation.kind] as Performer<OperationKind>;
      const note = await perform(step.operation, world, performanceOf(vertex));
      if (vertex.state === 'running') pass(vertex, note);
    } catch (failure) {
      await fail(vertex, failure);
    }
  }

  function holds({ step, is }: NonNullable<Step['when']>): boolean {
    const vertex = vertices.get(step);
    return is === 'planned' ? vertex !== undefined : vertex?.state === 'tolerated';
  }

  /** A `decide` step asks the planner and adds what it is told; it is over when that is. */
  async function decide(vertex: Vertex, service: string): Promise<void> {
    const steps = await world.decide(service, new Set(vertices.keys()));
    if (vertex.state !== 'running') return;
    emit({ type: 'plan.extended', by: vertex.step.id, steps });
    // Counts itself until all are added, so that none of them can end it halfway.
    vertex.children = 1;
    add(steps, vertex);
    if (asked.aborted) skipUnstarted();
    childEnded(vertex);
  }

  function childEnded(parent: Vertex): void {
    if (--parent.children > 0 || parent.state !== 'running') return;
    if (parent.because === undefined) pass(parent);
    else skip(parent, parent.because);
  }

  function performanceOf({ step }: Vertex): Performance {
    const told = new Map<string | undefined, { text: string; at: number }>();
    return {
      step: step.id,
      cause: step.cause,
      signal: abortable.has(step.operation.kind) ? asked : forced,
      watch,
      created,
      resolve(container) {
        if ('id' in container) return container.id;
        const id = made.get(container.from) ?? container.orElse;
        invariant(id !== undefined, `${step.id} needs the container of ${container.from}, which made none`);
        return id;
      },
      made(id) {
        made.set(step.id, id);
        if (step.operation.kind !== 'container.create') return;
        const { name, service, replaces } = step.operation;
        created.push({ id, name, service, ...(replaces ? { replaces: replaces.id } : {}) });
      },
      progress(part) {
        const last = told.get(part.part);
        if (vertices.get(step.id)?.state !== 'running' || (last?.text === part.text && now() - last.at < progressEveryMs)) return;
        told.set(part.part, { text: part.text, at: now() });
        emit({ type: 'step.progressed', step: step.id, ...part });
      },
    };
  }

  function pass(vertex: Vertex, note?: string): void {
    emit({ type: 'step.finished', step: vertex.step.id, ...(note === undefined ? {} : { note }) });
    release(vertex, 'passed');
  }

  /** Those that come after may go on. */
  function release(vertex: Vertex, state: 'passed' | 'tolerated'): void {
    vertex.state = state;
    for (const follower of vertex.followers) if (--follower.missing === 0) makeReady(follower);
    account(vertex);
  }

  function account(vertex: Vertex): void {
    unended--;
    if (vertex.parent) {
      if (vertex.state === 'broken') vertex.parent.because ??= vertex.because;
      childEnded(vertex.parent);
    }
    if (unended === 0) finish();
  }

  async function fail(vertex: Vertex, failure: unknown): Promise<void> {
    if (vertex.state !== 'running') return;
    const { step } = vertex;
    if (failure === asked.reason || failure === forced.reason || (failure instanceof EngineFailure && failure.kind === 'aborted'))
      return skip(vertex, 'interrupted');
    if (!isForeseen(failure)) throw failure;
    if (asked.aborted && abortable.has(step.operation.kind)) return skip(vertex, 'interrupted');
    const tolerated = isOptional(step.operation) || (failure instanceof StepFailure && failure.tolerated);
    const hint = await findHint(failure, world.engine);
    if (vertex.state !== 'running') return;
    const diagnostic = stepDiagnostic(failure, step.operation, step.subject.name, world.project, hint);
    emit({ type: 'step.failed', step: step.id, diagnostic, tolerated });
    if (tolerated) return release(vertex, 'tolerated');
    diagnostics.push(diagnostic);
    breakOff(vertex, step.id);
  }

  /** Ends a step that will not be done, and all that come after it; without recursion, for chains can be long. */
  function skip(first: Vertex, because: StepId | 'interrupted'): void {
    const queue = [first];
    for (let vertex = queue.pop(); vertex; vertex = queue.pop()) {
      if (vertex.state === 'passed' || vertex.state === 'tolerated' || vertex.state === 'broken') continue;
      if (because === 'interrupted') interrupted = true;
      emit({ type: 'step.skipped', step: vertex.step.id, because });
      if (because !== 'interrupted' && isOptional(vertex.step.operation)) {
        warnOptional(vertex.step.operation);
        release(vertex, 'tolerated');
        continue;
      }
      vertex.state = 'broken';
      vertex.because = because;
      queue.push(...vertex.followers.toReversed());
      account(vertex);
    }
  }

  function breakOff(vertex: Vertex, because: StepId): void {
    vertex.state = 'broken';
    vertex.because = because;
    for (const follower of vertex.followers) skip(follower, because);
    account(vertex);
  }

  function warnOptional(operation: Operation): void {
    if (operation.kind !== 'container.wait') return;
    const message = `optional dependency "${operation.service}" failed to start`;
    emit({ type: 'warning', diagnostic: { code: 'execute.dependency-failed', severity: 'warning', message, related: [] } });
  }

  function skipUnstarted(): void {
    for (const vertex of vertices.values()) if (vertex.state === 'waiting' || vertex.state === 'ready') skip(vertex, 'interrupted');
  }

  function skipAll(): void {
    skipUnstarted();
    for (const vertex of vertices.values()) if (vertex.state === 'running') skip(vertex, 'interrupted');
  }

  /** Only plans that could use more than the modest number of calls are worth the question. An engine that refuses to say keeps it. */
  async function widen(): Promise<void> {
    if (options.parallel !== undefined || plan.steps.length <= modestParallel) return;
    try {
      lanes.limit = await bestParallel(world.engine);
      pump();
    } catch (failure) {
      if (!(failure instanceof EngineFailure)) throw failure;
    }
  }

  emit({ type: 'plan.started', plan });
  for (const { code, message } of plan.notices) emit({ type: 'warning', diagnostic: { code, severity: 'warning', message, related: [] } });
  add(plan.steps);
  if (plan.steps.some(({ operation }) => operation.kind === 'container.wait')) watch.open();
  const forget = [onAbort(asked, skipUnstarted), onAbort(forced, skipAll)];
  pump();
  widen().catch(crash);
  if (unended === 0) finish();
  try {
    await ended;
  } finally {
    for (const stop of forget) stop();
    closing.abort();
  }
  const result = interrupted ? 'interrupted' : diagnostics.length > 0 ? 'failed' : 'succeeded';
  emit({ type: 'plan.finished', outcome: result });
  return { result, diagnostics, created };
}

/** Steps on the longest chain from each step to the end of these steps. */
function heightsOf(steps: readonly Step[]): ReadonlyMap<StepId, number> {
  const heights = new Map<StepId, number>();
  for (const step of steps.toReversed()) {
    const own = heights.get(step.id) ?? 1;
    heights.set(step.id, own);
    for (const before of step.after) heights.set(before, Math.max(heights.get(before) ?? 1, own + 1));
  }
  return heights;
}

/** The events of a plan as it is carried out: the walk, with a channel of its own. */
export function execute(
  plan: Plan,
  world: World,
  signal: AbortSignal,
  options: {
    readonly forced?: AbortSignal;
    readonly parallel?: number;
    readonly now?: () => number;
    readonly performers?: Performers;
  } = {},
): AsyncIterable<Event> {
  const now = options.now ?? Date.now;
  const channel = createChannel(now);
  const forced = options.forced ?? new AbortController().signal;
  walk(plan, world, { ...options, asked: signal, forced, emit: channel.emit, now }).then(channel.end, channel.fail);
  return channel.read();
}
