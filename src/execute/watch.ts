// Watch: what becomes of containers, learnt from the engine's events. One subscription serves a whole run, and nothing is ever polled.
import type { ContainerDetails, Engine, EventStream } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { named } from '../model/named.ts';
import { onAbort } from './interrupt.ts';
import type { ContainerWatch } from './performer.ts';

/** The events after which a container may stand differently. `health_status` matches its variants too. */
const telling = ['die', 'start', 'destroy', 'health_status', 'unpause'];

export interface Watch extends ContainerWatch {
  /** Subscribes, if that has not happened yet. */
  open(): void;
}

/** A watch over the containers of a project; ends with the signal. */
export function createWatch(engine: Engine, projectName: string, closing: AbortSignal): Watch {
  const listeners = new Map<string, Set<() => void>>();
  let subscribed: Promise<void> | undefined;
  let lost: unknown;

  async function read(stream: EventStream): Promise<void> {
    try {
      for await (const { Actor } of stream) for (const tell of listeners.get(Actor.ID) ?? []) tell();
      lost = new EngineFailure('unreachable', 'the engine ended its stream of events', 'GET /events');
    } catch (failure) {
      lost = failure;
    }
    for (const tell of [...listeners.values()].flatMap(own => [...own])) tell();
  }

  function open(): Promise<void> {
    if (subscribed) return subscribed;
    const filters = named([
      ['type', ['container']],
      ['event', telling],
      ['label', [`com.docker.compose.project=${projectName}`]],
    ]);
    const stream = engine.events(filters, closing);
    subscribed = stream.ready ?? Promise.resolve();
    // Those who wait await it themselves; a run that ends before needs no answer.
    subscribed.catch(() => undefined);
    void read(stream);
    return subscribed;
  }

  async function until<T>(id: string, settled: (details: ContainerDetails) => T | undefined, signal: AbortSignal): Promise<T> {
    const tells = listeners.get(id) ?? new Set();
    listeners.set(id, tells);
    let stirred = true;
    let wake: () => void = () => undefined;
    const tell = () => {
      stirred = true;
      wake();
    };
    tells.add(tell);
    const forget = onAbort(signal, tell);
    try {
      await open();
      for (;;) {
        if (signal.aborted) throw signal.reason;
        if (lost !== undefined) throw lost;
        if (!stirred) {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
          continue;
        }
        stirred = false;
        const answer = settled(await engine.inspectContainer(id));
        if (answer !== undefined) return answer;
      }
    } finally {
      forget();
      tells.delete(tell);
      if (tells.size === 0) listeners.delete(id);
    }
  }

  return { until, open: () => void open() };
}
