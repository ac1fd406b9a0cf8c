// Run: something under way. What it does can be read as events by any number of readers; how it ended is one outcome.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Event } from '../events/event.ts';
import type { Plan } from '../plan/plan.ts';

export interface Outcome {
  readonly result: 'succeeded' | 'failed' | 'interrupted';
  /** As the reference would exit: 0, 1, 130, or a container's own code where flags ask for that. */
  readonly exitCode: number;
  /** The errors, each once, in the order in which they happened. Warnings are events. */
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where planning was not reached. */
  readonly plan?: Plan;
  /** The container that a detached or attached one-off run made. */
  readonly containerId?: string;
}

export interface Run {
  /** All events from the first on, also for those who ask late. Ends with the run. */
  events(): AsyncIterable<Event>;
  /** Resolves when everything has ended; rejects only for a bug in fig. */
  readonly done: Promise<Outcome>;
  /** The first call lets running calls finish and starts nothing new; the second ends at once. */
  interrupt(): void;
}
