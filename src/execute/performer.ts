// Performer: the type of a function that performs one operation. It has nothing left to decide, and lets failures fly.
import type { Code } from '../diagnostics/codes.ts';
import type { ContainerDetails, Engine } from '../engine/engine.ts';
import type { Named } from '../model/named.ts';
import type { Observed, ObservedImage } from '../model/observed.ts';
import type { Project } from '../model/project.ts';
import type { Cause } from '../plan/cause.ts';
import type { ContainerRef, OperationKind, OperationOf, StepId } from '../plan/operation.ts';
import type { Step } from '../plan/plan.ts';
import type { ToldVariables } from './told.ts';

/** Where the docker command's plugins are, and what they run in: builders, providers, the runner of models. */
export interface PluginSettings {
  /** Folders to look in for `docker-buildx` and the like, in order. */
  readonly pluginDirectories: readonly string[];
  /** The folder of the docker command's settings: what providers say of themselves is kept there. */
  readonly configDirectory: string;
  /** The environment that a builder runs in; it names the engine (DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG). */
  readonly environment: Named<string>;
}

/** How images are built: with the buildx plugin where one of these folders holds it, else by the engine's own builder. */
export interface BuildSettings extends PluginSettings {
  readonly noCache?: boolean;
  readonly pull?: boolean;
  readonly push?: boolean;
  readonly quiet?: boolean;
  /** `--build-arg`, over the file's; null: taken from the project's environment. */
  readonly args?: Named<string | null>;
  readonly ssh?: readonly string[];
  readonly builder?: string;
  readonly memory?: string;
  readonly provenance?: string;
  readonly sbom?: string;
}

/** What a performer may use. */
export interface World {
  readonly engine: Engine;
  readonly project: Project;
  readonly observed: Observed;
  /** The images as they are by now: what this run pulled or built is asked for again, the rest is as observed. */
  readonly images: {
    at(reference: string): Promise<ObservedImage | undefined>;
    /** A pull or a build may have changed it. */
    changed(reference: string): void;
  };
  /** Asks the pure planner again about one service, with the present images; for `decide` steps. `known` are the ids of all steps so far. */
  readonly decide: (service: string, known: ReadonlySet<StepId>) => Promise<readonly Step[]>;
  /** The variables of configs, secrets and build arguments that take their value from the environment. */
  readonly variables: Project['environment'];
  readonly build?: BuildSettings;
  /** Variables that providers and the runner of models have told in this run. */
  readonly told: ToldVariables;
  /** Called with each container right before it is started, so that attached `up` misses no line of it. */
  readonly beforeStart?: (container: { readonly id: string; readonly name: string; readonly service: string }) => Promise<void>;
  /** Called before a pre_start hook is run, so that attached `up` says to whom it attaches before anyone speaks. */
  readonly beforeHook?: () => Promise<void>;
  /** Called with each line that a hook prints, without its end: attached `up` shows them among the logs. */
  readonly hookSaid?: (hook: { readonly service: string; readonly container: string; readonly preStart?: number }, line: string) => void;
}

/** Learns what becomes of containers from the engine's events; one subscription serves a whole run. */
export interface ContainerWatch {
  /**
   * Resolves with the first answer that `settled` gives: it is asked once about the container as it is, and again after each event of it.
   * Rejects with the signal's reason when `signal` fires, and with EngineFailure when the engine is lost or the container removed.
   */
  until<T>(id: string, settled: (details: ContainerDetails) => T | undefined, signal: AbortSignal): Promise<T>;
}

/** A container that a step of this run made. */
export interface MadeContainer {
  readonly id: string;
  /** The final name. */
  readonly name: string;
  readonly service: string;
  /** The id of the container whose place it takes. */
  readonly replaces?: string;
}

export interface Performance {
  readonly signal: AbortSignal;
  /** The id of a container that exists or that an earlier step made. */
  resolve(container: ContainerRef): string;
  /** Remembers the container that this step made, under the step's id. */
  made(id: string): void;
  /** Containers made so far in this run: what later payloads that share a namespace refer to. */
  readonly created: readonly MadeContainer[];
  readonly watch: ContainerWatch;
  /** Says what the user should know although the step goes on. */
  warn(code: Code, message: string): void;
  progress(part: { readonly part?: string; readonly text: string; readonly done?: number; readonly total?: number }): void;
  readonly step: StepId;
  readonly cause: Cause;
}

/** Resolves to a note for the event (`Healthy`, `Exited`), or nothing. */
export type Performer<K extends OperationKind> = (
  operation: OperationOf<K>,
  world: World,
  performance: Performance,
) => Promise<string | undefined>;
