// Prompt: a question with a yes or no for an answer.
import { createInterface } from 'node:readline';
import type { Output } from '../view/view.ts';
import type { Surroundings } from './surroundings.ts';

/** Asks on an output and reads one line. No terminal to ask on, the end of the input, and anything but yes count as no. */
export async function confirm(question: string, surroundings: Surroundings, output: Output): Promise<boolean> {
  output.write(surroundings.stdin.isTerminal ? `${question} [yN] ` : question);
  await output.drained();
  const lines = createInterface({ input: surroundings.stdin.stream, terminal: false });
  try {
    for await (const line of lines) return /^(y|yes|1|t|true)$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
    surroundings.stdin.stream.pause();
  }
}
