// A stream of JSON values, one a line: events, and the progress of pulls and builds. Read as it comes; nothing is kept but the last, unfinished line.
import type { Readable } from 'node:stream';

/** The values of a stream, in order. Errors of the stream fly; a last line without its end counts where it is whole. */
export async function* jsonLines<T>(stream: Readable): AsyncGenerator<T> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      const line = bytes.toString('utf8', start, end).trim();
      start = end + 1;
      if (line) yield JSON.parse(line) as T;
    }
    rest = bytes.subarray(start);
  }
  const line = rest.toString().trim();
  if (line) yield JSON.parse(line) as T;
}
