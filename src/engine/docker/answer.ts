// An answer of HTTP/1.1 as it comes in over a connection of exchange.ts.

/** An answer in full. Names of headers are in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const malformed = (what: string) => Object.assign(new Error(`the answer is not HTTP: ${what}`), { code: 'EPROTO' });

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
    if (this.#step !== 'whole') return undefined;
    // Whatever follows was not asked for, and no later answer may be read from behind it.
    if (this.#rest.length > 0) this.staysOpen = false;
    return this.#answer();
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
