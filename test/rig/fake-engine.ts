// The Engine port in memory, on a clock of its own that jumps to the next thing to happen. For tests of what fig does with an engine;
// how a real one behaves is asked of a real one (test/engine).
import { createHash } from 'node:crypto';
import { Duplex, PassThrough, Readable } from 'node:stream';
import type { ContainerDetails, ContainerSummary, Engine, EngineEvent, Filters, ImageDetails, Payload } from '../../src/engine/engine.ts';
import { EngineFailure } from '../../src/engine/failure.ts';
import { named } from '../../src/model/named.ts';

/** What the process of a container does after it started. */
export interface Behaviour {
  readonly exitsAfterMs?: number;
  readonly exitCode?: number;
  readonly healthyAfterMs?: number;
  readonly unhealthyAfterMs?: number;
  /** Printed when it starts. */
  readonly output?: readonly string[];
  /** How long it takes to end once told to stop; at most its grace period. */
  readonly stopsAfterMs?: number;
  /** Exit code of every exec in it. */
  readonly execCode?: number;
  readonly execOutput?: string;
}

export interface FakeEngineOptions {
  /** Images that are there; every other can be pulled unless it is in `unknown`. */
  readonly images?: readonly string[];
  readonly unknownImages?: readonly string[];
  /** By service name. */
  readonly behaviour?: (service: string) => Behaviour;
  /** Virtual milliseconds that each call takes. */
  readonly callMs?: number;
  readonly cpus?: number;
}

export interface Call {
  readonly name: keyof Engine;
  /** The name of the container, network, volume or image. */
  readonly about: string;
  readonly at: number;
}

export interface FakeEngine extends Engine {
  readonly calls: readonly Call[];
  /** Virtual milliseconds since 1970. */
  now(): number;
  /** The next calls of this name about this (a name, or part of one) fail so. */
  failOn(name: keyof Engine, about: string, failure: EngineFailure): void;
  /** Name → state, sorted by name. */
  states(): Record<string, string>;
  /** What happened, as `start shop-web-1`, in order. */
  readonly history: readonly string[];
  /** Ends a container as its own process would. */
  end(name: string, exitCode: number): void;
  /** The most calls that were in flight at one time. */
  readonly mostInFlight: number;
}

interface FakeContainer {
  readonly id: string;
  name: string;
  readonly body: Payload;
  readonly labels: Record<string, string>;
  status: 'created' | 'running' | 'paused' | 'exited';
  exitCode: number;
  health: 'starting' | 'healthy' | 'unhealthy' | undefined;
  startedAt: number;
  readonly output: string[];
  readonly networks: Map<string, string>;
  readonly outlets: Set<PassThrough>;
  readonly waiters: Set<(exitCode: number) => void>;
  /** Grows with each start, so that what an earlier process was to do is dropped. */
  life: number;
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex');

/** A clock that stands still while anything is at work, and then jumps. */
function createClock() {
  let now = 1_800_000_000_000;
  const queue: { readonly at: number; readonly run: () => void }[] = [];
  let turning = false;
  const turn = () => {
    const next = queue.shift();
    if (!next) {
      turning = false;
      return;
    }
    now = Math.max(now, next.at);
    next.run();
    setImmediate(turn);
  };
  const after = (ms: number, run: () => void) => {
    const at = now + ms;
    const place = queue.findLastIndex(other => other.at <= at) + 1;
    queue.splice(place, 0, { at, run });
    if (!turning) setImmediate(turn);
    turning = true;
  };
  return { now: () => now, after, sleep: (ms: number) => new Promise<void>(resolve => after(ms, resolve)) };
}

const frame = (channel: 1 | 2, text: string) => {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = channel;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

function matchesLabels(labels: Record<string, string>, filters: Filters): boolean {
  return (filters['label'] ?? []).every(wanted => {
    const [key = '', value] = wanted.split(/=(.*)/s);
    return value === undefined ? key in labels : labels[key] === value;
  });
}

/** An empty engine. */
export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const clock = createClock();
  const containers = new Map<string, FakeContainer>();
  const networks = new Map<string, { id: string; name: string; labels: Record<string, string> }>();
  const volumes = new Map<string, Record<string, string>>();
  const images = new Set(options.images ?? []);
  const execs = new Map<string, string>();
  const calls: Call[] = [];
  const history: string[] = [];
  const faults: { name: keyof Engine; about: string; failure: EngineFailure }[] = [];
  const subscribers = new Set<(event: EngineEvent) => void>();
  let inFlight = 0;
  let mostInFlight = 0;
  let serial = 0;

  const behaviour = ({ labels }: FakeContainer): Behaviour => options.behaviour?.(labels['com.docker.compose.service'] ?? '') ?? {};

  /** Every call: counted, delayed, and failed where the test says so. */
  async function call<T>(name: keyof Engine, about: string, answer: () => T | Promise<T>): Promise<T> {
    calls.push({ name, about, at: clock.now() });
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    try {
      await clock.sleep(options.callMs ?? 10);
      const at = faults.findIndex(fault => fault.name === name && about.includes(fault.about));
      const fault = at === -1 ? undefined : faults.splice(at, 1)[0];
      if (fault) throw fault.failure;
      return await answer();
    } finally {
      inFlight--;
    }
  }

  function find(id: string): FakeContainer {
    const found = containers.get(id) ?? [...containers.values()].find(({ name }) => name === id);
    if (!found) throw new EngineFailure('not-found', `No such container: ${id}`, 'fake', 404);
    return found;
  }

  const about = (id: string) => containers.get(id)?.name ?? id;

  function publish(container: FakeContainer, action: string, attributes: Record<string, string> = {}): void {
    history.push(`${action} ${container.name}`);
    const event: EngineEvent = {
      Type: 'container',
      Action: action,
      Actor: { ID: container.id, Attributes: { name: container.name, ...container.labels, ...attributes } },
      time: Math.floor(clock.now() / 1000),
      timeNano: clock.now() * 1e6,
    };
    for (const tell of subscribers) tell(event);
  }

  function end(container: FakeContainer, exitCode: number): void {
    if (container.status !== 'running' && container.status !== 'paused') return;
    container.status = 'exited';
    container.exitCode = exitCode;
    container.life++;
    publish(container, 'die', { exitCode: String(exitCode) });
    for (const outlet of container.outlets) outlet.end();
    container.outlets.clear();
    for (const tell of container.waiters) tell(exitCode);
    container.waiters.clear();
  }

  function print(container: FakeContainer, line: string): void {
    container.output.push(line);
    for (const outlet of container.outlets) outlet.write(frame(1, `${line}\n`));
  }

  function begin(container: FakeContainer): void {
    if (container.status === 'running') return;
    const plan = behaviour(container);
    const life = ++container.life;
    const later = (ms: number | undefined, run: () => void) => {
      if (ms !== undefined) clock.after(ms, () => container.life === life && run());
    };
    container.status = 'running';
    container.startedAt = clock.now();
    container.health = plan.healthyAfterMs === undefined && plan.unhealthyAfterMs === undefined ? undefined : 'starting';
    publish(container, 'start');
    for (const line of plan.output ?? []) print(container, line);
    const turn = (health: 'healthy' | 'unhealthy') => () => {
      container.health = health;
      publish(container, `health_status: ${health}`);
    };
    later(plan.healthyAfterMs, turn('healthy'));
    later(plan.unhealthyAfterMs, turn('unhealthy'));
    later(plan.exitsAfterMs, () => end(container, plan.exitCode ?? 0));
  }

  async function stop(container: FakeContainer, graceSeconds: number | undefined): Promise<void> {
    if (container.status !== 'running' && container.status !== 'paused') return;
    const graceMs = (graceSeconds ?? 10) * 1000;
    const takes = behaviour(container).stopsAfterMs ?? 0;
    await clock.sleep(Math.min(takes, graceMs));
    end(container, takes > graceMs ? 137 : 143);
    publish(container, 'stop');
  }

  const mountsOf = ({ id, body }: FakeContainer) => {
    const host = (body['HostConfig'] ?? {}) as {
      Binds?: string[];
      Mounts?: { Type: string; Target: string; Source?: string; ReadOnly?: boolean }[];
    };
    const bound = (host.Binds ?? []).map(bind => {
      const [source = '', target = '', options = ''] = bind.split(':');
      return { Type: source.startsWith('/') ? 'bind' : 'volume', Source: source, Target: target, ReadOnly: options.startsWith('ro') };
    });
    return [...bound, ...(host.Mounts ?? [])].map(mount => ({
      Type: mount.Type,
      Source: mount.Source ?? '',
      Destination: mount.Target,
      RW: !mount.ReadOnly,
      ...(mount.Type === 'volume' ? { Name: mount.Source ?? hex(id + mount.Target) } : {}),
    }));
  };

  const summary = (container: FakeContainer): ContainerSummary => ({
    Id: container.id,
    Names: [`/${container.name}`],
    Image: String(container.body['Image']),
    ImageID: `sha256:${hex(String(container.body['Image']))}`,
    Command: '',
    Created: Math.floor(clock.now() / 1000),
    State: container.status,
    Status:
      container.status === 'exited'
        ? `Exited (${container.exitCode}) 1 second ago`
        : `Up 1 second${container.health ? ` (${container.health})` : ''}`,
    Labels: container.labels,
    Ports: [],
    Mounts: mountsOf(container),
    NetworkSettings: { Networks: named([...container.networks].map(([name, id]) => [name, { NetworkID: id }] as const)) },
  });

  const details = (container: FakeContainer): ContainerDetails => ({
    Id: container.id,
    Name: `/${container.name}`,
    Created: '2027-01-15T08:00:00Z',
    Image: `sha256:${hex(String(container.body['Image']))}`,
    RestartCount: 0,
    State: {
      Status: container.status,
      Running: container.status === 'running' || container.status === 'paused',
      Paused: container.status === 'paused',
      Restarting: false,
      OOMKilled: false,
      ExitCode: container.exitCode,
      Error: '',
      StartedAt: new Date(container.startedAt).toISOString(),
      FinishedAt: '0001-01-01T00:00:00Z',
      ...(container.health ? { Health: { Status: container.health, FailingStreak: 0, Log: [] } } : {}),
    },
    Config: {
      Tty: container.body['Tty'] === true,
      Image: String(container.body['Image']),
      Labels: container.labels,
      OpenStdin: container.body['OpenStdin'] === true,
      Healthcheck: container.health ? { Test: ['CMD', 'check'] } : null,
    },
    HostConfig: { RestartPolicy: { Name: 'no' }, LogConfig: { Type: 'json-file' } },
    Mounts: mountsOf(container),
    NetworkSettings: { Ports: named(), Networks: named() },
  });

  const image = (reference: string): ImageDetails => ({
    Id: `sha256:${hex(reference)}`,
    RepoTags: [reference.includes(':') ? reference : `${reference}:latest`],
    RepoDigests: [],
    Os: 'linux',
    Architecture: 'amd64',
    Size: 1,
    Config: { Volumes: null, Env: null },
  });

  const network = (nameOrId: string) => {
    const found = [...networks.values()].find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!found) throw new EngineFailure('not-found', `network ${nameOrId} not found`, 'fake', 404);
    return found;
  };
  const networkDetails = ({ id, name, labels }: { id: string; name: string; labels: Record<string, string> }) => ({
    Id: id,
    Name: name,
    Driver: 'bridge',
    Scope: 'local',
    Labels: labels,
    Containers: named([...containers.values()].filter(({ networks: own }) => own.has(name)).map(one => [one.id, {}] as const)),
  });
  const volumeDetails = (name: string, labels: Record<string, string>) => ({
    Name: name,
    Driver: 'local',
    Mountpoint: `/volumes/${name}`,
    Scope: 'local',
    Labels: labels,
  });

  function attachTo(container: FakeContainer): Duplex {
    const outlet = new PassThrough();
    container.outlets.add(outlet);
    return Duplex.from({ readable: outlet, writable: new PassThrough().resume() });
  }

  return {
    calls,
    history,
    now: clock.now,
    failOn: (name, part, failure) => void faults.push({ name, about: part, failure }),
    states: () => Object.fromEntries([...containers.values()].map(({ name, status }) => [name, status] as const).sort()),
    end: (name, exitCode) => end(find(name), exitCode),
    get mostInFlight() {
      return mostInFlight;
    },

    address: () => 'memory:',
    apiVersion: async () => '1.41',
    info: () =>
      call('info', '', () => ({
        NCPU: options.cpus ?? 2,
        ServerVersion: '20.10.24',
        Name: 'fake',
        OSType: 'linux',
        Architecture: 'x86_64',
      })),

    listContainers: (filters, { all = false } = {}) =>
      call('listContainers', '', () =>
        [...containers.values()].filter(one => (all || one.status !== 'exited') && matchesLabels(one.labels, filters)).map(summary),
      ),
    inspectContainer: id => call('inspectContainer', about(id), () => details(find(id))),
    createContainer: (asked, body) =>
      call('createContainer', asked, () => {
        // Without a name the engine chooses one.
        const name = asked || `chosen_${serial + 1}`;
        if ([...containers.values()].some(other => other.name === name))
          throw new EngineFailure('conflict', `The container name "/${name}" is already in use`, 'fake', 409);
        if (!images.has(String(body['Image'])))
          throw new EngineFailure('image-missing', `No such image: ${String(body['Image'])}`, 'fake', 404);
        const id = hex(`container ${++serial}`);
        const mode = (body['HostConfig'] as { NetworkMode?: string } | undefined)?.NetworkMode;
        const joined = [...networks.values()].find(one => one.name === mode);
        const container: FakeContainer = {
          id,
          name,
          body,
          labels: { ...(body['Labels'] as Record<string, string> | undefined) },
          status: 'created',
          exitCode: 0,
          health: undefined,
          startedAt: 0,
          output: [],
          networks: new Map(joined ? [[joined.name, joined.id]] : []),
          outlets: new Set(),
          waiters: new Set(),
          life: 0,
        };
        containers.set(id, container);
        publish(container, 'create');
        return { Id: id, Warnings: [] };
      }),
    startContainer: id => call('startContainer', about(id), () => begin(find(id))),
    stopContainer: (id, graceSeconds) => call('stopContainer', about(id), () => stop(find(id), graceSeconds)),
    restartContainer: (id, graceSeconds) =>
      call('restartContainer', about(id), async () => {
        await stop(find(id), graceSeconds);
        begin(find(id));
        publish(find(id), 'restart');
      }),
    killContainer: (id, signalName) =>
      call('killContainer', about(id), () => {
        publish(find(id), 'kill');
        if (['SIGKILL', 'KILL', 'SIGTERM', '9'].includes(signalName)) end(find(id), signalName.includes('TERM') ? 143 : 137);
      }),
    pauseContainer: id => call('pauseContainer', about(id), () => void (find(id).status = 'paused')),
    unpauseContainer: id => call('unpauseContainer', about(id), () => void (find(id).status = 'running')),
    renameContainer: (id, name) =>
      call('renameContainer', about(id), () => {
        find(id).name = name;
        publish(find(id), 'rename');
      }),
    removeContainer: (id, { force }) =>
      call('removeContainer', about(id), () => {
        const container = find(id);
        if (container.status === 'running' && !force)
          throw new EngineFailure('conflict', 'You cannot remove a running container', 'fake', 409);
        end(container, 137);
        containers.delete(id);
        publish(container, 'destroy');
      }),
    waitContainer: (id, condition) =>
      call('waitContainer', about(id), () => {
        const container = find(id);
        if (condition === 'not-running' && container.status !== 'running') return { exitCode: container.exitCode };
        return new Promise(resolve => container.waiters.add(exitCode => resolve({ exitCode })));
      }),
    resizeContainer: id => call('resizeContainer', about(id), () => undefined),
    attachContainer: id => call('attachContainer', about(id), () => ({ stream: attachTo(find(id)) })),
    logs: (id, { follow, tail }, signal) =>
      call('logs', about(id), () => {
        const container = find(id);
        const lines = tail === 'all' ? container.output : container.output.slice(-Number(tail));
        const body = Buffer.concat(lines.map(line => frame(1, `${line}\n`)));
        if (!follow || container.status !== 'running') return Readable.from([body]);
        const outlet = new PassThrough();
        outlet.write(body);
        container.outlets.add(outlet);
        signal?.addEventListener('abort', () => outlet.end(), { once: true });
        return outlet;
      }),
    getArchive: (id, path) => call('getArchive', `${about(id)}:${path}`, () => Readable.from([])),
    putArchive: (id, path) => call('putArchive', `${about(id)}:${path}`, () => undefined),
    topContainer: id => call('topContainer', about(id), () => ({ Titles: ['PID'], Processes: [['1']] })),

    createExec: container =>
      call('createExec', about(container), () => {
        const id = hex(`exec ${++serial}`);
        execs.set(id, find(container).id);
        return id;
      }),
    startExec: id =>
      call('startExec', about(execs.get(id) ?? ''), () => {
        const { execOutput } = behaviour(find(execs.get(id) ?? ''));
        return {
          stream: Duplex.from({ readable: Readable.from(execOutput ? [frame(2, execOutput)] : []), writable: new PassThrough().resume() }),
        };
      }),
    startExecDetached: id => call('startExecDetached', about(execs.get(id) ?? ''), () => undefined),
    inspectExec: id =>
      call('inspectExec', '', () => ({ Running: false, ExitCode: behaviour(find(execs.get(id) ?? '')).execCode ?? 0, Pid: 1 })),
    resizeExec: () => call('resizeExec', '', () => undefined),

    listNetworks: filters =>
      call('listNetworks', '', () => [...networks.values()].filter(({ labels }) => matchesLabels(labels, filters)).map(networkDetails)),
    inspectNetwork: nameOrId => call('inspectNetwork', nameOrId, () => networkDetails(network(nameOrId))),
    createNetwork: body =>
      call('createNetwork', String(body['Name']), () => {
        const name = String(body['Name']);
        const id = hex(`network ${++serial}`);
        networks.set(id, { id, name, labels: { ...(body['Labels'] as Record<string, string> | undefined) } });
        history.push(`create network ${name}`);
        return id;
      }),
    removeNetwork: id =>
      call('removeNetwork', [...networks.values()].find(one => one.id === id)?.name ?? id, () => {
        const found = network(id);
        if ([...containers.values()].some(({ networks: own }) => own.has(found.name)))
          throw new EngineFailure('conflict', `error while removing network: network ${found.name} has active endpoints`, 'fake', 403);
        networks.delete(found.id);
        history.push(`destroy network ${found.name}`);
      }),
    connectNetwork: (nameOrId, body) =>
      call('connectNetwork', nameOrId, () => {
        const { id, name } = network(nameOrId);
        find(String(body['Container'])).networks.set(name, id);
      }),
    disconnectNetwork: (nameOrId, container) =>
      call('disconnectNetwork', nameOrId, () => void find(container).networks.delete(network(nameOrId).name)),

    listVolumes: filters =>
      call('listVolumes', '', () =>
        [...volumes].filter(([, labels]) => matchesLabels(labels, filters)).map(([name, labels]) => volumeDetails(name, labels)),
      ),
    inspectVolume: name =>
      call('inspectVolume', name, () => {
        const labels = volumes.get(name);
        if (!labels) throw new EngineFailure('not-found', `get ${name}: no such volume`, 'fake', 404);
        return volumeDetails(name, labels);
      }),
    createVolume: body =>
      call('createVolume', String(body['Name']), () => {
        volumes.set(String(body['Name']), { ...(body['Labels'] as Record<string, string> | undefined) });
        history.push(`create volume ${String(body['Name'])}`);
      }),
    removeVolume: name =>
      call('removeVolume', name, () => {
        if (!volumes.delete(name)) throw new EngineFailure('not-found', `get ${name}: no such volume`, 'fake', 404);
        history.push(`destroy volume ${name}`);
      }),

    inspectImage: reference => call('inspectImage', reference, () => (images.has(reference) ? image(reference) : undefined)),
    removeImage: reference =>
      call('removeImage', reference, () => {
        if (!images.delete(reference)) throw new EngineFailure('image-missing', `No such image: ${reference}`, 'fake', 404);
      }),
    pullImage: (reference, _platform, onLine) =>
      call('pullImage', reference, () => {
        if (options.unknownImages?.includes(reference))
          throw new EngineFailure('pull-denied', `pull access denied for ${reference}, repository does not exist`, 'fake', 404);
        onLine({ id: 'layer', status: 'Downloading', progressDetail: { current: 1, total: 2 } });
        onLine({ id: 'layer', status: 'Pull complete', progressDetail: {} });
        images.add(reference);
      }),
    buildImage: (_context, query) =>
      call('buildImage', String(query['t']), () => {
        for (const tag of [query['t'] ?? []].flat()) images.add(tag);
        return `sha256:${hex(String(query['t']))}`;
      }),

    events(filters, signal) {
      calls.push({ name: 'events', about: '', at: clock.now() });
      const pending: EngineEvent[] = [];
      let wake: () => void = () => undefined;
      const actions = filters['event'];
      const tell = (event: EngineEvent) => {
        if (actions && !actions.some(action => event.Action === action || event.Action.startsWith(`${action}:`))) return;
        if (!matchesLabels(event.Actor.Attributes, filters)) return;
        pending.push(event);
        wake();
      };
      subscribers.add(tell);
      signal.addEventListener('abort', () => wake(), { once: true });
      return {
        ready: Promise.resolve(),
        async *[Symbol.asyncIterator]() {
          try {
            while (!signal.aborted) {
              const next = pending.shift();
              if (next) yield next;
              else
                await new Promise<void>(resolve => {
                  wake = resolve;
                });
            }
          } finally {
            subscribers.delete(tell);
          }
        },
      };
    },
    close: () => undefined,
  };
}
