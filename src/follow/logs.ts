// Logs of many containers into one sink, and, when following, of whatever containers take their place: restarted, recreated, scaled up.
import { setMaxListeners } from 'node:events';
import type { Engine, LogOptions } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { frameReader } from '../engine/frames.ts';
import { observeProject } from '../engine/observe.ts';
import type { LogSink, OutputStream } from '../events/log-sink.ts';
import { labels } from '../model/identity.ts';
import type { ObservedContainer } from '../model/observed.ts';
import { type ActiveContainer, type Activity, followActivity, replacedName } from './activity.ts';
import { mergeInto } from './merge.ts';

export type { LogSink, LogWriter } from '../events/log-sink.ts';

/** Whose logs: the containers of a project that have a name here. */
export interface LogSelection {
  readonly projectName: string;
  /** The name to show (`web-1`), or undefined for a container that is not asked for. */
  nameOf(container: ObservedContainer | ActiveContainer): string | undefined;
}

export interface LogRequestOptions extends Pick<LogOptions, 'follow' | 'timestamps' | 'tail' | 'since' | 'until'> {
  /** Told of containers whose logs cannot be had, as those of the logging driver `none`. */
  readonly warn?: (message: string) => void;
}

/** Logs read at once when not following; each is a connection, and engines read them from disk. */
const readLimit = 16;
/** How long to wait for a successor when the last container has ended: `restart` stops it before it starts it again. */
const successorMs = 1000;

export interface LogReader {
  /** What the engine has kept of a container's output, and with `follow` what comes until it stops. A container that is gone has said nothing. */
  read(id: string, name: string, options: Omit<LogRequestOptions, 'warn'>, tty: boolean): Promise<void>;
  /** Live output from now on, for a container about to start. Resolves once nothing can be missed; `ended` when it stops. */
  attach(id: string, name: string, tty: boolean): Promise<{ readonly ended: Promise<void> }>;
}

/** A reader of any number of containers into `sink`; all of it ends quietly with `signal`. */
export function logReader(engine: Engine, sink: LogSink, signal: AbortSignal): LogReader {
  const merge = mergeInto(sink);
  // As many listeners as containers; each is taken off when its stream ends.
  setMaxListeners(0, signal);

  async function quietly(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // Gone, or (409) just going.
      if (signal.aborted || (error instanceof EngineFailure && (error.status === 404 || error.status === 409))) return;
      if (error instanceof EngineFailure) throw error;
      throw new EngineFailure('unreachable', 'the connection to the engine was cut while reading logs', 'GET /containers/logs', undefined, {
        cause: error,
      });
    }
  }

  /**
   * Engines leave a last line without its end out while they are followed (seen with 20.10), though they keep it: it is read afterwards.
   * `unended` are the streams whose last line did come.
   */
  async function lastWords(id: string, name: string, tty: boolean, timestamps: boolean, unended: ReadonlySet<OutputStream>): Promise<void> {
    const finishedAt = Date.parse((await engine.inspectContainer(id)).State.FinishedAt);
    if (!(finishedAt > 0)) return;
    // Such a line is stamped with the end of its process; earlier ones belong to earlier lives.
    const since = (finishedAt / 1000 - 0.5).toFixed(3);
    const output = await engine.logs(id, { follow: false, timestamps, tail: '2', since, stdout: true, stderr: true }, signal);
    const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const take = tty ? (chunk: Buffer) => kept.stdout.push(chunk) : frameReader((stream, bytes) => kept[stream].push(bytes));
    for await (const chunk of output) take(chunk as Buffer);
    const writer = sink.writer(name);
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = Buffer.concat(kept[stream]);
      const rest = bytes.subarray(bytes.lastIndexOf(10) + 1);
      if (rest.length > 0 && !unended.has(stream)) writer.write(stream, Buffer.concat([rest, Buffer.from('\n')]));
    }
    sink.flush();
  }

  return {
    read: (id, name, options, tty) =>
      quietly(
        (async () => {
          const { follow, timestamps, tail, since, until } = options;
          const range = { ...(since ? { since } : {}), ...(until ? { until } : {}) };
          const output = await engine.logs(id, { follow, timestamps, tail, ...range, stdout: true, stderr: true }, signal);
          const unended = await merge.add(name, tty, output);
          if (follow && !signal.aborted) await lastWords(id, name, tty, timestamps, unended);
        })(),
      ),
    async attach(id, name, tty) {
      const { stream } = await engine.attachContainer(id, { stdin: false, logs: false });
      const stop = () => stream.destroy();
      signal.addEventListener('abort', stop, { once: true });
      const ended = quietly(merge.add(name, tty, stream)).finally(() => signal.removeEventListener('abort', stop));
      return { ended };
    },
  };
}

/**
 * Writes the logs of the selected containers to the sink. Without `follow` it resolves when all has been written; with it, when the last
 * running container has ended and none follows it, or with the signal. Throws EngineFailure.
 */
export async function followLogs(
  engine: Engine,
  selection: LogSelection,
  options: LogRequestOptions,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  if (options.follow) return followOnwards(engine, selection, options, sink, signal);
  const reader = logReader(engine, sink, signal);
  const queue = named(await observeProject(engine, selection.projectName), selection, sink);
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, name } = next;
      const details = await inspectIfThere(engine, id);
      if (details) await readable(reader.read(id, name, options, details.Config.Tty), name, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readLimit, queue.length) }, worker));
}

/** The selected containers by name. All names are made known to the sink before the first line, so that all prefixes are as wide. */
function named(containers: readonly ObservedContainer[], selection: LogSelection, sink: LogSink) {
  const chosen = containers.flatMap(container => {
    const name = selection.nameOf(container);
    return name === undefined ? [] : [{ id: container.id, name, state: container.state }];
  });
  chosen.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  for (const { name } of chosen) sink.writer(name);
  return chosen;
}

/** Some logging drivers keep nothing that could be read: said, and no reason to stop. */
async function readable(reading: Promise<void>, name: string, options: LogRequestOptions): Promise<void> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof EngineFailure) || error.status !== 501) throw error;
    options.warn?.(`Can't retrieve logs for "${name}": ${error.message}`);
  }
}

async function inspectIfThere(engine: Engine, id: string) {
  try {
    return await engine.inspectContainer(id);
  } catch (error) {
    if (error instanceof EngineFailure && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** What is known of a followed container: which of its lives is being read, and what happens next to it, in order. */
interface Followed {
  readonly name: string;
  startedAt?: string;
  diedAt?: string;
  queue: Promise<void>;
}

async function followOnwards(
  engine: Engine,
  selection: LogSelection,
  options: LogRequestOptions,
  sink: LogSink,
  outer: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  const feed = await followActivity(engine, selection.projectName, signal);
  const reader = logReader(engine, sink, signal);
  const followed = new Map<string, Followed>();
  const alive = new Set<string>();
  let leaving: NodeJS.Timeout | undefined;
  let failure: unknown;
  const end = (error?: unknown) => {
    failure ??= error;
    over.abort();
  };

  /** Adds work to what happens with one container: its lives are read one after the other, and its end is told after its last line. */
  function then(container: Followed, work: () => Promise<void>): void {
    container.queue = container.queue.then(work).catch(end);
  }

  function known(id: string, name: string): Followed {
    let container = followed.get(id);
    if (!container) {
      container = { name, queue: Promise.resolve() };
      followed.set(id, container);
    }
    return container;
  }

  /** Reads the life that a container is in, from where its last one ended; `first` is how much of its past is shown. */
  function readLife(id: string, container: Followed, first?: LogRequestOptions): void {
    const { diedAt } = container;
    then(container, async () => {
      const details = await inspectIfThere(engine, id);
      if (!details || details.State.StartedAt === container.startedAt) return;
      const seenBefore = container.startedAt !== undefined;
      container.startedAt = details.State.StartedAt;
      // A new container may already be in its second life: all of it is news.
      const since = seenBefore ? lifeBegin(details.State, diedAt) : diedAt;
      const range = first ?? { follow: true, timestamps: options.timestamps, tail: 'all', ...(since ? { since } : {}) };
      await readable(reader.read(id, container.name, range, details.Config.Tty), container.name, options);
    });
  }

  function look(): void {
    clearTimeout(leaving);
    if (alive.size === 0) leaving = setTimeout(end, successorMs);
  }

  async function happened(activity: Activity): Promise<void> {
    const { id } = activity.container;
    const name = selection.nameOf(activity.container);
    if (name === undefined) return;
    switch (activity.kind) {
      case 'created':
        // A replacement is made before the old container stops: it keeps us here until it starts.
        if (labels.replace in activity.container.labels) {
          alive.add(id);
          sink.status(replacedName(activity.container), 'has been recreated');
        }
        break;
      case 'started':
        alive.add(id);
        clearTimeout(leaving);
        readLife(id, known(id, name));
        break;
      case 'died': {
        const container = known(id, name);
        container.diedAt = activity.at;
        const state = (await inspectIfThere(engine, id))?.State;
        const restarts = state?.Restarting || state?.Running || false;
        then(container, async () => sink.status(name, `exited with code ${activity.exitCode}${restarts ? ' (restarting)' : ''}`));
        if (!restarts && alive.delete(id)) look();
        break;
      }
      case 'removed':
        if (alive.delete(id)) look();
        break;
      default:
        break;
    }
  }

  for (const { id, name, state } of named(feed.containers, selection, sink)) {
    readLife(id, known(id, name), options);
    if (['running', 'paused', 'restarting'].includes(state)) alive.add(id);
  }
  try {
    for await (const activity of feed.activities) await happened(activity);
  } catch (error) {
    end(error);
  }
  clearTimeout(leaving);
  await Promise.all([...followed.values()].map(({ queue }) => queue));
  sink.flush();
  if (failure !== undefined && !outer.aborted) throw failure;
}

/**
 * From where on a container's kept output belongs to the life it is in, for the `since` of a log call; undefined for its first life.
 * `StartedAt` would be too late: a process may have written before the engine notes that it runs. Where the end of the last life was seen
 * (`diedAt`, the `at` of that activity), everything after it counts; otherwise everything from half-way between that end and this start,
 * since the lines of a life may be stamped a little after its end.
 */
export function lifeBegin(state: { readonly StartedAt: string; readonly FinishedAt: string }, diedAt?: string): string | undefined {
  if (diedAt !== undefined) return diedAt;
  const finished = Date.parse(state.FinishedAt);
  const started = Date.parse(state.StartedAt);
  return finished > 0 && started > finished ? ((finished + started) / 2000).toFixed(3) : undefined;
}
