// Plan: the graph of steps that brings the engine to what the project says. Data; execute/ walks it.
import type { Cause } from './cause.ts';
import type { Operation, StepId } from './operation.ts';

/** What a step is about, as views name it: `Container shop-web-1`. */
export interface StepSubject {
  readonly kind: 'Network' | 'Volume' | 'Image' | 'Container';
  readonly name: string;
}

export interface Step {
  /** Unique in the plan and readable: `web-1/create`, `network:default/create`. */
  readonly id: StepId;
  readonly operation: Operation;
  readonly subject: StepSubject;
  /** Steps that must have finished before. A failed step fails all that come after it, but for optional waits. */
  readonly after: readonly StepId[];
  readonly cause: Cause;
  readonly losesData?: true;
}

export interface Notice {
  readonly code: 'request.orphans' | 'engine.conflict' | 'project.inconsistent';
  readonly message: string;
}

export interface Plan {
  readonly project: string;
  /** In an order that is already a valid run. */
  readonly steps: readonly Step[];
  /** Containers that stay as they are and are shown as `Running`. */
  readonly kept: readonly StepSubject[];
  /** Warnings that the planner found, in words ready to show on stderr. */
  readonly notices: readonly Notice[];
}
