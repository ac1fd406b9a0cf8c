// Service: one entry of `services` in canonical form, with the specification's keys.
// Durations are Go texts (`1m30s`), sizes are bytes, ports and mounts are in long form, paths are absolute.
import type { Build } from './build.ts';
import type { Deploy, DeviceRequest } from './deploy.ts';
import type { Named } from './named.ts';
import type { Bytes, Duration, FileReference, Ulimit, Whole } from './parts.ts';

export type { Bytes, Duration, FileReference, Ulimit, Whole } from './parts.ts';

export type Condition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

export interface Dependency {
  readonly condition: Condition;
  readonly restart?: boolean;
  readonly required: boolean;
  readonly extensions?: Named<unknown>;
}

export interface Port {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  /** A port or a range (`9000-9005`); absent: the engine picks. */
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
  readonly extensions?: Named<unknown>;
}

export interface Mount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'cluster' | 'npipe' | 'image';
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly selinux?: string;
    readonly propagation?: string;
    readonly create_host_path?: boolean;
    readonly recursive?: string;
  };
  readonly volume?: { readonly labels?: Named<string>; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
  readonly extensions?: Named<unknown>;
}

export interface ServiceNetwork {
  readonly aliases?: readonly string[];
  readonly driver_opts?: Named<string>;
  readonly gw_priority?: Whole;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly priority?: Whole;
  readonly extensions?: Named<unknown>;
}

export interface Healthcheck {
  readonly test?: readonly string[];
  readonly timeout?: Duration;
  readonly interval?: Duration;
  readonly retries?: Whole;
  readonly start_period?: Duration;
  readonly start_interval?: Duration;
  readonly disable?: boolean;
  readonly extensions?: Named<unknown>;
}

export interface Hook {
  /** null: not set. */
  readonly command: readonly string[] | null;
  readonly image?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: Named<string | null>;
  readonly per_replica?: boolean;
  readonly extensions?: Named<unknown>;
}

export interface EnvFile {
  readonly path: string;
  readonly required: boolean;
  readonly format?: string;
}

export interface Device {
  readonly source: string;
  readonly target?: string;
  readonly permissions?: string;
}

export interface WeightDevice {
  readonly path: string;
  readonly weight: number;
}
export interface ThrottleDevice {
  readonly path: string;
  readonly rate: Bytes;
}

export interface Watch {
  readonly path: string;
  readonly action: string;
  readonly target?: string;
  readonly exec?: Hook;
  readonly include?: readonly string[];
  readonly ignore?: readonly string[];
  readonly initial_sync?: boolean;
  readonly extensions?: Named<unknown>;
}

export interface Service {
  readonly name: string;
  readonly profiles?: readonly string[];
  readonly annotations?: Named<string>;
  readonly attach?: boolean;
  readonly build?: Build;
  readonly develop?: { readonly watch?: readonly Watch[]; readonly extensions?: Named<unknown> };
  readonly blkio_config?: {
    readonly weight?: number;
    readonly weight_device?: readonly WeightDevice[];
    readonly device_read_bps?: readonly ThrottleDevice[];
    readonly device_read_iops?: readonly ThrottleDevice[];
    readonly device_write_bps?: readonly ThrottleDevice[];
    readonly device_write_iops?: readonly ThrottleDevice[];
  };
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly cpu_count?: Whole;
  readonly cpu_percent?: number;
  readonly cpu_period?: Whole;
  readonly cpu_quota?: Whole;
  readonly cpu_rt_period?: Whole;
  readonly cpu_rt_runtime?: Whole;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly cpu_shares?: Whole;
  /** null: the image's own; empty: none at all. */
  readonly command: readonly string[] | null;
  readonly configs?: readonly FileReference[];
  readonly container_name?: string;
  readonly credential_spec?: { readonly config?: string; readonly file?: string; readonly registry?: string };
  readonly depends_on?: Named<Dependency>;
  readonly deploy?: Deploy;
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly Device[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  /** null: the image's own; empty: none at all. */
  readonly entrypoint: readonly string[] | null;
  readonly provider?: { readonly type: string; readonly options?: Named<readonly string[]>; readonly extensions?: Named<unknown> };
  /** null: named without a value, and not set in the project's environment either. */
  readonly environment?: Named<string | null>;
  /** Only when env files were not read (`--no-env-resolution`). */
  readonly env_file?: readonly EnvFile[];
  readonly expose?: readonly string[];
  /** Only where the service it names is there and empty. */
  readonly extends?: { readonly file?: string; readonly service?: string };
  readonly external_links?: readonly string[];
  /** `host=address`, sorted. */
  readonly extra_hosts?: readonly string[];
  readonly group_add?: readonly string[];
  readonly gpus?: readonly DeviceRequest[];
  readonly hostname?: string;
  readonly healthcheck?: Healthcheck;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly labels?: Named<string>;
  readonly label_file?: readonly string[];
  readonly links?: readonly string[];
  readonly logging?: { readonly driver?: string; readonly options?: Named<string>; readonly extensions?: Named<unknown> };
  readonly mem_limit?: Bytes;
  readonly mem_reservation?: Bytes;
  readonly memswap_limit?: Bytes;
  readonly mem_swappiness?: Bytes;
  readonly mac_address?: string;
  readonly models?: Named<{ readonly endpoint_var?: string; readonly model_var?: string } | null>;
  readonly network_mode?: string;
  readonly networks?: Named<ServiceNetwork | null>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: Whole;
  readonly pid?: string;
  readonly pids_limit?: Whole;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly privileged?: boolean;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: Whole;
  readonly secrets?: readonly FileReference[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: Bytes;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: Duration;
  readonly stop_signal?: string;
  readonly storage_opt?: Named<string>;
  readonly sysctls?: Named<string>;
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Named<Ulimit>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volumes?: readonly Mount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
  readonly pre_start?: readonly Hook[];
  readonly post_start?: readonly Hook[];
  readonly pre_stop?: readonly Hook[];
  /** `x-…` of the service, printed by `config` in YAML, never hashed. */
  readonly extensions?: Named<unknown>;
}
