// Observed: what the engine has of a project, taken once, before planning. Made by engine/observe.ts, read by plan/.
import type { Named } from './named.ts';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ObservedContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  /** The engine's status text, as `Up 3 minutes (healthy)`. */
  readonly status: string;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Of a container that has ended. */
  readonly exitCode?: number;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly command: string;
  readonly labels: Named<string>;
  readonly service: string;
  /** The label container-number; undefined for one-offs and where it is missing or bad. */
  readonly number?: number;
  readonly oneOff: boolean;
  /** The label config-hash. */
  readonly configHash?: string;
  /** The service that the container was made from, as JSON with secrets replaced by digests: the label dev.fig.model, unpacked. */
  readonly model?: string | undefined;
  /** Engine network name → id of the network it is attached to. */
  readonly networks: Named<string>;
  readonly ports: readonly {
    readonly ip?: string;
    readonly privatePort: number;
    readonly publicPort?: number;
    readonly protocol: string;
  }[];
  readonly mounts: readonly {
    readonly type: string;
    readonly name?: string;
    readonly source: string;
    readonly destination: string;
    readonly readOnly: boolean;
  }[];
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Named<string>;
  /** The label network: the key in the file. */
  readonly key?: string;
  readonly configHash?: string;
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Named<string>;
  readonly key?: string;
  readonly configHash?: string;
}

export interface ObservedImage {
  /** As asked for. */
  readonly reference: string;
  readonly id: string;
  /** What the label com.docker.compose.image carries: the image id below API 1.48, the platform manifest's digest from there on. */
  readonly digest: string;
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly hasHealthcheck: boolean;
  /** Milliseconds since 1970; undefined where the engine does not tell. */
  readonly lastTaggedAt?: number;
  readonly labels?: Named<string>;
}

export interface Observed {
  /** When the snapshot was taken, in milliseconds since 1970; for pull policies that count days. */
  readonly at?: number;
  /** Negotiated, as `1.41`. */
  readonly apiVersion: string;
  readonly containers: readonly ObservedContainer[];
  /** Containers of pre_start hooks: one that failed is kept until the next run, and a run that was cut off leaves one. */
  readonly hooks?: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
  /** By reference as the project writes it; a reference the engine does not have is absent. */
  readonly images: Named<ObservedImage>;
}
