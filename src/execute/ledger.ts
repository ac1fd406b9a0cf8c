// Ledger: how each step of a plan stands, and the events that follow when one ends. Bookkeeping only; execute.ts performs.
import { invariant } from '../diagnostics/invariant.ts';
import type { EventBody } from '../events/event.ts';
import type { Operation, StepId } from '../plan/operation.ts';
import type { Step } from '../plan/plan.ts';

/** A step under way. */
export interface Entry {
  readonly step: Step;
  state: 'waiting' | 'ready' | 'running' | 'passed' | 'tolerated' | 'broken';
  /** Steps it comes after that have not passed. */
  missing: number;
  readonly followers: Entry[];
  /** Steps on the longest way to the end: those on which most hangs go first. */
  readonly height: number;
  /** The `decide` step that yielded it. */
  readonly parent: Entry | undefined;
  /** Of a `decide` step: steps it yielded that have not ended. */
  children: number;
  /** What broke it, at the root of the chain. */
  because: StepId | 'interrupted' | undefined;
}

export interface Ledger {
  /** Adds steps; with `parent`, that step ends when all of them have. */
  add(steps: readonly Step[], parent?: Entry): void;
  ids(): ReadonlySet<StepId>;
  /** Marks a step as running and tells so; false where its condition does not hold and it was passed over instead. */
  start(entry: Entry): boolean;
  /** Ends a running step well. Does nothing to one that has ended, as all of these. */
  pass(entry: Entry, note?: string): void;
  /** Ends a step whose failure was told. Tolerated: those that come after go on; else they are skipped. */
  fail(entry: Entry, tolerated: boolean): void;
  /** Ends a step that is not done, and all that come after it, for the same reason. */
  skip(entry: Entry, because: StepId | 'interrupted'): void;
  /** Skips what has not started; with `running`, also what has. */
  interrupt(running: boolean): void;
  readonly isOver: boolean;
  /** Whether an interrupt kept a step from being done. */
  readonly interrupted: boolean;
}

/** Whether those that come after such a step go on when it fails or is skipped. */
export function isOptional(operation: Operation): boolean {
  if (operation.kind === 'container.wait') return !operation.required;
  return operation.kind === 'image.pull' && operation.failureTolerated;
}

/** An empty ledger. `ready` is told of each step that may start, `over` once when the last one has ended. */
export function createLedger(emit: (body: EventBody) => void, ready: (entry: Entry) => void, over: () => void): Ledger {
  const entries = new Map<StepId, Entry>();
  let unended = 0;
  let interrupted = false;

  function add(steps: readonly Step[], parent?: Entry): void {
    const heights = heightsOf(steps);
    const fresh = steps.map(step => {
      invariant(!entries.has(step.id), `step ${step.id} is there twice`);
      const height = heights.get(step.id) ?? 1;
      const entry: Entry = { step, state: 'waiting', missing: 0, followers: [], height, parent, children: 0, because: undefined };
      entries.set(step.id, entry);
      return entry;
    });
    unended += fresh.length;
    // The parent counts as its own child until all are there, so that none of them can end it halfway.
    if (parent) parent.children += fresh.length + 1;
    for (const entry of fresh) join(entry);
    for (const entry of fresh) settleNew(entry);
    if (parent) childEnded(parent);
  }

  function join(entry: Entry): void {
    for (const id of entry.step.after) {
      const before = entries.get(id);
      invariant(before, `${entry.step.id} comes after ${id}, which is not there`);
      if (before.state === 'passed' || before.state === 'tolerated') continue;
      before.followers.push(entry);
      entry.missing++;
    }
  }

  function settleNew(entry: Entry): void {
    const broken = entry.step.after.map(id => entries.get(id)).find(before => before?.state === 'broken');
    if (broken) skip(entry, broken.because ?? broken.step.id);
    else makeReady(entry);
  }

  function makeReady(entry: Entry): void {
    if (entry.missing > 0 || entry.state !== 'waiting') return;
    entry.state = 'ready';
    ready(entry);
  }

  function holds({ step, is }: NonNullable<Step['when']>): boolean {
    const entry = entries.get(step);
    return is === 'planned' ? entry !== undefined : entry?.state === 'tolerated';
  }

  function pass(entry: Entry, note?: string): void {
    if (entry.state !== 'running') return;
    emit({ type: 'step.finished', step: entry.step.id, ...(note === undefined ? {} : { note }) });
    release(entry, 'passed');
  }

  /** Those that come after may go on. */
  function release(entry: Entry, state: 'passed' | 'tolerated'): void {
    entry.state = state;
    for (const follower of entry.followers) {
      follower.missing--;
      makeReady(follower);
    }
    account(entry);
  }

  function breakOff(entry: Entry, because: StepId | 'interrupted'): void {
    entry.state = 'broken';
    entry.because = because;
    account(entry);
  }

  function account(entry: Entry): void {
    unended--;
    if (entry.parent) {
      entry.parent.because ??= entry.because;
      childEnded(entry.parent);
    }
    if (unended === 0) over();
  }

  function childEnded(parent: Entry): void {
    if (--parent.children > 0) return;
    if (parent.because === undefined) pass(parent);
    else skip(parent, parent.because);
  }

  /** Without recursion along the followers, for chains can be long. */
  function skip(first: Entry, because: StepId | 'interrupted'): void {
    const queue = [first];
    for (let entry = queue.pop(); entry; entry = queue.pop()) {
      if (entry.state === 'passed' || entry.state === 'tolerated' || entry.state === 'broken') continue;
      if (because === 'interrupted') interrupted = true;
      emit({ type: 'step.skipped', step: entry.step.id, because });
      if (because !== 'interrupted' && isOptional(entry.step.operation)) {
        warnOptional(entry.step.operation);
        release(entry, 'tolerated');
        continue;
      }
      queue.push(...entry.followers.toReversed());
      breakOff(entry, because);
    }
  }

  function warnOptional(operation: Operation): void {
    if (operation.kind !== 'container.wait') return;
    const message = `optional dependency "${operation.service}" failed to start`;
    emit({ type: 'warning', diagnostic: { code: 'execute.optional-dependency', severity: 'warning', message, related: [] } });
  }

  return {
    add,
    ids: () => new Set(entries.keys()),
    start(entry) {
      entry.state = 'running';
      const { id, when } = entry.step;
      if (when && !holds(when)) {
        pass(entry, '');
        return false;
      }
      emit({ type: 'step.started', step: id });
      return true;
    },
    pass,
    fail(entry, tolerated) {
      if (tolerated) return release(entry, 'tolerated');
      for (const follower of entry.followers) skip(follower, entry.step.id);
      breakOff(entry, entry.step.id);
    },
    skip,
    interrupt(running) {
      for (const entry of entries.values()) if (entry.state === 'waiting' || entry.state === 'ready') skip(entry, 'interrupted');
      if (running) for (const entry of entries.values()) if (entry.state === 'running') skip(entry, 'interrupted');
    },
    get isOver() {
      return unended === 0;
    },
    get interrupted() {
      return interrupted;
    },
  };
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
