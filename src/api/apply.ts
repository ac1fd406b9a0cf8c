// apply: observe → plan → execute, one intent at a time, reported as one sequence of events.
import type { Engine } from '../engine/engine.ts';
import type { BuildSettings } from '../execute/performer.ts';
import type { Project } from '../model/project.ts';
import type { Intent } from '../plan/intent.ts';
import type { Plan, Step } from '../plan/plan.ts';
import type { Run } from './run-handle.ts';

export interface ApplyOptions {
  /** The same plan and the same events as if it were performed, and no call that changes anything. */
  readonly dryRun?: boolean;
  /** Calls to the engine in flight; undefined: min(16, max(4, 2 × the engine's processors)). */
  readonly parallel?: number;
  /** Asked before anything is done, where an `up` would lose data; false leaves those resources as they are. Undefined: never lost. */
  readonly consent?: (steps: readonly Step[]) => Promise<boolean>;
  readonly build?: BuildSettings;
  /** Milliseconds since 1970, for the events. */
  readonly now?: () => number;
}

/** Does what the intent says. Never throws for what the outside says: `done` tells how it ended. */
export function apply(project: Project, intent: Intent, engine: Engine, options: ApplyOptions = {}): Run {
  void [project, intent, engine, options];
  throw new Error('not yet');
}

/** What `apply` would do, as a plan; nothing is changed. Throws Refusal. */
export async function planProject(project: Project, intent: Intent, engine: Engine): Promise<Plan> {
  void [project, intent, engine];
  throw new Error('not yet');
}
