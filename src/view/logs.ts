// LogSink for people: each line under its container's name, as the reference prints it (interop.md §6.3). Bytes in, bytes out.
import type { LogSink, LogWriter, OutputStream } from '../events/log-sink.ts';
import { sgr } from './theme.ts';
import type { Output } from './view.ts';

export interface LogSinkOptions {
  readonly stdout: Output;
  /** Where stderr's lines go; the same place as stdout's for `logs`. */
  readonly stderr?: Output;
  /** false: `--no-log-prefix`. */
  readonly prefix: boolean;
  readonly colour: boolean;
  /** Milliseconds since 1970; given for `up --timestamps`, where each line bears the time at which it came. */
  readonly clock?: () => number;
}

/** Bytes on their way to an output before reading is told to wait. */
const highWaterBytes = 1 << 18;
/** Colours of names, in order of registration; after the last the first comes again. */
const colourCodes = ['36', '33', '32', '35', '34', '36;1', '33;1', '32;1', '35;1', '34;1'];
const nothing = Buffer.alloc(0);
const lineEnd = Buffer.from('\n');
/** What the reference writes before a status line, also without a terminal: back to the start of the line, and clear it. */
const freshLine = '\r\u001b[K';

/** Bytes gathered for one output, written at once. */
interface Batch {
  readonly output: Output;
  /** The writer and stream whose line has not ended yet, as `web-1 stdout`. */
  unfinished: string | undefined;
  append(bytes: Uint8Array, start?: number, end?: number): void;
  flush(): number;
}

function batchFor(output: Output): Batch {
  let buffer = Buffer.allocUnsafe(1 << 16);
  let size = 0;
  return {
    output,
    unfinished: undefined,
    append(bytes, start = 0, end = bytes.length) {
      const needed = size + end - start;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(needed, 2 * buffer.length));
        buffer.copy(larger, 0, 0, size);
        buffer = larger;
      }
      buffer.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), size);
      size = needed;
    },
    flush() {
      if (size === 0) return 0;
      const written = size;
      output.write(buffer.subarray(0, size));
      // The output owns these bytes now; the next batch gets its own.
      buffer = Buffer.allocUnsafe(Math.max(1 << 12, Math.min(size, 1 << 18)));
      size = 0;
      return written;
    },
  };
}

/** A sink that prints. Prefixes are as wide as the longest name asked for so far, plus one. */
export function logSink(options: LogSinkOptions): LogSink {
  const stdout = batchFor(options.stdout);
  const stderr = options.stderr && options.stderr !== options.stdout ? batchFor(options.stderr) : stdout;
  const batches = stderr === stdout ? [stdout] : [stdout, stderr];
  const colours = new Map<string, string>();
  let width = 0;
  let onTheWay = 0;
  let waiting: Promise<void> | undefined;

  function register(name: string): void {
    if (colours.has(name)) return;
    const [container = ''] = name.split(' ');
    // A hook (`web-1 ->`) has the colour of its container.
    if (container !== name) register(container);
    colours.set(name, colours.get(container) ?? colourCodes[colours.size % colourCodes.length] ?? '');
    width = Math.max(width, name.length + 1);
  }

  const coloured = (name: string, text: string) => (options.colour ? sgr(colours.get(name) ?? '') + text + sgr('') : text);

  /** Where a line was left unfinished by someone else, it ends here: text of two containers never shares a line. */
  function endForeignLine(batch: Batch, owner: string): void {
    if (batch.unfinished === undefined || batch.unfinished === owner) return;
    batch.append(lineEnd);
    batch.unfinished = undefined;
  }

  /** Writes one stream of one container. Runs once a line, so what can be known beforehand is. */
  function streamWriter(name: string, stream: OutputStream): (bytes: Uint8Array) => void {
    const batch = stream === 'stdout' ? stdout : stderr;
    const owner = `${name} ${stream}`;
    let prefix = nothing;
    let prefixWidth = -1;
    return bytes => {
      endForeignLine(batch, owner);
      if (options.prefix && prefixWidth !== width) {
        prefix = Buffer.from(coloured(name, `${name.padEnd(width)} | `));
        prefixWidth = width;
      }
      const stamp = options.clock ? Buffer.from(`${timeText(options.clock())} `) : nothing;
      let begun = batch.unfinished === owner;
      for (let start = 0; start < bytes.length; ) {
        const found = bytes.indexOf(10, start);
        const end = found === -1 ? bytes.length : found + 1;
        if (!begun) {
          if (prefix !== nothing) batch.append(prefix);
          if (stamp !== nothing) batch.append(stamp);
        }
        batch.append(bytes, start, end);
        begun = found === -1;
        start = end;
      }
      batch.unfinished = begun ? owner : undefined;
    };
  }

  function flush(): void {
    for (const batch of batches) onTheWay += batch.flush();
  }

  return {
    writer(name): LogWriter {
      register(name);
      const writers = { stdout: streamWriter(name, 'stdout'), stderr: streamWriter(name, 'stderr') };
      return { write: (stream, bytes) => writers[stream](bytes) };
    },
    status(name, message) {
      register(name);
      endForeignLine(stdout, '');
      stdout.append(Buffer.from(coloured(name, `${freshLine}${name} ${message}\n`)));
      flush();
    },
    flush,
    full() {
      if (waiting || onTheWay < highWaterBytes) return waiting;
      waiting = Promise.all(batches.map(({ output }) => output.drained())).then(() => {
        onTheWay = 0;
        waiting = undefined;
      });
      return waiting;
    },
  };
}

/** The local time as RFC 3339 with nine decimals; a clock of milliseconds leaves the last six at zero. */
function timeText(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset();
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return `${local}000000${zone}`;
}
