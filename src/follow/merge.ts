// Many outputs into one sink: reads as fast as they come, writes once a chunk, and stops reading while the sink cannot keep up.
import type { Readable } from 'node:stream';
import { frameReader } from '../engine/frames.ts';
import type { LogSink, OutputStream } from '../events/log-sink.ts';
import { lineSplitter } from './lines.ts';

/** How long others wait for the rest of a line that is handed on in pieces, when nothing more of it comes. */
const patienceMs = 1000;

export interface Merge {
  /**
   * Takes in an output until it ends, then resolves to the streams whose last line had no end; rejects with the stream's own error where it
   * breaks. `tty`: the container has a terminal, so its output has no frames.
   */
  add(name: string, tty: boolean, output: Readable): Promise<ReadonlySet<OutputStream>>;
}

interface Source {
  readonly output: Readable;
  readonly inPieces: () => boolean;
}

/** A merge into `sink`. Memory is bounded by one chunk and one line a source, whatever flows through. */
export function mergeInto(sink: LogSink): Merge {
  const sources = new Set<Source>();
  let blocked = false;
  // A line longer than any buffer is passed on piece by piece; meanwhile only its own source is read, so that the line stays one.
  let speaker: Source | undefined;
  let patience: NodeJS.Timeout | undefined;
  let settling = false;

  const mayFlow = (source: Source) => !blocked && (speaker === undefined || speaker === source);

  function arrange(): void {
    for (const source of sources) {
      if (mayFlow(source)) source.output.resume();
      else source.output.pause();
    }
  }

  function speak(source: Source): void {
    const before = speaker;
    if (speaker === undefined && source.inPieces()) speaker = source;
    else if (speaker === source && !source.inPieces()) speaker = undefined;
    if (speaker === source) {
      clearTimeout(patience);
      patience = setTimeout(() => {
        // While the sink itself is the slow one, silence says nothing.
        if (blocked) patience?.refresh();
        else {
          speaker = undefined;
          arrange();
        }
      }, patienceMs);
    } else if (speaker === undefined) clearTimeout(patience);
    if (before !== speaker) arrange();
  }

  /** Engines send a chunk a line, and one read of the socket holds hundreds: they are written together once it has been taken in. */
  function settleSoon(): void {
    if (settling) return;
    settling = true;
    queueMicrotask(settle);
  }

  function settle(): void {
    settling = false;
    sink.flush();
    const full = sink.full();
    if (!full || blocked) return;
    blocked = true;
    arrange();
    const goOn = () => {
      blocked = false;
      arrange();
    };
    // An output that fails (a closed pipe) is the sink's owner's to report; reading on lets the sources end.
    full.then(goOn, goOn);
  }

  return {
    add(name, tty, output) {
      const writer = sink.writer(name);
      const stdout = lineSplitter(bytes => writer.write('stdout', bytes));
      const stderr = lineSplitter(bytes => writer.write('stderr', bytes));
      const take = tty
        ? (chunk: Buffer) => stdout.push(chunk)
        : frameReader((stream, bytes) => (stream === 'stdout' ? stdout : stderr).push(bytes));
      const source: Source = { output, inPieces: () => stdout.inPieces || stderr.inPieces };
      sources.add(source);
      if (!mayFlow(source)) output.pause();

      return new Promise((resolve, reject) => {
        let over = false;
        const finish = (error?: Error) => {
          if (over) return;
          over = true;
          sources.delete(source);
          const unended = new Set<OutputStream>();
          if (stdout.end()) unended.add('stdout');
          if (stderr.end()) unended.add('stderr');
          settle();
          if (speaker === source) speak(source);
          if (error) reject(error);
          else resolve(unended);
        };
        output.on('data', (chunk: Buffer) => {
          take(chunk);
          settleSoon();
          if (speaker !== undefined || source.inPieces()) speak(source);
        });
        output.once('end', () => finish());
        output.once('error', finish);
        // Destroyed without an error: our own signal ended it.
        output.once('close', () => finish());
      });
    },
  };
}
