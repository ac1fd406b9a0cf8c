// The engine as a test sees it: raw HTTP, so that no assertion on state goes through fig's own adapter.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** The engine that the suites run against; scripts/test.mjs starts one and sets the variable. */
export function testHost(): string {
  const host = process.env['FIG_TEST_HOST'];
  if (!host) throw new Error('no engine: run `npm run test:engine`, or set FIG_TEST_HOST to the address of an engine to use');
  return host;
}

/** JSON of the Engine API. Tests read fields of it freely: a wrong name gives undefined, and the assertion fails. */
// biome-ignore lint/suspicious/noExplicitAny: the Engine API's own shapes, only ever read in assertions
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What node:http needs to reach `unix:///path` or `tcp://host:port`. */
export function address(host: string): { socketPath: string } | { host: string; port: string } {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = new URL(host);
  return { host: url.hostname, port: url.port };
}

export interface Daemon {
  readonly host: string;
  call(method: string, path: string, options?: { body?: string | Buffer; headers?: Record<string, string | number> }): Promise<Answer>;
  /** GET, parsed; fails on any status but 200. */
  get(path: string): Promise<Json>;
  /** POST with a JSON body, parsed; fails from status 300 on. */
  post(path: string, body?: unknown): Promise<Json>;
  /** Containers of a project, stopped ones and one-offs too, sorted by name. */
  containers(project: string): Promise<readonly Container[]>;
  inspect(container: string): Promise<Json>;
  networks(project: string): Promise<readonly { readonly id: string; readonly name: string; readonly labels: Record<string, string> }[]>;
  volumes(project: string): Promise<readonly { readonly name: string; readonly labels: Record<string, string> }[]>;
  /** Names of all that the engine has of a project: `container x`, `network y`, `volume z`. Empty when it left nothing. */
  remains(project: string): Promise<readonly string[]>;
  /** The engine's clock, in seconds, as `since` of `events` takes it. */
  now(): Promise<string>;
  /** What happened to containers, networks and volumes of a project since a time, in order. */
  events(project: string, since: string): Promise<readonly EngineEvent[]>;
  /** Everything that container printed. */
  logs(container: string): Promise<string>;
  /** Removes all that a project left behind. */
  sweep(project: string): Promise<void>;
}

export interface Container {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  readonly state: string;
  readonly status: string;
  readonly labels: Record<string, string>;
}

export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  /** Service name, for containers. */
  readonly service: string;
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly timeNano: number;
}

const projectLabel = 'com.docker.compose.project';

function send(
  host: string,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string | number> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const call: ClientRequest = request(
      { ...address(host), method, path, agent: false, headers: { ...length, ...headers } },
      (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** Takes the 8-byte frame headers out of a log body. */
function withoutFrames(body: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at + 4);
    text += body.toString('utf8', at + 8, at + 8 + size);
    at += 8 + size;
  }
  return text;
}

/** The engine at `host`, by default the one of the test run. */
export function daemonAt(host: string = testHost()): Daemon {
  const filters = (of: Record<string, readonly string[]>) => encodeURIComponent(JSON.stringify(of));
  const ofProject = (project: string) => filters({ label: [`${projectLabel}=${project}`] });

  const daemon: Daemon = {
    host,
    call: (method, path, options = {}) => send(host, method, path, options.body, options.headers),
    async get(path) {
      const answer = await send(host, 'GET', path);
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      return JSON.parse(answer.text);
    },
    async post(path, body) {
      const answer = await send(host, 'POST', path, JSON.stringify(body ?? {}), { 'Content-Type': 'application/json' });
      if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
      return answer.text.trim() === '' ? undefined : JSON.parse(answer.text);
    },
    async containers(project) {
      const found: Json[] = await daemon.get(`/containers/json?all=1&filters=${ofProject(project)}`);
      return found
        .map(one => ({
          id: one.Id as string,
          name: (one.Names[0] as string).slice(1),
          service: one.Labels['com.docker.compose.service'] as string,
          state: one.State as string,
          status: one.Status as string,
          labels: one.Labels as Record<string, string>,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    inspect: container => daemon.get(`/containers/${container}/json`),
    async networks(project) {
      const found: Json[] = await daemon.get(`/networks?filters=${ofProject(project)}`);
      return found.map(one => ({ id: one.Id, name: one.Name, labels: one.Labels })).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async volumes(project) {
      const found: Json = await daemon.get(`/volumes?filters=${ofProject(project)}`);
      const volumes: Json[] = found.Volumes ?? [];
      return volumes.map(one => ({ name: one.Name, labels: one.Labels })).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async remains(project) {
      const [containers, networks, volumes] = await Promise.all([
        daemon.containers(project),
        daemon.networks(project),
        daemon.volumes(project),
      ]);
      return [
        ...containers.map(({ name }) => `container ${name}`),
        ...networks.map(({ name }) => `network ${name}`),
        ...volumes.map(({ name }) => `volume ${name}`),
      ];
    },
    async now() {
      return (Date.parse((await daemon.get('/info')).SystemTime) / 1000).toFixed(3);
    },
    async events(project, since) {
      // The clock is cut to milliseconds here; a little more takes in what happened in the last one.
      const until = (Number(await daemon.now()) + 0.005).toFixed(3);
      const answer = await send(host, 'GET', `/events?since=${since}&until=${until}`);
      const all: Json[] = answer.text
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line));
      return all
        .filter(event => {
          const { name = '', [projectLabel]: label } = event.Actor.Attributes;
          return (
            label === project ||
            (event.Type !== 'container' && (name.startsWith(`${project}_`) || event.Actor.ID.startsWith(`${project}_`)))
          );
        })
        .map(event => ({
          type: event.Type,
          action: event.Action,
          service: event.Actor.Attributes['com.docker.compose.service'] ?? '',
          name: event.Actor.Attributes.name ?? event.Actor.ID,
          attributes: event.Actor.Attributes,
          timeNano: event.timeNano,
        }));
    },
    async logs(container) {
      const body = await new Promise<Buffer>((resolve, reject) => {
        const path = `/containers/${container}/logs?stdout=1&stderr=1`;
        const call = request({ ...address(host), path, agent: false }, response => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => resolve(Buffer.concat(parts)));
        });
        call.on('error', reject);
        call.end();
      });
      return withoutFrames(body);
    },
    async sweep(project) {
      for (const { id } of await daemon.containers(project)) await send(host, 'DELETE', `/containers/${id}?force=1&v=1`);
      for (const { id } of await daemon.networks(project)) await send(host, 'DELETE', `/networks/${id}`);
      for (const { name } of await daemon.volumes(project)) await send(host, 'DELETE', `/volumes/${encodeURIComponent(name)}?force=1`);
    },
  };
  return daemon;
}
