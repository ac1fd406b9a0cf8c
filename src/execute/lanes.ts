// Lanes: how many operations are under way at once. Calls queue for the engine's sake; operations that only wait have a lane of their own.
import type { OperationKind } from '../plan/operation.ts';

/** Operations that mostly wait for a container and cost the engine next to nothing meanwhile. */
const lingering: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'decide',
  'container.wait',
  'container.stop',
  'container.restart',
  'hook.run',
  'hook.contain',
  'provider.run',
  'model.prepare',
]);

/** Enough for every grace period of a large project to run at the same time, and still a bound on sockets. */
const lingeringLimit = 256;

export interface Lanes<T> {
  /** Queues an item; the greater `urgency`, the sooner. */
  queue(item: T, kind: OperationKind, urgency: number): void;
  /** The next item that may begin, if any; it holds its place until `free`. */
  take(): T | undefined;
  free(kind: OperationKind): void;
  /** Calls in flight from now on. */
  limit: number;
}

interface Lane<T> {
  readonly waiting: { readonly item: T; readonly urgency: number }[];
  running: number;
}

/** Empty lanes. `limit` is the number of calls in flight. */
export function createLanes<T>(limit: number): Lanes<T> {
  const calls: Lane<T> = { waiting: [], running: 0 };
  const waits: Lane<T> = { waiting: [], running: 0 };
  const laneOf = (kind: OperationKind) => (lingering.has(kind) ? waits : calls);
  return {
    limit,
    queue(item, kind, urgency) {
      const { waiting } = laneOf(kind);
      const at = waiting.findLastIndex(other => other.urgency >= urgency) + 1;
      waiting.splice(at, 0, { item, urgency });
    },
    take() {
      for (const [lane, most] of [
        [waits, lingeringLimit],
        [calls, this.limit],
      ] as const) {
        if (lane.running >= most) continue;
        const next = lane.waiting.shift();
        if (!next) continue;
        lane.running++;
        return next.item;
      }
      return undefined;
    },
    free(kind) {
      laneOf(kind).running--;
    },
  };
}
