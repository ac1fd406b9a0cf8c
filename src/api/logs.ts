// `logs`, `wait` and `events`: what containers have said, how they end, and what the engine tells of them.
import type { Engine, EngineEvent } from '../engine/engine.ts';
import type { LogSink } from '../events/log-sink.ts';
import { followLogs } from '../follow/logs.ts';
import { displayName, labels } from '../model/identity.ts';
import { named } from '../model/named.ts';
import { listContainers } from './inspect.ts';
import { answered, refuse } from './refusal.ts';

export interface LogRequest {
  /** Empty: all. */
  readonly services: readonly string[];
  readonly index?: number;
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** `all`, or a number of lines. */
  readonly tail: string;
  /** A date, seconds since 1970, or a duration counted back from now. */
  readonly since?: string;
  readonly until?: string;
  /** Told of containers whose logs cannot be read. */
  readonly warn?: (message: string) => void;
}

/** What the containers of a project have said, and with `follow` say from now on. Ends with the signal, or with the last container. */
export function readLogs(engine: Engine, projectName: string, request: LogRequest, sink: LogSink, signal: AbortSignal): Promise<void> {
  const wanted = new Set(request.services);
  const selection = {
    projectName,
    nameOf: (container: { name: string; service: string; number?: number; oneOff: boolean }) => {
      const chosen = (wanted.size === 0 || wanted.has(container.service)) && (!request.index || container.number === request.index);
      return chosen && !container.oneOff ? shownName(projectName, container) : undefined;
    },
  };
  return answered(() => followLogs(engine, selection, request, sink, signal));
}

/** The display name, whichever way the project joins its names: the containers themselves show it. */
function shownName(name: string, container: { name: string; service: string; number?: number }): string {
  return displayName({ name, compatibility: container.name.startsWith(`${name}_${container.service}_`) }, container);
}

/** Calls `ended` for each running container of the services as it ends; resolves to the exit code of the last one (`wait`). */
export async function waitForServices(
  engine: Engine,
  projectName: string,
  services: readonly string[],
  ended: (container: { readonly id: string; readonly name: string; readonly exitCode: number }) => void,
  signal: AbortSignal,
): Promise<number> {
  const containers = await listContainers(engine, projectName, { services });
  if (containers.length === 0) throw refuse('engine.not-found', `no containers for project "${projectName}"`);
  let last = 0;
  const waits = containers.map(async ({ id, name }) => {
    const { exitCode } = await engine.waitContainer(id, 'not-running', signal);
    last = exitCode;
    ended({ id, name, exitCode });
  });
  await answered(() => Promise.all(waits));
  return last;
}

export interface EventsRequest {
  readonly services: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** The engine's events of a project's containers as they come, one-offs left out (`events`). Ends with the signal; throws EngineFailure. */
export async function* followEvents(
  engine: Engine,
  projectName: string,
  request: EventsRequest,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const filters = named([
    ['type', ['container']],
    ['label', [`${labels.project}=${projectName}`, `${labels.oneOff}=False`]],
  ]);
  const range = { ...(request.since ? { since: request.since } : {}), ...(request.until ? { until: request.until } : {}) };
  const wanted = new Set(request.services);
  for await (const event of engine.events(filters, signal, range))
    if (wanted.size === 0 || wanted.has(event.Actor.Attributes[labels.service] ?? '')) yield event;
}
