// The direct client: plain HTTP calls over kept connections, and the negotiation of the API version. What every adapter beside it is built on.
import { setMaxListeners } from 'node:events';
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { EngineFailure } from '../failure.ts';
import { type Address, type EngineSettings, engineAddress } from './address.ts';
import { dial } from './dial.ts';
import { answerFailure, answerMessage, connectionFailure } from './failures.ts';

/** Engines below this are refused: Docker 20.10. Unversioned facts of newer ones (lists, info) have looked the same ever since. */
const oldestVersion = '1.41';
/** The newest API that fig's payloads are written for. */
const newestVersion = '1.51';
/** More calls than this wait for a connection: an engine does not get faster by being asked more at once. */
const connectionLimit = 64;

type QueryValue = string | number | boolean | object | undefined;

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without version, as `/containers/json`. */
  readonly path: string;
  /** undefined is left out; objects are sent as JSON. */
  readonly query?: { readonly [name: string]: QueryValue };
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** The answer looks alike in all versions: the call may be the first, and its answer tells the version. */
  readonly anyVersion?: true;
  /** May last: gets a connection of its own, so that it never keeps a short call waiting. */
  readonly lasting?: true;
}

export interface HttpClient {
  readonly address: () => Address;
  /** The negotiated version, as `1.41`. */
  version(): Promise<string>;
  /** The same where an answer has told it already. */
  knownVersion(): string | undefined;
  /** The parsed body; undefined where it is empty. */
  json<T>(call: Call): Promise<T>;
  /** The body as it comes, once the status is known to be good. */
  open(call: Call): Promise<IncomingMessage>;
  close(): void;
}

/** Compares versions such as `1.9` and `1.41`: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/** The version to speak with an engine that offers `offered`, at most `wanted`. Throws `too-old`. */
export function negotiate(offered: string, wanted: string): string {
  if (compareVersions(offered, oldestVersion) < 0)
    throw new EngineFailure(
      'too-old',
      `the engine speaks API version ${offered}; fig needs ${oldestVersion} or newer (Docker 20.10)`,
      'GET /_ping',
    );
  const version = compareVersions(offered, wanted) < 0 ? offered : wanted;
  return compareVersions(version, oldestVersion) < 0 ? oldestVersion : version;
}

/** A client for the engine that the settings name. Nothing is read or opened before the first call. */
export function httpClient(settings: EngineSettings): HttpClient {
  let known: Address | undefined;
  const address = () => {
    known ??= engineAddress(settings);
    return known;
  };
  const wanted = /^\d+\.\d+$/.exec(settings.environment.DOCKER_API_VERSION ?? '')?.[0] ?? newestVersion;
  const pool = agentTo(address, { keepAlive: true, maxSockets: connectionLimit });
  const lone = agentTo(address, { keepAlive: false });
  let negotiated: string | undefined;
  let negotiating: Promise<string> | undefined;

  /** Learns the version from any answer of the engine; undefined where the answer does not tell. */
  function learn(response: IncomingMessage): string | undefined {
    const offered = response.headers['api-version'];
    if (negotiated === undefined && typeof offered === 'string' && offered) negotiated = negotiate(offered, wanted);
    return negotiated;
  }

  async function ping(): Promise<string> {
    const response = await send(undefined, { method: 'GET', path: '/_ping' });
    const version = learn(response) ?? negotiate('1.24', wanted);
    response.resume();
    return version;
  }

  function version(): Promise<string> {
    if (negotiated !== undefined) return Promise.resolve(negotiated);
    negotiating ??= ping().finally(() => {
      negotiating = undefined;
    });
    return negotiating;
  }

  function send(version: string | undefined, call: Call, again = true): Promise<IncomingMessage> {
    const name = callName(call);
    const at = address();
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const prefix = (at.kind === 'tcp' ? at.prefix : '') + (version ? `/v${version}` : '');
    // One signal may end any number of calls; each takes its listener off when it is over.
    if (call.signal) setMaxListeners(0, call.signal);
    return new Promise((resolve, reject) => {
      const request: ClientRequest = httpRequest({
        agent: call.lasting ? lone : pool,
        host: at.kind === 'tcp' ? at.host : 'docker',
        method: call.method,
        path: prefix + call.path + queryText(call.query),
        headers: body ? { 'Content-Type': 'application/json', 'Content-Length': body.length } : {},
        ...(call.signal ? { signal: call.signal } : {}),
      });
      request.on('response', resolve);
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection may be closed just as it is used again: asking once more on a new one is safe for what changes nothing.
        if (again && request.reusedSocket && call.method === 'GET' && (error.code === 'ECONNRESET' || error.code === 'EPIPE'))
          resolve(send(version, call, false));
        else reject(connectionFailure(error, name, at.url));
      });
      request.end(body);
    });
  }

  async function open(call: Call): Promise<IncomingMessage> {
    // A first call that looks alike in all versions is sent in the oldest, and saves the ping.
    const asFirst = negotiated === undefined && call.anyVersion === true;
    const response = await send(asFirst ? oldestVersion : await version(), call);
    learn(response);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    const message = answerMessage(await text(response, call), status);
    if (asFirst && /is too old/.test(message) && negotiated !== undefined && negotiated !== oldestVersion) return open(call);
    throw answerFailure(status, message, callName(call));
  }

  async function text(response: IncomingMessage, call: Call): Promise<string> {
    try {
      return (await bytesOf(response)).toString();
    } catch (error) {
      if (call.signal?.aborted) throw new EngineFailure('aborted', 'the call was ended', callName(call), undefined, { cause: error });
      throw connectionFailure(error, callName(call), address().url);
    }
  }

  return {
    address,
    version,
    knownVersion: () => negotiated,
    open,
    async json<T>(call: Call): Promise<T> {
      const body = await text(await open(call), call);
      if (!body.trim()) return undefined as T;
      try {
        return JSON.parse(body) as T;
      } catch (cause) {
        throw new EngineFailure('refused', 'the engine answered with something that is not JSON', callName(call), undefined, { cause });
      }
    },
    close() {
      pool.destroy();
      lone.destroy();
    },
  };
}

/** A whole body. Its events are a third of the cost of iterating over it, which counts where a command makes a few small calls and ends. */
function bytesOf(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', reject);
    // An answer that was cut off may end without a word.
    response.on('close', () => response.complete || reject(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  });
}

/** As `POST /containers/create`, for EngineFailure.call. */
export function callName(call: Pick<Call, 'method' | 'path'>): string {
  return `${call.method} ${call.path}`;
}

function agentTo(address: () => Address, options: ConstructorParameters<typeof Agent>[0]): Agent {
  // Without a name for TLS, node:http would look for one in the host, by an expression that takes longer to compile than a call takes: dial.ts knows it.
  const agent = new Agent({ ...options, servername: '' } as typeof options);
  // Typed for sockets, but any duplex stream does: node:http asks no more of it than dial.ts gives.
  return Object.assign(agent, { createConnection: () => dial(address()) });
}

function queryText(query: Call['query']): string {
  if (!query) return '';
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  const text = parameters.toString();
  return text && `?${text}`;
}
