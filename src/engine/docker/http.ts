// The direct client: plain HTTP calls, and the negotiation of the API version. What every adapter beside it is built on.
import { setMaxListeners } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { EngineFailure } from '../failure.ts';
import { type Address, type EngineSettings, engineAddress } from './address.ts';
import type { Answer } from './answer.ts';
import { dial } from './dial.ts';
import { exchanges } from './exchange.ts';
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
  /** The engine may take its time over the answer: the call gets a connection of its own, so that it never keeps a short one waiting. */
  readonly lasting?: true;
}

/** What every answer tells before it is read. */
interface Told {
  readonly status: number;
  /** The newest API version that the engine speaks, where it says so. */
  readonly offered: string | undefined;
  /** The body, for a message. */
  readonly text: () => Promise<string>;
}

export interface HttpClient {
  readonly address: () => Address;
  /** The negotiated version, as `1.41`. */
  version(): Promise<string>;
  /** The same where an answer has told it already. */
  knownVersion(): string | undefined;
  /** The parsed body; undefined where it is empty. */
  json<T>(call: Call): Promise<T>;
  /** The body as it comes, once the status is known to be good; a call of its own connection, without a body. */
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
  const short = exchanges(() => dial(address()), connectionLimit);
  let flowing: Agent | undefined;
  let negotiated: string | undefined;
  let negotiating: Promise<string> | undefined;

  /** Learns the version from any answer of the engine; undefined where the answer does not tell. */
  function learn(offered: string | undefined): string | undefined {
    if (negotiated === undefined && offered) negotiated = negotiate(offered, wanted);
    return negotiated;
  }

  async function ping(): Promise<string> {
    const { headers } = await exchange(undefined, { method: 'GET', path: '/_ping' });
    return learn(headers.get('api-version')) ?? negotiate('1.24', wanted);
  }

  function version(): Promise<string> {
    if (negotiated !== undefined) return Promise.resolve(negotiated);
    negotiating ??= ping().finally(() => {
      negotiating = undefined;
    });
    return negotiating;
  }

  /** The path of a call as it is sent. */
  function target(version: string | undefined, { path, query }: Call): string {
    const at = address();
    return (at.kind === 'tcp' ? at.prefix : '') + (version ? `/v${version}` : '') + path + queryText(query);
  }

  function host(): string {
    const at = address();
    if (at.kind !== 'tcp') return 'docker';
    return `${at.host.includes(':') ? `[${at.host}]` : at.host}:${at.port}`;
  }

  async function exchange(version: string | undefined, call: Call): Promise<Answer> {
    const { method, signal, lasting = false } = call;
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const path = target(version, call);
    try {
      return await short.exchange({ method, path, host: host(), body, signal, alone: lasting });
    } catch (error) {
      throw connectionFailure(error, callName(call), address().url);
    }
  }

  /** A request whose answer is read as it comes. */
  function flow(version: string | undefined, call: Call): Promise<IncomingMessage> {
    const path = target(version, call);
    flowing ??= agentTo(address());
    if (call.signal) setMaxListeners(0, call.signal);
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        agent: flowing,
        method: call.method,
        path,
        headers: { Host: host() },
        ...(call.signal ? { signal: call.signal } : {}),
      });
      request.on('response', resolve);
      request.on('error', error => reject(connectionFailure(error, callName(call), address().url)));
      request.end();
    });
  }

  /** Sends a call by either way; an answer that is an error is thrown. */
  async function answered<A>(call: Call, send: (version: string) => Promise<A>, told: (answer: A) => Told): Promise<A> {
    // A first call that looks alike in all versions is sent in the oldest, and saves the ping.
    const asFirst = negotiated === undefined && call.anyVersion === true;
    const answer = await send(asFirst ? oldestVersion : await version());
    const { status, offered, text } = told(answer);
    learn(offered);
    if (status < 400) return answer;
    const message = answerMessage(await text(), status);
    if (asFirst && /is too old/.test(message) && negotiated !== undefined && negotiated !== oldestVersion)
      return answered(call, send, told);
    throw answerFailure(status, message, callName(call));
  }

  const whole = ({ status, headers, body }: Answer): Told => ({
    status,
    offered: headers.get('api-version'),
    text: async () => body.toString(),
  });

  const asItComes = (call: Call) => (response: IncomingMessage) => {
    const offered = response.headers['api-version'];
    return {
      status: response.statusCode ?? 0,
      offered: typeof offered === 'string' ? offered : undefined,
      text: async () => {
        const parts: Buffer[] = [];
        try {
          for await (const part of response) parts.push(part);
        } catch (error) {
          throw connectionFailure(error, callName(call), address().url);
        }
        return Buffer.concat(parts).toString();
      },
    };
  };

  return {
    address,
    version,
    knownVersion: () => negotiated,
    open: call => answered(call, version => flow(version, call), asItComes(call)),
    async json<T>(call: Call): Promise<T> {
      const body = (await answered(call, version => exchange(version, call), whole)).body.toString();
      if (!body.trim()) return undefined as T;
      try {
        return JSON.parse(body) as T;
      } catch (cause) {
        throw new EngineFailure('refused', 'the engine answered with something that is not JSON', callName(call), undefined, { cause });
      }
    },
    close() {
      short.close();
      flowing?.destroy();
    },
  };
}

/** As `POST /containers/create`, for EngineFailure.call. */
export function callName(call: Pick<Call, 'method' | 'path'>): string {
  return `${call.method} ${call.path}`;
}

/** For what flows: each call has a connection of its own, so that it never keeps another one waiting. */
function agentTo(address: Address): Agent {
  // Without a name for TLS, node:http would look for one in the host, by an expression that takes longer to compile than a call takes: dial.ts knows it.
  const agent = new Agent({ keepAlive: false, servername: '' } as ConstructorParameters<typeof Agent>[0]);
  // Typed for sockets, but any duplex stream does: node:http asks no more of it than dial.ts gives.
  return Object.assign(agent, { createConnection: () => dial(address) });
}

function queryText(query: Call['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  const text = given.map(
    ([name, value]) => `${name}=${encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value))}`,
  );
  return text.length > 0 ? `?${text.join('&')}` : '';
}
