// Engine, the port: every engine call that fig makes, typed. engine/docker implements it; tests have one in memory.
// All calls throw EngineFailure. All calls take an AbortSignal as their last argument where they can last.
import type { Duplex, Readable } from 'node:stream';
import type { Named } from '../model/named.ts';

/** A JSON object of the Engine API whose fields fig only passes on. */
export type Payload = { readonly [field: string]: unknown };

/** An entry of GET /containers/json; field names are the Engine API's. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Named<string> | null;
  readonly Ports:
    | readonly { readonly IP?: string; readonly PrivatePort: number; readonly PublicPort?: number; readonly Type: string }[]
    | null;
  readonly Mounts:
    | readonly {
        readonly Type: string;
        readonly Name?: string;
        readonly Source: string;
        readonly Destination: string;
        readonly RW: boolean;
      }[]
    | null;
  readonly NetworkSettings?: { readonly Networks?: Named<{ readonly NetworkID: string }> | null };
  readonly SizeRw?: number;
}

/** GET /containers/{id}/json, as far as fig reads it. */
export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly FailingStreak: number;
      readonly Log?: readonly { readonly Start: string; readonly End: string; readonly ExitCode: number; readonly Output: string }[] | null;
    };
  };
  readonly Config: {
    readonly Tty: boolean;
    readonly Image: string;
    readonly Labels: Named<string> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
    readonly OpenStdin: boolean;
  };
  readonly HostConfig: { readonly RestartPolicy?: { readonly Name: string }; readonly LogConfig?: { readonly Type: string } };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Ports?: Named<readonly { readonly HostIp: string; readonly HostPort: string }[] | null> | null;
    readonly Networks?: Named<{ readonly NetworkID: string; readonly IPAddress: string }> | null;
  };
}

export interface NetworkDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Labels: Named<string> | null;
  readonly Containers?: Named<unknown> | null;
}

export interface VolumeDetails {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Scope: string;
  readonly Labels: Named<string> | null;
}

export interface ImageDetails {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Size: number;
  readonly Created?: string;
  readonly Config: {
    readonly Volumes?: Named<unknown> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
    readonly Env?: readonly string[] | null;
    readonly Labels?: Named<string> | null;
  } | null;
  readonly Metadata?: { readonly LastTagTime?: string };
  readonly Manifests?: readonly {
    readonly ID: string;
    readonly Kind: string;
    readonly Available: boolean;
    readonly ImageData?: { readonly Platform?: { readonly os: string; readonly architecture: string; readonly variant?: string } };
  }[];
  readonly Descriptor?: { readonly digest: string };
}

/** An event of GET /events, as it came. */
export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Named<string> };
  readonly time: number;
  readonly timeNano: number;
}

/** Events as they come, to be read once. */
export interface EventStream extends AsyncIterable<EngineEvent> {
  /** Resolves once the engine has subscribed: what happens from then on is among the events. Absent: from the call on. */
  readonly ready?: Promise<void>;
}

/** One line of a pull's or build's progress, as the engine sends it. */
export interface ProgressLine {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: unknown;
}

/** Filters of a list call: `{ label: ['a=b'] }`. */
export type Filters = Named<readonly string[]>;

export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

export interface LogOptions {
  readonly follow: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  /** `all` or a number of lines. */
  readonly tail: string;
  /** RFC 3339, seconds since 1970, or a relative duration already made absolute by the caller. */
  readonly since?: string;
  readonly until?: string;
}

/** A hijacked connection to a container's process. Without a TTY the output carries 8-byte frame headers. */
export interface Hijacked {
  readonly stream: Duplex;
}

export interface Engine {
  /** Its URL, with the path of its socket as it is without links: the same for the same engine, as far as this machine can tell. */
  address(): string;
  /** Negotiated by the first call: the lower of fig's and the daemon's, or DOCKER_API_VERSION. */
  apiVersion(): Promise<string>;
  info(): Promise<{
    readonly NCPU: number;
    readonly ServerVersion: string;
    readonly Name: string;
    readonly OSType: string;
    readonly Architecture: string;
  }>;

  listContainers(filters: Filters, options?: { readonly all?: boolean; readonly size?: boolean }): Promise<readonly ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerDetails>;
  createContainer(name: string, body: Payload, platform?: string): Promise<{ readonly Id: string; readonly Warnings: readonly string[] }>;
  startContainer(id: string): Promise<void>;
  /** graceSeconds undefined: no `t` is sent, the engine's rule holds. Succeeds where the container is stopped already. */
  stopContainer(id: string, graceSeconds: number | undefined, signal?: AbortSignal): Promise<void>;
  restartContainer(id: string, graceSeconds: number | undefined, signal?: AbortSignal): Promise<void>;
  killContainer(id: string, signalName: string): Promise<void>;
  pauseContainer(id: string): Promise<void>;
  unpauseContainer(id: string): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  removeContainer(id: string, options: { readonly force: boolean; readonly volumes: boolean }): Promise<void>;
  /** Resolves when the container ends next (condition `next-exit`) or has ended (`not-running`), or has been removed. */
  waitContainer(
    id: string,
    condition: 'not-running' | 'next-exit' | 'removed',
    signal?: AbortSignal,
  ): Promise<{ readonly exitCode: number }>;
  resizeContainer(id: string, rows: number, columns: number): Promise<void>;
  attachContainer(
    id: string,
    options: { readonly stdin: boolean; readonly logs: boolean; readonly detachKeys?: string },
  ): Promise<Hijacked>;
  /** The raw log body: frames unless the container has a TTY. Ends when the engine ends it, or with the signal. */
  logs(id: string, options: LogOptions, signal?: AbortSignal): Promise<Readable>;
  /** A tar of the path in a container. */
  getArchive(id: string, path: string): Promise<Readable>;
  putArchive(id: string, path: string, tar: Buffer | Readable, options?: { readonly copyUidGid?: boolean }): Promise<void>;
  topContainer(id: string): Promise<{ readonly Titles: readonly string[]; readonly Processes: readonly (readonly string[])[] }>;

  createExec(container: string, body: Payload): Promise<string>;
  /** Starts an exec and hands over its connection. */
  startExec(id: string, options: { readonly tty: boolean; readonly stdin: boolean; readonly detach: false }): Promise<Hijacked>;
  startExecDetached(id: string): Promise<void>;
  inspectExec(id: string): Promise<{ readonly Running: boolean; readonly ExitCode: number | null; readonly Pid: number }>;
  resizeExec(id: string, rows: number, columns: number): Promise<void>;

  listNetworks(filters: Filters): Promise<readonly NetworkDetails[]>;
  inspectNetwork(nameOrId: string): Promise<NetworkDetails>;
  createNetwork(body: Payload): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  connectNetwork(network: string, body: Payload): Promise<void>;
  disconnectNetwork(network: string, container: string, force: boolean): Promise<void>;

  listVolumes(filters: Filters): Promise<readonly VolumeDetails[]>;
  inspectVolume(name: string): Promise<VolumeDetails>;
  createVolume(body: Payload): Promise<void>;
  removeVolume(name: string): Promise<void>;

  /** Undefined where the engine does not have the image. */
  inspectImage(reference: string): Promise<ImageDetails | undefined>;
  removeImage(reference: string): Promise<void>;
  /** Pulls; each progress line goes to `onLine`. Credentials are looked up for the reference's registry. */
  pullImage(reference: string, platform: string | undefined, onLine: (line: ProgressLine) => void, signal?: AbortSignal): Promise<void>;
  /** The engine's own builder (POST /build, version 1). `context` is a tar; `t` and `extrahosts` may be lists. Resolves to the image id. */
  buildImage(
    context: Readable,
    query: Named<string | readonly string[]>,
    onLine: (line: ProgressLine) => void,
    signal?: AbortSignal,
  ): Promise<string>;

  /** Events from now on, filtered. Ends with the signal; throws `unreachable` when the connection is lost. */
  events(filters: Filters, signal: AbortSignal, options?: { readonly since?: string; readonly until?: string }): EventStream;
  /** Proxy variables that Docker's config.json gives every new container (`HTTP_PROXY`, `http_proxy`, …). Asks no engine. */
  proxyVariables?(): Named<string>;
  /** What `docker login` left, with credential helpers asked: the text of a config.json for containers that speak to the engine. */
  credentialsFile?(): Promise<string>;
  /** Ends idle connections, so that the process can end. */
  close(): void;
}
