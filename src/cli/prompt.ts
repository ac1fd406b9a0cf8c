// Prompt: a question with a yes or no for an answer.
import { createInterface } from 'node:readline';
import type { Surroundings } from './surroundings.ts';

/** Asks on stdout and reads one line. No terminal to ask on, the end of the input, and anything but yes count as no. */
export async function confirm(question: string, surroundings: Surroundings): Promise<boolean> {
  surroundings.stdout.write(surroundings.stdin.isTerminal ? `${question} [yN] ` : question);
  await surroundings.stdout.drained();
  const lines = createInterface({ input: surroundings.stdin.stream, terminal: false });
  try {
    for await (const line of lines) return /^(y|yes|1|t|true)$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
    surroundings.stdin.stream.pause();
  }
}
