// Short calls: one HTTP/1.1 request and its whole answer, over kept connections of dial.ts. node:http does the same, but its loading and its
// first request cost a start of fig more than everything the engine is asked (docs/benchmarks.md); what flows still goes through it.
import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import { type Answer, AnswerReader } from './answer.ts';

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

export interface Exchanges {
  /** Rejects with what the connection failed with: an errno code, ECONNRESET where an answer was cut, AbortError for the signal. */
  exchange(request: Request): Promise<Answer>;
  close(): void;
}

/** Exchanges over connections that `dial` opens; more than `limit` at once wait for one to come free. `now` is a clock in milliseconds. */
export function exchanges(dial: () => Duplex, limit: number, now: () => number = () => performance.now()): Exchanges {
  const open = new Set<Connection>();
  const alone = new Set<Connection>();
  const idle: Connection[] = [];
  const waiting = new Set<Waiter>();

  function connect(): Connection {
    const connection: Connection = new Connection(dial(), () => {
      if (!open.delete(connection)) return;
      const at = idle.indexOf(connection);
      if (at !== -1) idle.splice(at, 1);
      const next = firstWaiting();
      if (next) next.give(connect());
    });
    open.add(connection);
    return connection;
  }

  function firstWaiting(): Waiter | undefined {
    const [next] = waiting;
    if (next) waiting.delete(next);
    return next;
  }

  /** A connection that nobody else uses: a kept one, a new one, or the next that comes free. */
  function obtain(signal: AbortSignal | undefined): Connection | Promise<Connection> {
    for (let kept = idle.pop(); kept; kept = idle.pop()) {
      // One that the other side has just closed goes by its own event, a moment later.
      if (!kept.isClosed && kept.keptUntil > now()) return kept;
      kept.close();
    }
    return open.size < limit ? connect() : turn(signal);
  }

  function turn(signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiting.delete(waiter);
        reject(aborted());
      };
      const waiter: Waiter = {
        give: connection => {
          signal?.removeEventListener('abort', abort);
          resolve(connection);
        },
        refuse: reject,
      };
      waiting.add(waiter);
      signal?.addEventListener('abort', abort);
    });
  }

  function release(connection: Connection): void {
    // Closed with its answer: it goes by its own event, a moment later.
    if (connection.isClosed) return;
    const next = firstWaiting();
    if (next) next.give(connection);
    else {
      connection.rest(now());
      idle.push(connection);
    }
  }

  async function exchange(request: Request): Promise<Answer> {
    // One signal may end any number of calls; each takes its listener off when it is over.
    if (request.signal) setMaxListeners(0, request.signal);
    if (request.alone) {
      const own: Connection = new Connection(dial(), () => alone.delete(own));
      alone.add(own);
      return own.ask(request).finally(() => own.close());
    }
    if (request.signal?.aborted) throw aborted();
    const connection = await obtain(request.signal);
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
      for (const waiter of waiting) waiter.refuse(cut());
      waiting.clear();
      for (const connection of [...open, ...alone]) connection.close();
    },
  };
}

/** Whoever waits for a connection to come free. */
interface Waiter {
  give(connection: Connection): void;
  refuse(reason: Error): void;
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
      signal?.addEventListener('abort', abort);
      const head = Buffer.from(headOf(request), 'latin1');
      // In one piece: what reads it need not wait for a second one.
      this.#stream.write(request.body ? Buffer.concat([head, request.body]) : head);
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
      // Nobody asked for this either.
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

function headOf({ method, path, host, body, alone }: Request): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  if (body) lines.push('Content-Type: application/json');
  if (body || method !== 'GET') lines.push(`Content-Length: ${body?.length ?? 0}`);
  if (alone) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}
