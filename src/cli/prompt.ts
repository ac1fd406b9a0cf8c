// Prompt: a question with a yes or no for an answer.
import type { Readable } from 'node:stream';
import type { Output } from '../view/view.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Asks on an output and reads one line of the input, and no more of it: a program that is run may want the rest. The end of the input, and
 * anything but yes, count as no; from a pipe the word `yes` too, as in the reference, since data may hang on it. Without a terminal nobody
 * ends the line of the question, so that is done on stderr.
 */
export async function confirm(question: string, { stdin, stderr }: Surroundings, output: Output): Promise<boolean> {
  output.write(stdin.isTerminal ? `${question} [yN] ` : question);
  await output.drained();
  const answer = await readLine(stdin.stream);
  if (!stdin.isTerminal) stderr.write('\n');
  return (stdin.isTerminal ? /^(y|yes|1|t|true)$/i : /^(y|1|t|true)$/i).test(answer.trim());
}

/** A line without its end; what came after it stays in the stream. Empty where the stream has ended. */
async function readLine(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  if (stream.readableEnded || stream.destroyed) return '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const end = chunk.indexOf('\n');
    parts.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end === -1) continue;
    if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
    break;
  }
  return Buffer.concat(parts).toString('utf8');
}
