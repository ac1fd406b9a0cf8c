// Diagnostic: one thing that is wrong, or suspicious, in what the user gave; and where. Data only: view/diagnostics.ts prints it.
import type { Span } from '../source/span.ts';
import type { Code } from './codes.ts';
import type { Mend } from './mend.ts';

/** A second place that belongs to the story: the first definition, an edge of a cycle, the file that merged a value. */
export interface Related {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  /** One sentence that states the fact, names in double quotes. Contains the reference's sentence where scripts rely on it. */
  readonly message: string;
  /** The smallest text that is wrong. */
  readonly span?: Span;
  readonly related: readonly Related[];
  /** One imperative sentence that, if followed, mends it. */
  readonly hint?: string;
  /** Only where it is sure: what `check --fix` writes. */
  readonly mend?: Mend;
}
