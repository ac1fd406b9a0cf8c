// The framing of container output without a terminal: 8 bytes of header (stream, three zeros, length), then that many bytes.

const headerBytes = 8;

/**
 * A reader of frames: fed with chunks cut anywhere, it hands on the pieces of frames as they arrive. The bytes are a view into the chunk,
 * good for the call only.
 */
export function frameReader(payload: (stream: 'stdout' | 'stderr', bytes: Buffer) => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(headerBytes);
  let filled = 0;
  let remaining = 0;
  let stream: 'stdout' | 'stderr' = 'stdout';
  return chunk => {
    let at = 0;
    while (at < chunk.length) {
      if (remaining === 0) {
        const taken = Math.min(headerBytes - filled, chunk.length - at);
        chunk.copy(header, filled, at, at + taken);
        filled += taken;
        at += taken;
        if (filled < headerBytes) return;
        filled = 0;
        // 3 is an error of the engine's own.
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
