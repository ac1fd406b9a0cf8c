// What becomes of a project's containers, as typed values. Starts without a gap: subscribed first, listed afterwards.
import type { Engine, EngineEvent } from '../engine/engine.ts';
import { observeProject } from '../engine/observe.ts';
import { labels } from '../model/identity.ts';
import { type Named, named } from '../model/named.ts';
import type { ObservedContainer } from '../model/observed.ts';

/** The container an activity is about, as its event tells it. */
export interface ActiveContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly number?: number;
  readonly oneOff: boolean;
  readonly labels: Named<string>;
}

/** The display name of the container whose place a new one takes; the new one bears a temporary name until the old one is gone. */
export function replacedName(container: ActiveContainer): string {
  return container.labels[labels.replace] || container.name;
}

export type Activity = {
  readonly container: ActiveContainer;
  /** Seconds since 1970 by the engine's clock, as its log calls take it. */
  readonly at: string;
} & (
  | { readonly kind: 'created' | 'started' | 'stopped' | 'paused' | 'unpaused' | 'out-of-memory' | 'removed' }
  /** `at` lies after the last line the container has written. */
  | { readonly kind: 'died'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'health'; readonly health: 'starting' | 'healthy' | 'unhealthy' }
);

export interface ActivityFeed {
  /** The containers at a moment after the feed had begun: what happened in between is among the activities as well. */
  readonly containers: readonly ObservedContainer[];
  /** To be read once, and soon. Ends with the signal; throws EngineFailure when the connection is lost. */
  readonly activities: AsyncIterable<Activity>;
}

/** Watches the containers of a project; hook containers, which bear no configuration hash, are left out. */
export async function followActivity(engine: Engine, projectName: string, signal: AbortSignal): Promise<ActivityFeed> {
  const events = engine.events({ type: ['container'], label: [`${labels.project}=${projectName}`] }, signal);
  await events.ready;
  return { containers: await observeProject(engine, projectName), activities: typed(events) };
}

async function* typed(events: AsyncIterable<EngineEvent>): AsyncGenerator<Activity> {
  for await (const event of events) {
    const activity = toActivity(event);
    if (activity) yield activity;
  }
}

const plain = new Map([
  ['create', 'created'],
  ['start', 'started'],
  ['stop', 'stopped'],
  ['pause', 'paused'],
  ['unpause', 'unpaused'],
  ['oom', 'out-of-memory'],
  ['destroy', 'removed'],
] as const);

/** An engine event as an activity; undefined for those that say nothing of a container's life (exec_start, attach, rename). */
export function toActivity(event: EngineEvent): Activity | undefined {
  const attributes = named(Object.entries(event.Actor.Attributes ?? {}));
  if (!(labels.configHash in attributes)) return undefined;
  const number = Number.parseInt(attributes[labels.number] ?? '', 10);
  const about = {
    container: {
      id: event.Actor.ID,
      name: attributes.name ?? '',
      service: attributes[labels.service] ?? '',
      ...(Number.isNaN(number) ? {} : { number }),
      oneOff: attributes[labels.oneOff] === 'True',
      labels: attributes,
    },
    at: (event.timeNano / 1e9).toFixed(9),
  };
  const kind = plain.get(event.Action as Parameters<typeof plain.get>[0]);
  if (kind) return { ...about, kind };
  if (event.Action === 'die') return { ...about, kind: 'died', exitCode: Number(attributes.exitCode ?? 0) };
  if (event.Action === 'kill') return { ...about, kind: 'killed', signal: attributes.signal ?? '' };
  const health = /^health_status: ?(starting|healthy|unhealthy)/.exec(event.Action)?.[1];
  if (health) return { ...about, kind: 'health', health: health as 'starting' | 'healthy' | 'unhealthy' };
  return undefined;
}
