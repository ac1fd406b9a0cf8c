// LogSink, the port between follow/, which reads what containers print, and view/logs.ts, which shows it. Bytes stay bytes: nothing is decoded.

export type OutputStream = 'stdout' | 'stderr';

/** The place where the lines of one container go. */
export interface LogWriter {
  /** Whole lines with their line ends, or the next piece of a line too long to be kept. The bytes are taken over at once. */
  write(stream: OutputStream, bytes: Uint8Array): void;
}

export interface LogSink {
  /** Where lines under `name` go. Names are registered by asking: they set the width of every prefix from then on, and the order of colours. */
  writer(name: string): LogWriter;
  /** A line about a container, as `web-1 exited with code 0`. */
  status(name: string, message: string): void;
  /** Hands what was gathered to the output, in one write for each of its streams. */
  flush(): void;
  /** Undefined while the output keeps up; otherwise resolves once it has. Until then nobody should write. */
  full(): Promise<void> | undefined;
}
