// Plan: the graph of steps that brings the engine to what the project says. Data; execute/ walks it.
import type { Cause } from './cause.ts';
import type { Operation, StepId } from './operation.ts';

/** What a step is about, as views name it: `Container shop-web-1`. */
export interface StepSubject {
  readonly kind: 'Network' | 'Volume' | 'Image' | 'Container' | 'Provider' | 'Model';
  readonly name: string;
}

/** A subject in the reference's words: providers and models go by their names alone. */
export function subjectText({ kind, name }: StepSubject): string {
  return kind === 'Provider' || kind === 'Model' ? name : `${kind} ${name}`;
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
  /** The step loses data that nobody asked to lose: what to ask before anything is done, in the reference's words. */
  readonly question?: string;
  /**
   * The step runs only if another one came to be (`planned`: a `decide` step yielded it) or failed and was tolerated (`failed`).
   * Otherwise it is passed over: it finishes at once without an effect, and those after it go on.
   */
  readonly when?: { readonly step: StepId; readonly is: 'planned' | 'failed' };
}

export interface Notice {
  readonly code: 'request.orphans' | 'request.left' | 'request.nothing' | 'engine.conflict' | 'project.inconsistent';
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
