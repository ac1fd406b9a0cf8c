// Networks, volumes, secrets, configs and models: the top-level resources of a project, in canonical form.
import type { Named } from './named.ts';
import type { Whole } from './parts.ts';

export interface IpamPool {
  readonly subnet?: string;
  readonly gateway?: string;
  readonly ip_range?: string;
  readonly aux_addresses?: Named<string>;
}

export interface Ipam {
  readonly driver?: string;
  readonly config?: readonly IpamPool[];
  readonly options?: Named<string>;
}

interface Extensible {
  /** `x-…` keys, printed by `config` in YAML, never hashed. */
  readonly extensions?: Named<unknown>;
}

export interface Network extends Extensible {
  /** The name on the engine; always there after normalisation. */
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: Named<string>;
  readonly ipam?: Ipam;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Named<string>;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface Volume extends Extensible {
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: Named<string>;
  readonly external?: boolean;
  readonly labels?: Named<string>;
}

interface FileObject extends Extensible {
  readonly name?: string;
  /** Absolute path. */
  readonly file?: string;
  /** The name of a variable. */
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Named<string>;
  readonly driver?: string;
  readonly driver_opts?: Named<string>;
  readonly template_driver?: string;
}

export interface Secret extends FileObject {
  /** The value of the variable that `environment` names; never printed, only delivered. */
  readonly value?: string;
}
export interface Config extends FileObject {
  readonly value?: string;
}

export interface Model extends Extensible {
  readonly name?: string;
  readonly model?: string;
  readonly context_size?: Whole;
  readonly runtime_flags?: readonly string[];
}
