// Performer: the type of a function that performs one operation. It has nothing left to decide, and lets failures fly.
import type { Engine } from '../engine/engine.ts';
import type { Observed } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { ContainerRef, OperationKind, OperationOf, StepId } from '../plan/operation.ts';
import type { Step } from '../plan/plan.ts';

/** What a performer may use. */
export interface World {
  readonly engine: Engine;
  readonly project: Project;
  readonly observed: Observed;
  /** Asks the pure planner again about one service, with the engine's present images; for `decide` steps. */
  readonly decide: (service: string, signal: AbortSignal) => Promise<readonly Step[]>;
  /** Reads a file of the user's, for configs, secrets and build contexts. */
  readonly variables: Project['environment'];
}

export interface Performance {
  readonly signal: AbortSignal;
  /** The id of a container that exists or that an earlier step made. */
  resolve(container: ContainerRef): string;
  /** Remembers the container that a create step made. */
  made(id: string): void;
  progress(part: { readonly part?: string; readonly text: string; readonly done?: number; readonly total?: number }): void;
  readonly step: StepId;
}

/** Resolves to a note for the event (`Healthy`, `Exited`), or nothing. */
export type Performer<K extends OperationKind> = (
  operation: OperationOf<K>,
  world: World,
  performance: Performance,
) => Promise<string | undefined>;
