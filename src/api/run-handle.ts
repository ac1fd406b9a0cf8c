// Run: something under way. What it does can be read as events by any number of readers; how it ended is one outcome.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { EngineFailure } from '../engine/failure.ts';
import { createChannel } from '../events/channel.ts';
import type { Event, EventBody } from '../events/event.ts';
import { diagnosticOf } from '../execute/failure.ts';
import { createInterrupt } from '../execute/interrupt.ts';
import type { Plan } from '../plan/plan.ts';
import { Refusal } from './refusal.ts';

export interface Outcome {
  readonly result: 'succeeded' | 'failed' | 'interrupted';
  /** As the reference would exit: 0, 1, 130, or a container's own code where flags ask for that. */
  readonly exitCode: number;
  /** The errors, each once, in the order in which they happened. Warnings are events. */
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where planning was not reached. */
  readonly plan?: Plan;
  /** The container that a one-off run made. */
  readonly containerId?: string;
}

export interface Run {
  /** All events from the first on, also for those who ask late. Ends with the run. */
  events(): AsyncIterable<Event>;
  /** Resolves when everything has ended; rejects only for a bug in fig. */
  readonly done: Promise<Outcome>;
  /**
   * The first call lets running calls finish and starts nothing new; the second ends at once. `signal` (`SIGINT`, `SIGTERM`) is what
   * asked for it: a one-off's process gets that very signal, everything else treats all alike.
   */
  interrupt(signal?: string): void;
}

/** What the work of a run is given: a place for its events, and the signals that end it. */
export interface RunContext {
  readonly emit: (body: EventBody) => void;
  /** First interrupt. */
  readonly asked: AbortSignal;
  /** Second interrupt. */
  readonly forced: AbortSignal;
  /** Asks as the user would. */
  readonly interrupt: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const succeeded: Outcome = { result: 'succeeded', exitCode: 0, diagnostics: [] };
export const interrupted: Outcome = { result: 'interrupted', exitCode: 130, diagnostics: [] };

export function failed(diagnostics: readonly Diagnostic[], exitCode = 1): Outcome {
  return { result: 'failed', exitCode, diagnostics };
}

/** Starts the work. What the outside refuses becomes the outcome; anything else is a bug and rejects `done`, and ends the readers too. */
export function startRun(work: (context: RunContext) => Promise<Outcome>, now: () => number = Date.now): Run {
  const channel = createChannel(now);
  const { asked, forced, interrupt } = createInterrupt();
  const done = outcomeOf(() => work({ emit: channel.emit, asked, forced, interrupt, now }), asked);
  done.then(channel.end, channel.fail);
  return { events: channel.read, done, interrupt };
}

async function outcomeOf(work: () => Promise<Outcome>, asked: AbortSignal): Promise<Outcome> {
  try {
    return await work();
  } catch (failure) {
    if (failure === asked.reason && asked.aborted) return interrupted;
    if (failure instanceof Refusal) return failed(failure.diagnostics, failure.exitCode);
    if (failure instanceof EngineFailure) return failed([diagnosticOf(failure)]);
    throw failure;
  }
}

/** The promise, or the signal's reason as soon as the signal fires: for questions to the engine that have no signal of their own. */
export function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // The loser of the race may still fail later, when nobody waits for it any more.
  promise.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
