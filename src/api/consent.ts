// Consent: what only the user may decide is asked between planning and doing, never during either. The answer comes in by a port.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

export interface Question {
  /** With yes or no for an answer, and no by default. */
  readonly text: string;
  /** What there is to know before an answer. Absent: the question says it all, in the words of the reference, which asks it too. */
  readonly about?: Diagnostic;
}

/** `nobody`: there is no terminal to ask at; what follows from that is the asker's rule. */
export type Answer = 'yes' | 'no' | 'nobody';

export type Consent = (question: Question) => Promise<Answer>;

/** What one run was answered, by the text of what there was to know: it does not ask again where others had their turn in between. */
export type Answers = Map<string, Answer>;
