// Event: what happened, as data. Per step one `started`, any number of `progressed`, and exactly one of finished, failed, skipped.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { StepId } from '../plan/operation.ts';
import type { Plan, Step } from '../plan/plan.ts';

export type EventBody =
  | { readonly type: 'plan.started'; readonly plan: Plan }
  /** A `decide` step yielded these; they run before it finishes. */
  | { readonly type: 'plan.extended'; readonly by: StepId; readonly steps: readonly Step[] }
  | { readonly type: 'step.started'; readonly step: StepId }
  /** `part` is a layer of an image or a step of a build; done and total are bytes where known. */
  | {
      readonly type: 'step.progressed';
      readonly step: StepId;
      readonly part?: string;
      readonly text: string;
      readonly done?: number;
      readonly total?: number;
    }
  /**
   * `note` says how where it is not plain: `Healthy`, `Exited`. A step that is passed over (its `when` does not hold) finishes without
   * having started, with an empty note.
   */
  | { readonly type: 'step.finished'; readonly step: StepId; readonly note?: string }
  | { readonly type: 'step.failed'; readonly step: StepId; readonly diagnostic: Diagnostic; readonly tolerated: boolean }
  | { readonly type: 'step.skipped'; readonly step: StepId; readonly because: StepId | 'interrupted' }
  | { readonly type: 'plan.finished'; readonly outcome: 'succeeded' | 'failed' | 'interrupted' }
  | { readonly type: 'warning'; readonly diagnostic: Diagnostic }
  | {
      readonly type: 'container.exited';
      readonly container: string;
      readonly service: string;
      readonly code: number;
      readonly restarting: boolean;
    }
  /** Attached `up` is about to start containers: the display names it will follow, sorted. Once a run, before the first log line. */
  | { readonly type: 'attaching'; readonly containers: readonly string[] }
  /** Attached `up` is about to stop everything: the user asked, or a container ended and the flags say so. */
  | { readonly type: 'stopping'; readonly because: 'interrupted' | 'cascade' }
  | { readonly type: 'container.attached'; readonly container: string; readonly service: string }
  | { readonly type: 'container.recreated'; readonly container: string; readonly service: string };

/** `sequence` counts from 1 without holes; `at` is milliseconds since 1970. */
export type Event = { readonly sequence: number; readonly at: number } & EventBody;

export type EventOf<T extends EventBody['type']> = Extract<Event, { readonly type: T }>;
