// Build: how the image of a service is made from source.
import type { Named } from './named.ts';
import type { Bytes, FileReference, Ulimit } from './parts.ts';

export interface Build {
  /** Absolute path or URL. */
  readonly context?: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly entitlements?: readonly string[];
  readonly args?: Named<string | null>;
  readonly provenance?: string;
  readonly sbom?: string;
  /** `default` or `id` → path; the empty path means the agent. */
  readonly ssh?: readonly { readonly id: string; readonly path: string }[];
  readonly labels?: Named<string>;
  readonly cache_from?: readonly string[];
  readonly cache_to?: readonly string[];
  readonly no_cache?: boolean;
  readonly no_cache_filter?: readonly string[];
  readonly additional_contexts?: Named<string>;
  readonly pull?: boolean;
  readonly extra_hosts?: readonly string[];
  readonly isolation?: string;
  readonly network?: string;
  readonly target?: string;
  readonly secrets?: readonly FileReference[];
  readonly shm_size?: Bytes;
  readonly tags?: readonly string[];
  readonly ulimits?: Named<Ulimit>;
  readonly platforms?: readonly string[];
  readonly privileged?: boolean;
  readonly extensions?: Named<unknown>;
}
