// The engine's events as they happen, over a connection of their own.
import type { EngineEvent, EventStream, Filters } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { connectionFailure, cutShort } from './failures.ts';
import type { HttpClient } from './http.ts';
import { jsonLines } from './json-lines.ts';
import { timestamp } from './timestamp.ts';

interface EventOptions {
  readonly since?: string;
  readonly until?: string;
}

/** Subscribes at once, also before anyone reads: what happens after `ready` is never missed. */
export function engineEvents(client: HttpClient, filters: Filters, signal: AbortSignal, options: EventOptions = {}): EventStream {
  const call = 'GET /events';
  const opened = client.open({
    method: 'GET',
    path: '/events',
    query: { filters, since: timestamp('since', options.since), until: timestamp('until', options.until) },
    signal,
  });
  const ready = opened.then(() => undefined);
  // Readers learn of a failure by iterating; a `ready` that nobody awaits must not end the process.
  ready.catch(() => undefined);
  return {
    ready,
    async *[Symbol.asyncIterator]() {
      try {
        yield* jsonLines<EngineEvent>(await opened);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SyntaxError)
          throw new EngineFailure('unreachable', 'an event arrived torn', call, undefined, { cause: error });
        throw connectionFailure(error, call, client.address().url);
      }
      if (!signal.aborted && options.until === undefined) throw cutShort(call, client.address().url);
    },
  };
}
