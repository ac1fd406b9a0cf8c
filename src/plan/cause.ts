// Cause: why a step is in the plan.
import type { Span } from '../source/span.ts';
import type { StepId } from './operation.ts';

/** One value that differs; secrets are shown as `•••` by every view. */
export interface Change {
  /** As `environment.MODE`; `image` for another digest under the same reference. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly span?: Span;
}

export type Cause =
  | { readonly reason: 'missing' }
  | { readonly reason: 'changed'; readonly paths: readonly Change[] }
  | { readonly reason: 'scaled' | 'orphaned' | 'stopped' }
  /** A dependency edge, or a step that this one completes. */
  | { readonly reason: 'follows'; readonly step: StepId }
  | { readonly reason: 'needed'; readonly by: string; readonly span?: Span }
  | { readonly reason: 'requested'; readonly flag: string };
