// Short calls: one HTTP/1.1 request and its whole answer, over kept connections of dial.ts. node:http does the same, but its loading and its
// first request cost a start of fig more than everything the engine is asked (docs/benchmarks.md); what flows still goes through it.
import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';

/** A request in full. `path` carries version and query; `alone`: its connection is made for it and closed after it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** The value of the header `Host`. */
  readonly host: string;
  /** JSON. */
  readonly body?: Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly alone?: boolean;
}

/** An answer in full. Names of headers are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface Exchanges {
  /** Rejects with what the connection failed with: an errno code, ECONNRESET where an answer was cut, AbortError for the signal. */
  exchange(request: Request): Promise<Answer>;
  close(): void;
}

/** Exchanges over connections that `dial` opens; more than `limit` at once wait for one to come free. `now` is a clock in milliseconds. */
export function exchanges(dial: () => Duplex, limit: number, now: () => number = () => performance.now()): Exchanges {
  const open = new Set<Connection>();
  const idle: Connection[] = [];
  const waiting: ((connection: Connection) => void)[] = [];

  function connect(): Connection {
    const connection: Connection = new Connection(dial(), () => {
      if (!open.delete(connection)) return;
      const at = idle.indexOf(connection);
      if (at !== -1) idle.splice(at, 1);
      waiting.shift()?.(connect());
    });
    open.add(connection);
    return connection;
  }

  /** A connection that nobody else uses: a kept one, a new one, or the next that comes free. */
  function obtain(): Connection | Promise<Connection> {
    for (let kept = idle.pop(); kept; kept = idle.pop()) {
      if (kept.keptUntil > now()) return kept;
      kept.close();
    }
    return open.size < limit ? connect() : new Promise(resolve => void waiting.push(resolve));
  }

  function release(connection: Connection): void {
    // Closed with its answer: it goes by its own event, a moment later.
    if (connection.isClosed) return;
    const next = waiting.shift();
    if (next) next(connection);
    else {
      connection.rest(now());
      idle.push(connection);
    }
  }

  async function exchange(request: Request): Promise<Answer> {
    if (request.alone) {
      const own = new Connection(dial(), () => undefined);
      return own.ask(request).finally(() => own.close());
    }
    const connection = await obtain();
    const isReused = connection.asked > 0;
    try {
      const answer = await connection.ask(request);
      release(connection);
      return answer;
    } catch (error) {
      // A kept connection may be closed just as it is used again: asking once more on another is safe for what changes nothing.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (isReused && request.method === 'GET' && ['ECONNRESET', 'EPIPE'].includes(code)) return exchange(request);
      throw error;
    }
  }

  return {
    exchange,
    close() {
      waiting.length = 0;
      for (const connection of [...open]) connection.close();
    },
  };
}

/** One connection, and the request that is under way on it. Closed for good once anything went wrong. */
class Connection {
  /** Requests so far. */
  asked = 0;
  /** When the other side may begin to think of closing it, by the clock that `rest` was told of. */
  keptUntil = 0;
  readonly #stream: Duplex & { ref?(): void; unref?(): void };
  #reader = new AnswerReader();
  #settle: ((outcome: Answer | Error) => void) | undefined;

  constructor(stream: Duplex, gone: () => void) {
    this.#stream = stream;
    stream.on('data', chunk => this.#take(chunk));
    stream.on('end', () => this.#end());
    stream.on('error', error => this.#fail(error));
    stream.on('close', () => {
      this.#fail(cut());
      gone();
    });
  }

  get isClosed(): boolean {
    return this.#stream.destroyed;
  }

  ask(request: Request): Promise<Answer> {
    this.asked++;
    this.#reader = new AnswerReader();
    this.#stream.ref?.();
    return new Promise((resolve, reject) => {
      const { signal } = request;
      const abort = () => this.#fail(aborted());
      this.#settle = outcome => {
        this.#settle = undefined;
        signal?.removeEventListener('abort', abort);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      if (this.isClosed || signal?.aborted) {
        this.#fail(signal?.aborted ? aborted() : cut());
        return;
      }
      if (signal) {
        // One signal may end any number of calls; each takes its listener off when it is over.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', abort);
      }
      this.#stream.write(headOf(request));
      if (request.body) this.#stream.write(request.body);
    });
  }

  /** While nothing is asked, the connection does not keep the process alive. */
  rest(now: number): void {
    this.keptUntil = now + this.#reader.keptMs;
    this.#stream.unref?.();
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    if (!this.#settle) {
      // Nobody asked: whatever this is, no later answer may be read from behind it.
      this.close();
      return;
    }
    try {
      const answer = this.#reader.push(chunk);
      if (answer) this.#finish(answer, this.#reader.staysOpen);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #end(): void {
    const answer = this.#reader.end();
    if (answer) this.#finish(answer, false);
    else this.#fail(cut());
  }

  #finish(answer: Answer, staysOpen: boolean): void {
    if (!staysOpen) this.close();
    this.#settle?.(answer);
  }

  #fail(error: Error): void {
    this.close();
    this.#settle?.(error);
  }
}

const cut = () => Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
const aborted = () => Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' });
const malformed = (what: string) => Object.assign(new Error(`the answer is not HTTP: ${what}`), { code: 'EPROTO' });

function headOf({ method, path, host, body, alone }: Request): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  if (body) lines.push('Content-Type: application/json');
  if (body || method !== 'GET') lines.push(`Content-Length: ${body?.length ?? 0}`);
  if (alone) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A head beyond this is none: engines send some hundred bytes. */
const longestHead = 64 * 1024;
const blankLine = Buffer.from('\r\n\r\n');

/** A request that changes something must not meet a connection that is being closed: it goes on another one this long before. */
const closingMarginMs = 1000;

/** Reads one answer as its bytes come in, whatever they are cut into (RFC 9112). */
export class AnswerReader {
  /** Whether another request may follow on the same connection; known once the answer is whole. */
  staysOpen = false;
  /** For how long, in milliseconds: where the other side says when it closes idle connections, somewhat less than that. */
  keptMs = Number.POSITIVE_INFINITY;
  #rest: Buffer = Buffer.alloc(0);
  #step: 'head' | 'sized' | 'chunk' | 'trailer' | 'unsized' | 'whole' = 'head';
  /** Bytes that the body, or its chunk with the line end behind it, still wants. */
  #wanted = 0;
  #status = 0;
  #headers = new Map<string, string>();
  readonly #parts: Buffer[] = [];

  /** Takes the next bytes; gives the answer once it is whole. Throws where they are no HTTP. */
  push(chunk: Buffer): Answer | undefined {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (this.#step !== 'whole' && this.#advance());
    return this.#step === 'whole' ? this.#answer() : undefined;
  }

  /** The other side has closed: only an answer without a length is whole by that. */
  end(): Answer | undefined {
    return this.#step === 'unsized' ? this.#answer() : undefined;
  }

  #answer(): Answer {
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#parts) };
  }

  /** One step further; false where more bytes are needed for it. */
  #advance(): boolean {
    switch (this.#step) {
      case 'head':
        return this.#readHead();
      case 'sized':
        this.#takeBody(this.#wanted);
        if (this.#wanted === 0) this.#step = 'whole';
        return this.#wanted === 0;
      case 'chunk':
        return this.#wanted > 0 ? this.#readChunk() : this.#readChunkSize();
      case 'trailer':
        return this.#readTrailer();
      default:
        this.#takeBody(this.#rest.length);
        return false;
    }
  }

  #takeBody(most: number): void {
    const part = this.#rest.subarray(0, most);
    if (part.length > 0) this.#parts.push(part);
    this.#rest = this.#rest.subarray(part.length);
    if (this.#step !== 'unsized') this.#wanted -= part.length;
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf(blankLine);
    if (end === -1) {
      if (this.#rest.length > longestHead) throw malformed('its head has no end');
      return false;
    }
    const [first = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n');
    this.#rest = this.#rest.subarray(end + blankLine.length);
    const [, minor, status] = /^HTTP\/1\.(\d) (\d{3})/.exec(first) ?? [];
    if (status === undefined) throw malformed(first.slice(0, 80));
    this.#status = Number(status);
    // What comes before the answer proper, such as 100, has no body.
    if (this.#status < 200) return true;
    this.#headers = new Map(lines.map(headerOf));
    this.#frameBody(minor !== '0');
    return true;
  }

  /** How the body ends: by its kind, by chunks, by its length, or with the connection. */
  #frameBody(isKept: boolean): void {
    this.staysOpen = isKept && this.#headers.get('connection')?.toLowerCase() !== 'close';
    const timeout = /timeout=(\d+)/i.exec(this.#headers.get('keep-alive') ?? '')?.[1];
    if (timeout !== undefined) this.keptMs = Number(timeout) * 1000 - closingMarginMs;
    const length = this.#headers.get('content-length');
    if (this.#status === 204 || this.#status === 304) this.#step = 'whole';
    else if (this.#headers.get('transfer-encoding')?.toLowerCase() === 'chunked') this.#step = 'chunk';
    else if (length === undefined) this.#step = 'unsized';
    else {
      this.#wanted = Number(length);
      if (!Number.isSafeInteger(this.#wanted)) throw malformed(`a length of ${length.slice(0, 80)}`);
      this.#step = this.#wanted === 0 ? 'whole' : 'sized';
    }
  }

  #readChunkSize(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    const digits = /^[\da-f]{1,12}/i.exec(line)?.[0];
    if (digits === undefined) throw malformed(`a chunk of ${JSON.stringify(line.slice(0, 80))} bytes`);
    const size = Number.parseInt(digits, 16);
    if (size === 0) this.#step = 'trailer';
    // With the line end that follows the data.
    else this.#wanted = size + 2;
    return true;
  }

  #readChunk(): boolean {
    if (this.#wanted > 2) this.#takeBody(this.#wanted - 2);
    if (this.#wanted > 2 || this.#rest.length < 2) return false;
    this.#rest = this.#rest.subarray(2);
    this.#wanted = 0;
    return true;
  }

  /** Lines behind the last chunk, up to an empty one; none of them matters here. */
  #readTrailer(): boolean {
    const line = this.#line();
    if (line === '') this.#step = 'whole';
    return line !== undefined;
  }

  #line(): string | undefined {
    const end = this.#rest.indexOf('\r\n');
    if (end === -1) {
      if (this.#rest.length > longestHead) throw malformed('a line has no end');
      return undefined;
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
