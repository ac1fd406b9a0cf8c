// Evidence: what a container said before it failed. Goes below the first line of a diagnostic's message.
import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { EngineFailure } from '../engine/failure.ts';
import { frameReader } from '../engine/frames.ts';

const tailLines = 15;
/** More than this of a log's end is not read; lines can be of any length. */
const mostBytes = 64 * 1024;
const longestLine = 400;

/** Text of a container made harmless for a terminal: no escape sequences, no control characters. */
export function sanitised(text: string): string {
  return text
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** The last lines of `text` that say something, sanitised and cut to a sane length. */
export function lastLines(text: string, count = tailLines): readonly string[] {
  return text
    .split(/\r?\n/)
    .map(line => sanitised(line.slice(line.lastIndexOf('\r') + 1)).trimEnd())
    .filter(line => line !== '')
    .slice(-count)
    .map(line => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
}

/** The last lines that a container printed; none where its log cannot be read. */
export async function lastOutput(engine: Engine, container: ContainerDetails, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const body = await engine.logs(
      container.Id,
      { follow: false, stdout: true, stderr: true, timestamps: false, tail: String(tailLines) },
      signal,
    );
    const chunks: Buffer[] = [];
    const keep = (bytes: Buffer) => void chunks.push(Buffer.from(bytes));
    const read = container.Config.Tty ? keep : frameReader((_, bytes) => keep(bytes));
    for await (const chunk of body as AsyncIterable<Buffer>) {
      read(chunk);
      if (chunks.reduce((sum, { length }) => sum + length, 0) > mostBytes) break;
    }
    return lastLines(Buffer.concat(chunks).toString('utf8'));
  } catch (failure) {
    // Some log drivers cannot be read; the failure that is being explained stands without its evidence.
    if (failure instanceof EngineFailure) return [];
    throw failure;
  }
}

/** A fact, with the lines below it that show why; one text, the fact in the first line. */
export function withEvidence(fact: string, heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return fact;
  return [fact, heading, ...lines.map(line => `  ${line}`)].join('\n');
}
