// The framing of container output without a terminal: 8 bytes of header (stream, three zeros, length), then the bytes. Read as it comes, never decoded.
import type { OutputStream } from '../events/log-sink.ts';

const headerSize = 8;

/**
 * A reader of frames: feed it chunks cut anywhere. `payload` is called with pieces of frames as they arrive, without waiting for whole ones;
 * the bytes are a view into the chunk and change hands only for the call.
 */
export function frameReader(payload: (stream: OutputStream, bytes: Buffer) => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(headerSize);
  let filled = 0;
  let remaining = 0;
  let stream: OutputStream = 'stdout';
  return chunk => {
    let at = 0;
    while (at < chunk.length) {
      if (remaining === 0) {
        const taken = Math.min(headerSize - filled, chunk.length - at);
        chunk.copy(header, filled, at, at + taken);
        filled += taken;
        at += taken;
        if (filled < headerSize) return;
        filled = 0;
        // 0 is stdin, echoed by no engine; 3 is an error of the engine's own.
        stream = (header[0] ?? 0) >= 2 ? 'stderr' : 'stdout';
        remaining = header.readUInt32BE(4);
        continue;
      }
      const end = Math.min(at + remaining, chunk.length);
      payload(stream, chunk.subarray(at, end));
      remaining -= end - at;
      at = end;
    }
  };
}
