// execute: walks a plan. Each step starts the moment those it comes after have finished, and ends with exactly one terminal event.
import { severityOf } from '../diagnostics/codes.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { invariant } from '../diagnostics/invariant.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { createChannel } from '../events/channel.ts';
import type { Event, EventBody } from '../events/event.ts';
import type { OperationKind, StepId } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { isForeseen, StepFailure, stepDiagnostic } from './failure.ts';
import { findHint } from './hints.ts';
import { onAbort } from './interrupt.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { createLedger, type Entry, isOptional, type Ledger } from './ledger.ts';
import { type Performers, performers } from './operations/table.ts';
import type { MadeContainer, Performance, Performer, World } from './performer.ts';
import { createWatch, type Watch } from './watch.ts';

export interface WalkOptions {
  /** First signal: nothing new starts; what may last (waits, pulls, builds, hooks, stops) is not waited for, other calls may finish. */
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
  /** Called whenever all that is under way waits for others, for as long as they take: containers, their hooks, and providers. */
  readonly onlyWaits?: () => void;
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

/** Operations that end with the first signal; what they began is harmless. The engine ends a stop by itself, however long its grace is. */
const abortable: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'decide',
  'image.pull',
  'image.build',
  'container.wait',
  'container.stop',
  'container.restart',
  'hook.run',
  'hook.contain',
  'provider.run',
  'model.prepare',
  'model.status',
]);

/** Operations that change nothing of the project while they last, but may wait for somebody who does. */
const waits: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'container.wait',
  'hook.run',
  'hook.contain',
  'provider.run',
  'model.prepare',
  'model.status',
]);

/** Progress of one part is told at most this often; a change of its text always. */
const progressEveryMs = 100;

/** All that the steps of one walk share. */
interface Walk {
  readonly world: World;
  readonly options: WalkOptions;
  readonly table: Performers;
  readonly ledger: Ledger;
  readonly lanes: Lanes<Entry>;
  readonly watch: Watch;
  readonly made: Map<StepId, string>;
  readonly created: MadeContainer[];
  readonly diagnostics: Diagnostic[];
  /** Operations under way that are no waits. */
  working: number;
  /** What is a bug in fig ends the walk. */
  readonly crash: (bug: unknown) => void;
}

/**
 * Walks the plan to its end and emits its events from `plan.started` to `plan.finished`. A failed step skips all that come after it, and
 * nothing else. Resolves when the last step has ended; rejects only for what is a bug in fig.
 */
export async function walk(plan: Plan, world: World, options: WalkOptions): Promise<Walked> {
  const { asked, forced, emit } = options;
  const closing = new AbortController();
  const { promise: ended, resolve: finish, reject: crash } = deferred();
  const lanes = createLanes<Entry>(options.parallel ?? modestParallel);
  const ledger = createLedger(emit, entry => lanes.queue(entry, entry.step.operation.kind, entry.height), finish);
  const watch = createWatch(world.engine, plan.project, closing.signal);
  const table = options.performers ?? performers;
  const walking: Walk = { world, options, table, ledger, lanes, watch, made: new Map(), created: [], diagnostics: [], working: 0, crash };

  emit({ type: 'plan.started', plan });
  for (const { code, message } of plan.notices) emit({ type: 'warning', diagnostic: { code, severity: 'warning', message, related: [] } });
  ledger.add(plan.steps);
  if (plan.steps.some(({ operation }) => operation.kind === 'container.wait')) watch.open();
  const forget = [onAbort(asked, () => ledger.interrupt(false)), onAbort(forced, () => ledger.interrupt(true))];
  pump(walking);
  if (options.parallel === undefined && plan.steps.length > modestParallel) widen(walking).catch(crash);
  if (ledger.isOver) finish();
  try {
    await ended;
  } finally {
    for (const stop of forget) stop();
    closing.abort();
  }
  const { created, diagnostics } = walking;
  const result = ledger.interrupted ? 'interrupted' : diagnostics.length > 0 ? 'failed' : 'succeeded';
  emit({ type: 'plan.finished', outcome: result });
  return { result, diagnostics, created };
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (bug: unknown) => void = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

/** Starts what may start, and goes on whenever something has ended. */
function pump(walking: Walk): void {
  const { lanes, ledger, options, crash } = walking;
  while (!options.asked.aborted) {
    const entry = lanes.take();
    if (!entry) break;
    const { kind } = entry.step.operation;
    const work = waits.has(kind) ? 0 : 1;
    walking.working += work;
    begin(entry, walking)
      .finally(() => {
        lanes.free(kind);
        walking.working -= work;
      })
      .then(() => pump(walking))
      .catch(crash);
  }
  if (walking.working === 0 && !ledger.isOver) options.onlyWaits?.();
}

/** Allows more calls once the engine has said how many serve it; one that refuses to say keeps the modest number. */
async function widen(walking: Walk): Promise<void> {
  try {
    walking.lanes.limit = await bestParallel(walking.world.engine);
    pump(walking);
  } catch (failure) {
    if (!(failure instanceof EngineFailure)) throw failure;
  }
}

/** Performs one step to its end. A step that was skipped while it queued has ended already. */
async function begin(entry: Entry, walking: Walk): Promise<void> {
  const { ledger, table, world } = walking;
  const { operation } = entry.step;
  if (entry.state !== 'ready' || !ledger.start(entry)) return;
  try {
    if (operation.kind === 'decide') return await decide(entry, operation.service, walking);
    // The table has a performer for exactly this kind; the compiler cannot follow a table that is indexed by a union.
    const perform = table[operation.kind] as Performer<OperationKind>;
    ledger.pass(entry, await perform(operation, world, performanceOf(entry, walking)));
  } catch (failure) {
    await fail(entry, failure, walking);
  }
}

/** A `decide` step asks the planner and adds what it is told; it is over when that is. */
async function decide(entry: Entry, service: string, { world, ledger, watch, options }: Walk): Promise<void> {
  const steps: readonly Step[] = await world.decide(service, ledger.ids());
  if (entry.state !== 'running') return;
  options.emit({ type: 'plan.extended', by: entry.step.id, steps });
  if (steps.some(({ operation }) => operation.kind === 'container.wait')) watch.open();
  ledger.add(steps, entry);
  if (options.asked.aborted) ledger.interrupt(false);
}

function performanceOf(entry: Entry, { options, watch, made, created }: Walk): Performance {
  const { step } = entry;
  const { asked, forced, emit, now } = options;
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
    warn(code, message) {
      emit({ type: 'warning', diagnostic: { code, severity: severityOf(code), message, related: [] } });
    },
    progress(part) {
      const last = told.get(part.part);
      if (entry.state !== 'running' || (last?.text === part.text && now() - last.at < progressEveryMs)) return;
      told.set(part.part, { text: part.text, at: now() });
      emit({ type: 'step.progressed', step: step.id, ...part });
    },
  };
}

/** Ends a step that did not end well: skipped where a signal ended it, else failed with a diagnostic. What is no failure flies on. */
async function fail(entry: Entry, failure: unknown, { world, ledger, options, diagnostics }: Walk): Promise<void> {
  const { asked, forced, emit } = options;
  const { step } = entry;
  if (entry.state !== 'running') return;
  const bySignal =
    failure === asked.reason || failure === forced.reason || (failure instanceof EngineFailure && failure.kind === 'aborted');
  if (bySignal) return ledger.skip(entry, 'interrupted');
  if (!isForeseen(failure)) throw failure;
  if (asked.aborted && abortable.has(step.operation.kind)) return ledger.skip(entry, 'interrupted');
  const tolerated = isOptional(step.operation) || (failure instanceof StepFailure && failure.tolerated);
  const service = 'service' in step.operation ? step.operation.service : undefined;
  const hint = await findHint(failure, world.engine, world.project, service);
  if (entry.state !== 'running') return;
  const diagnostic = stepDiagnostic(failure, step.operation, step.subject.name, world.project, hint);
  emit({ type: 'step.failed', step: step.id, diagnostic, tolerated });
  if (!tolerated) diagnostics.push(diagnostic);
  ledger.fail(entry, tolerated);
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
