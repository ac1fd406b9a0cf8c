// Deploy: replicas, resources and placement of a service.
import type { Named } from './named.ts';
import type { Bytes, Duration, Whole } from './parts.ts';

export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** -1: all. */
  readonly count?: Whole;
  readonly device_ids?: readonly string[];
  readonly options?: Named<string>;
  readonly extensions?: Named<unknown>;
}

export interface UpdateConfig {
  readonly parallelism?: Whole;
  readonly delay?: Duration;
  readonly failure_action?: string;
  readonly monitor?: Duration;
  readonly max_failure_ratio?: number;
  readonly order?: string;
  readonly extensions?: Named<unknown>;
}

export interface Resource {
  readonly cpus?: number;
  readonly memory?: Bytes;
  readonly pids?: Whole;
  readonly devices?: readonly DeviceRequest[];
  readonly generic_resources?: readonly { readonly discrete_resource_spec?: { readonly kind: string; readonly value: Whole } }[];
  readonly extensions?: Named<unknown>;
}

export interface Deploy {
  readonly mode?: string;
  readonly replicas?: Whole;
  readonly labels?: Named<string>;
  readonly update_config?: UpdateConfig;
  readonly rollback_config?: UpdateConfig;
  readonly resources?: { readonly limits?: Resource; readonly reservations?: Resource; readonly extensions?: Named<unknown> };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: Duration;
    readonly max_attempts?: Whole;
    readonly window?: Duration;
    readonly extensions?: Named<unknown>;
  };
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: Whole;
    readonly extensions?: Named<unknown>;
  };
  readonly endpoint_mode?: string;
  readonly extensions?: Named<unknown>;
}
