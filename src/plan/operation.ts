// Operation: the union of effects. One operation is one engine call or one wait; anything bigger is several steps.
import type { Named } from '../model/named.ts';
import type { Condition } from '../model/service.ts';

export type StepId = string;

/**
 * A container that exists, or the one that a step will make. `orElse`: the id of the container that is meant where the step `from`
 * never came to be, because a `decide` step kept what was there.
 */
export type ContainerRef =
  | { readonly id: string; readonly name: string }
  | { readonly from: StepId; readonly name: string; readonly orElse?: string };

export type Operation =
  | { readonly kind: 'network.create'; readonly network: string }
  | { readonly kind: 'network.remove'; readonly id: string }
  | { readonly kind: 'network.disconnect'; readonly network: string; readonly container: ContainerRef }
  | {
      readonly kind: 'network.connect';
      readonly network: string;
      readonly container: ContainerRef;
      readonly service: string;
      readonly replica: number;
    }
  | { readonly kind: 'volume.create'; readonly volume: string }
  | { readonly kind: 'volume.remove'; readonly name: string }
  | {
      readonly kind: 'image.pull';
      readonly image: string;
      readonly platform?: string;
      readonly service: string;
      readonly failureTolerated: boolean;
    }
  | { readonly kind: 'image.build'; readonly image: string; readonly service: string }
  | { readonly kind: 'image.remove'; readonly image: string }
  /** The pure planner is asked again about one service, once the fact it hangs on is known; the step ends when all steps it yields have ended. */
  | { readonly kind: 'decide'; readonly service: string }
  | {
      readonly kind: 'container.create';
      readonly service: string;
      readonly replica: number;
      /** The final name; while `replaces` still lives the container is made as `<12 hex of the old id>_<name>`. */
      readonly name: string;
      readonly replaces?: { readonly id: string; readonly name: string };
      /** Whether anonymous volumes of `replaces` are taken over. */
      readonly inheritVolumes: boolean;
      /** The containers that stand for the services whose namespaces or volumes it shares, by service. */
      readonly sharing?: Named<ContainerRef>;
      /** A container of `run`, which is no replica. `slug` is 64 hex digits. */
      readonly oneOff?: { readonly slug: string; readonly interactive: boolean; readonly remove: boolean; readonly useAliases: boolean };
    }
  | { readonly kind: 'container.rename'; readonly container: ContainerRef; readonly name: string }
  /** Sends inline configs and secrets, starts, and ends once the engine has accepted. */
  | { readonly kind: 'container.start'; readonly container: ContainerRef; readonly service: string }
  /** graceSeconds undefined: the engine's own rule (the container's stop timeout, else 10 s). */
  | { readonly kind: 'container.stop'; readonly container: ContainerRef; readonly service?: string; readonly graceSeconds?: number }
  | { readonly kind: 'container.restart'; readonly container: ContainerRef; readonly service: string; readonly graceSeconds?: number }
  | { readonly kind: 'container.kill'; readonly container: ContainerRef; readonly signal: string }
  | { readonly kind: 'container.pause'; readonly container: ContainerRef }
  | { readonly kind: 'container.unpause'; readonly container: ContainerRef }
  | { readonly kind: 'container.remove'; readonly container: ContainerRef; readonly withAnonymousVolumes: boolean }
  | {
      readonly kind: 'container.wait';
      readonly container: ContainerRef;
      /** `service_completed_successfully` with several replicas: the first of them all to end decides. */
      readonly others?: readonly ContainerRef[];
      readonly service: string;
      readonly until: Condition | 'running_or_healthy';
      /** The service that waits (the first of several, by name); undefined for `--wait`. */
      readonly for?: string;
      /** false: a failure is a warning and the waiter goes on. */
      readonly required: boolean;
      readonly timeoutSeconds?: number;
    }
  | {
      readonly kind: 'hook.run';
      readonly container: ContainerRef;
      readonly service: string;
      readonly hook: 'post_start' | 'pre_stop';
      readonly index: number;
    }
  /** A pre_start hook: a container of its own, with the volumes of `container`, made, run to its end and removed; kept where it failed. */
  | { readonly kind: 'hook.contain'; readonly container: ContainerRef; readonly service: string; readonly index: number }
  /** The container of such a hook that an earlier run left. */
  | { readonly kind: 'hook.clear'; readonly container: ContainerRef; readonly service: string }
  /** A provider does its part; `up` may tell variables for the services that depend on it. */
  | { readonly kind: 'provider.run'; readonly service: string; readonly action: 'up' | 'stop' | 'down' }
  /** Pulled unless it is there, and set up. */
  | { readonly kind: 'model.prepare'; readonly model: string }
  /** Tells the services that use models where these are, and what they are called. */
  | { readonly kind: 'model.status' };

export type OperationKind = Operation['kind'];
export type OperationOf<K extends OperationKind> = Extract<Operation, { readonly kind: K }>;
