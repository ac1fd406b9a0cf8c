// LoadRequest and Loaded: what the loader is asked, and what it answers.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Mapping } from '../document/node.ts';
import type { Named } from '../model/named.ts';
import type { Project } from '../model/project.ts';

export interface LoadRequest {
  /** Absolute. */
  readonly workingDirectory: string;
  /** The process environment. `.env` files are read by the loader. */
  readonly environment: Named<string>;
  /** Home directory, for `~`. */
  readonly home: string;
  /** `-f`, in order, as typed; empty: COMPOSE_FILE, then discovery. */
  readonly files: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
  /** Services asked for; empty: all. They and what they depend on take part; their profiles are switched on. */
  readonly services: readonly string[];
  /** Leaves dependencies of `services` out (`--no-deps`). */
  readonly withoutDependencies: boolean;
  /** Keeps resources that no service uses (`--all-resources`). */
  readonly allResources: boolean;
  /** Two services of one container name are an error: for commands that create containers, and for `config`. */
  readonly uniqueContainerNames?: boolean;
  /** `_` instead of `-` in container names; COMPOSE_COMPATIBILITY sets it too. */
  readonly compatibility: boolean;
  /** Passes to leave out, for `config --no-…`. */
  readonly skip: {
    readonly interpolation: boolean;
    readonly normalization: boolean;
    readonly pathResolution: boolean;
    readonly consistency: boolean;
    readonly envResolution: boolean;
    /** Leaves values unread: there is the document, and a project without anything in it. */
    readonly typing?: boolean;
    /** Leaves the schema out, as `config --variables` does: it asks for the names in a file, whatever else is wrong with it. */
    readonly validation?: boolean;
  };
}

/** What interpolation expressions the files hold: `config --variables`. */
export interface VariableUse {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  readonly presenceValue: string;
}

export type Loaded =
  | {
      readonly ok: true;
      readonly project: Project;
      /** The merged tree that the project was made from; what `config --no-interpolate` prints. */
      readonly document: Mapping;
      readonly variables: readonly VariableUse[];
      /** All profiles that any service names, sorted. */
      readonly knownProfiles: readonly string[];
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
