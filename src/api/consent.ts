// Consent: what only the user may decide is asked between planning and doing, never during either. The answer comes in by a port.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

export interface Question {
  /** What there is to know before an answer; shown before the question is. */
  readonly about: Diagnostic;
  /** A question with yes or no for an answer, and no by default. */
  readonly text: string;
}

/** `nobody`: there is no terminal to ask at; what follows from that is the asker's rule. */
export type Answer = 'yes' | 'no' | 'nobody';

export type Consent = (question: Question) => Promise<Answer>;
