// A socket between fig and the engine that passes everything on, keeps a transcript, and misbehaves where a test tells it to.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { address, testHost } from './daemon.ts';

export interface Call {
  readonly method: string;
  /** Without the version prefix and the query. */
  readonly path: string;
  readonly query: string;
  /** The answer's status; undefined while there is none (also for calls that were cut). */
  status?: number;
  /** 101 or a raw stream: the connection belongs to a container's process now. */
  hijacked: boolean;
}

/** What happens to a call that a rule matches. One of these, else the rule does nothing. */
export interface Rule {
  /** Closes the connection without an answer. `after`: the engine has done what was asked, only the answer is lost. */
  cut(when?: 'before' | 'after'): void;
  /** As `cut`, and the engine is gone for every other connection too, until `heal()`. */
  die(when?: 'before' | 'after'): void;
  /** Lets the call wait before it is passed on. */
  delay(milliseconds: number): void;
  /** Answers in the engine's place; the engine never hears of the call. */
  respond(status: number, body: unknown): void;
  /** Runs before (or after) the engine sees the call; the call waits for it. */
  run(action: (call: Call) => void | Promise<void>, when?: 'before' | 'after'): void;
}

type Effect =
  | { readonly kind: 'cut' | 'die'; readonly when: 'before' | 'after' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'respond'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'run'; readonly action: (call: Call) => void | Promise<void>; readonly when: 'before' | 'after' };

export interface Proxy {
  /** What DOCKER_HOST must be to go through the proxy. */
  readonly host: string;
  /**
   * A rule for calls such as `POST /containers/create` or `DELETE /containers/*` (`*` stands for one part of the path).
   * `nth` (from 1, counted from now on): only that matching call; otherwise all of them.
   */
  on(pattern: string, options?: { readonly nth?: number }): Rule;
  /** Calls so far, in the order in which they came. */
  readonly transcript: readonly Call[];
  /** Calls that match a pattern. */
  calls(pattern: string): readonly Call[];
  /** Calls that change something: all but GET and HEAD. */
  readonly changes: readonly Call[];
  /** Forgets all rules and lets connections through again. */
  heal(): void;
  close(): Promise<void>;
}

function matcher(pattern: string): (call: Call) => boolean {
  const [method, path = ''] = pattern.split(' ');
  const parts = path.split('/').map(part => (part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  const expression = new RegExp(`^${parts.join('/')}$`);
  return call => (method === '*' || call.method === method) && expression.test(call.path);
}

function toCall(message: IncomingMessage): Call {
  const [path = '', query = ''] = (message.url ?? '').split('?');
  return { method: message.method ?? '', path: path.replace(/^\/v\d+\.\d+(?=\/)/, ''), query, hijacked: false };
}

function connectTo(host: string): Socket {
  const where = address(host);
  return 'socketPath' in where ? connect(where.socketPath) : connect(Number(where.port), where.host);
}

/** Starts a proxy before `target` (by default the engine of the run); it is closed when the test ends. */
export async function startProxy(target: string = testHost()): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'fig-proxy-'));
  const socketPath = join(folder, 'docker.sock');
  const transcript: Call[] = [];
  const sockets = new Set<Duplex>();
  let rules: { readonly matches: (call: Call) => boolean; readonly nth: number | undefined; seen: number; effect?: Effect }[] = [];
  let dead = false;

  const effectsOf = (call: Call): readonly Effect[] =>
    rules.flatMap(rule => {
      if (!rule.matches(call)) return [];
      rule.seen++;
      return rule.effect && (rule.nth === undefined || rule.nth === rule.seen) ? [rule.effect] : [];
    });
  const die = () => {
    dead = true;
    for (const socket of sockets) socket.destroy();
  };
  /** Applies effects of one moment; true when the connection is gone. */
  const apply = async (effects: readonly Effect[], when: 'before' | 'after', call: Call, socket: Duplex): Promise<boolean> => {
    for (const effect of effects) {
      if (effect.kind === 'delay' && when === 'before') await pause(effect.milliseconds);
      if (effect.kind === 'run' && effect.when === when) await effect.action(call);
      if ((effect.kind === 'cut' || effect.kind === 'die') && effect.when === when) {
        socket.destroy();
        if (effect.kind === 'die') die();
        return true;
      }
    }
    return socket.destroyed;
  };

  const pass = async (message: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const call = toCall(message);
    transcript.push(call);
    const effects = effectsOf(call);
    if (await apply(effects, 'before', call, message.socket)) return;
    const instead = effects.find(effect => effect.kind === 'respond');
    if (instead) {
      message.resume();
      call.status = instead.status;
      answer.writeHead(instead.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(instead.body));
      return;
    }
    const forward = request(
      { ...address(target), method: message.method, path: message.url, headers: message.headers, agent: false },
      async response => {
        call.status = response.statusCode ?? 0;
        if (effects.some(effect => 'when' in effect && effect.when === 'after')) {
          if (await apply(effects, 'after', call, message.socket)) {
            response.destroy();
            return;
          }
        }
        answer.writeHead(response.statusCode ?? 502, response.headers);
        answer.flushHeaders();
        response.pipe(answer);
        response.on('error', () => answer.destroy());
      },
    );
    forward.on('error', () => answer.destroy());
    answer.on('close', () => forward.destroy());
    // What has a length goes on in one piece: a body that is written after the engine has closed would cost the answer.
    if (message.headers['content-length'] === undefined) message.pipe(forward);
    else forward.end(Buffer.concat(await message.toArray()));
  };

  /** Connections that turn into a raw stream: the request is written as it came, then bytes flow both ways. */
  const hijack = async (message: IncomingMessage, client: Duplex, head: Buffer): Promise<void> => {
    const call = toCall(message);
    call.hijacked = true;
    transcript.push(call);
    client.on('error', () => client.destroy());
    if (await apply(effectsOf(call), 'before', call, client)) return;
    const engine = connectTo(target);
    engine.on('error', () => client.destroy());
    const lines = [`${message.method} ${message.url} HTTP/1.1`];
    for (let at = 0; at < message.rawHeaders.length; at += 2) lines.push(`${message.rawHeaders[at]}: ${message.rawHeaders[at + 1]}`);
    engine.write(`${lines.join('\r\n')}\r\n\r\n`);
    engine.write(head);
    engine.once('data', (first: Buffer) => {
      call.status = Number(/^HTTP\/1\.1 (\d+)/.exec(first.toString('latin1', 0, 32))?.[1] ?? 0);
    });
    engine.pipe(client);
    client.pipe(engine);
    client.on('close', () => engine.destroy());
  };

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (message, answer) => {
    pass(message, answer).catch(() => answer.destroy());
  });
  server.on('upgrade', (message, client, head) => {
    hijack(message, client, head).catch(() => client.destroy());
  });
  server.on('connection', (socket: Socket) => {
    if (dead) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>(resolve => server.listen(socketPath, resolve));

  const proxy: Proxy = {
    host: `unix://${socketPath}`,
    transcript,
    get changes() {
      return transcript.filter(call => call.method !== 'GET' && call.method !== 'HEAD');
    },
    calls: pattern => transcript.filter(matcher(pattern)),
    on(pattern, options = {}) {
      const rule: (typeof rules)[number] = { matches: matcher(pattern), nth: options.nth, seen: 0 };
      rules.push(rule);
      const set = (effect: Effect) => {
        rule.effect = effect;
      };
      return {
        cut: (when = 'before') => set({ kind: 'cut', when }),
        die: (when = 'before') => set({ kind: 'die', when }),
        delay: milliseconds => set({ kind: 'delay', milliseconds }),
        respond: (status, body) => set({ kind: 'respond', status, body }),
        run: (action, when = 'before') => set({ kind: 'run', action, when }),
      };
    },
    heal() {
      rules = [];
      dead = false;
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
      }),
  };
  onTestFinished(proxy.close);
  return proxy;
}
