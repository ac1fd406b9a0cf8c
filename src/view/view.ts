// View: shows what happens. Views hold no truth of their own; they fold events and print.
import type { Event } from '../events/event.ts';

/** A place to write text to: stdout or stderr of the process, or a test's buffer. */
export interface Output {
  write(text: string | Uint8Array): void;
  /** Resolves when the text written so far has been taken; the process must not end before. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
}

export interface View {
  show(event: Event): void;
  close(): Promise<void>;
}
