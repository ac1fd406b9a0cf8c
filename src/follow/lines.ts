// Bytes in any pieces → whole lines. What a container has not ended yet is kept here, so that lines of two containers never mix.

/** Longest line that is kept until its end comes; longer ones are handed on in pieces. */
const lineLimitBytes = 1 << 20;
const lineEnd = Buffer.from('\n');

export interface LineSplitter {
  push(bytes: Buffer): void;
  /** The stream is over: a last line without its end is handed on with one. Tells whether there was such a line. */
  end(): boolean;
  /** A piece of a line has been handed on and the rest is still to come. */
  readonly inPieces: boolean;
}

/** Hands whole lines (several at once, each with its end) to `write`, which must take the bytes over before it returns. */
export function lineSplitter(write: (bytes: Buffer) => void, limitBytes: number = lineLimitBytes): LineSplitter {
  // One growing buffer instead of a list of pieces: a container that writes byte by byte must not cost a Buffer a byte.
  let kept: Buffer = Buffer.alloc(0);
  let size = 0;
  let inPieces = false;

  function keep(bytes: Buffer): void {
    if (size + bytes.length > limitBytes) {
      release();
      inPieces = true;
      if (bytes.length >= limitBytes) {
        write(bytes);
        return;
      }
    }
    if (size + bytes.length > kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(limitBytes, Math.max(256, 2 * (size + bytes.length))));
      kept.copy(larger, 0, 0, size);
      kept = larger;
    }
    bytes.copy(kept, size);
    size += bytes.length;
  }

  function release(): void {
    if (size === 0) return;
    write(kept.subarray(0, size));
    size = 0;
    if (kept.length > 1 << 16) kept = Buffer.alloc(0);
  }

  return {
    push(bytes) {
      // What most frames are: one whole line.
      if (size === 0 && !inPieces && bytes[bytes.length - 1] === 10) {
        write(bytes);
        return;
      }
      const last = bytes.lastIndexOf(10);
      if (last === -1) return keep(bytes);
      release();
      inPieces = false;
      write(last === bytes.length - 1 ? bytes : bytes.subarray(0, last + 1));
      if (last < bytes.length - 1) keep(bytes.subarray(last + 1));
    },
    end() {
      if (size === 0 && !inPieces) return false;
      release();
      inPieces = false;
      write(lineEnd);
      return true;
    },
    get inPieces() {
      return inPieces;
    },
  };
}
