// Intent: what the user wants done, without a word on how. One planner each.

export type RecreateRule = 'diverged' | 'force' | 'never';

/** Names of volumes that stay as they are though the file defines them otherwise: nobody agreed to lose what is in them. */
export type KeptVolumes = readonly string[];

export interface UpIntent {
  readonly kind: 'up';
  /** Empty: all services of the project. */
  readonly services: readonly string[];
  readonly recreate: RecreateRule;
  readonly recreateDependencies: RecreateRule;
  /** `-V`: anonymous volumes are made anew. */
  readonly renewAnonymousVolumes: boolean;
  readonly build: 'never' | 'when-needed' | 'always';
  /** `--pull`; replaces every service's pull_policy. */
  readonly pull?: string;
  readonly removeOrphans: boolean;
  /** COMPOSE_IGNORE_ORPHANS: no warning. */
  readonly ignoreOrphans: boolean;
  /** false: `create`, `up --no-start`. */
  readonly start: boolean;
  /** `--wait`. */
  readonly wait: boolean;
  readonly waitTimeoutSeconds?: number;
  /** `-t`, for the stops of a recreate. */
  readonly graceSeconds?: number;
  readonly keptVolumes?: KeptVolumes;
}

export interface DownIntent {
  readonly kind: 'down';
  readonly services: readonly string[];
  readonly volumes: boolean;
  readonly images: 'none' | 'local' | 'all';
  readonly removeOrphans: boolean;
  readonly graceSeconds?: number;
}

export interface StartIntent {
  readonly kind: 'start';
  readonly services: readonly string[];
  readonly wait: boolean;
  readonly waitTimeoutSeconds?: number;
}

export interface StopIntent {
  readonly kind: 'stop';
  readonly services: readonly string[];
  readonly graceSeconds?: number;
}

export interface RestartIntent {
  readonly kind: 'restart';
  readonly services: readonly string[];
  readonly withDependents: boolean;
  readonly graceSeconds?: number;
}

export interface KillIntent {
  readonly kind: 'kill';
  readonly services: readonly string[];
  readonly signal: string;
  readonly removeOrphans: boolean;
}

export interface PauseIntent {
  readonly kind: 'pause' | 'unpause';
  readonly services: readonly string[];
}

export interface RemoveIntent {
  readonly kind: 'rm';
  readonly services: readonly string[];
  readonly stop: boolean;
  readonly volumes: boolean;
}

/** The dependencies of a `run`: brought up and waited for; the one-off container itself is api/run.ts's. */
export interface RunIntent {
  readonly kind: 'run';
  readonly service: string;
  readonly withDependencies: boolean;
  readonly build: 'never' | 'when-needed' | 'always';
  readonly pull?: string;
  readonly removeOrphans: boolean;
  readonly ignoreOrphans: boolean;
  readonly keptVolumes?: KeptVolumes;
}

export interface PullIntent {
  readonly kind: 'pull';
  readonly services: readonly string[];
  readonly policy?: string;
  readonly ignoreFailures: boolean;
  readonly includeDependencies: boolean;
}

export interface BuildIntent {
  readonly kind: 'build';
  readonly services: readonly string[];
}

export type Intent =
  | UpIntent
  | DownIntent
  | StartIntent
  | StopIntent
  | RestartIntent
  | KillIntent
  | PauseIntent
  | RemoveIntent
  | RunIntent
  | PullIntent
  | BuildIntent;
