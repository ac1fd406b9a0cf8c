// Attached `up`, `logs`, `wait` and `events`: what the containers of a project say and what becomes of them, as long as the user looks.
import type { Engine, EngineEvent } from '../engine/engine.ts';
import type { LogSink } from '../follow/logs.ts';
import type { Project } from '../model/project.ts';
import type { UpIntent } from '../plan/intent.ts';
import type { ApplyOptions } from './apply.ts';
import type { Run } from './run-handle.ts';

export interface FollowOptions extends ApplyOptions {
  /** Where the lines of the containers go. */
  readonly sink: LogSink;
  /** Whose output to show: undefined: the intent's services, or all that do not say `attach: false`. */
  readonly attach?: readonly string[];
  readonly noAttach?: readonly string[];
  /** Also the services that the intent's services depend on. */
  readonly attachDependencies?: boolean;
  /** What the first container that ends brings about. */
  readonly cascade: 'none' | 'exit' | 'failure';
  /** The exit code is that of this service's first container to end. */
  readonly exitCodeFrom?: string;
  /** For the stops at the end. */
  readonly graceSeconds?: number;
}

/**
 * Brings a project up and stays with it: attaches to each container before it starts, follows those that start again, and ends when none
 * runs any more, when the cascade rule says so, or when interrupted. The first interrupt stops everything in order, the second kills.
 * The outcome's exit code follows interop.md §5.8-5.9.
 */
export function followProject(project: Project, intent: UpIntent, engine: Engine, options: FollowOptions): Run {
  void [project, intent, engine, options];
  throw new Error('not yet');
}

export interface LogRequest {
  readonly services: readonly string[];
  readonly index?: number;
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** `all`, or a number of lines. */
  readonly tail: string;
  readonly since?: string;
  readonly until?: string;
}

/** What the containers of a project have said, and with `follow` say from now on. Ends with the signal, or with the last container. */
export async function readLogs(
  engine: Engine,
  projectName: string,
  request: LogRequest,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  void [engine, projectName, request, sink, signal];
  throw new Error('not yet');
}

/** Calls `ended` for each running container of the services as it ends; resolves to the exit code of the last one. */
export async function waitForServices(
  engine: Engine,
  projectName: string,
  services: readonly string[],
  ended: (container: { readonly id: string; readonly name: string; readonly exitCode: number }) => void,
  signal: AbortSignal,
): Promise<number> {
  void [engine, projectName, services, ended, signal];
  throw new Error('not yet');
}

/** The engine's events of a project's containers, as they come (`events`). */
export function followEvents(
  engine: Engine,
  projectName: string,
  request: { readonly services: readonly string[]; readonly since?: string; readonly until?: string },
  signal: AbortSignal,
): AsyncIterable<EngineEvent> {
  void [engine, projectName, request, signal];
  throw new Error('not yet');
}
