// Stopping: the steps that take a container away, alike in every plan: its pre_stop hooks, its stop, its removal.
import type { ObservedContainer } from '../model/observed.ts';
import type { Service } from '../model/service.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { refTo } from './containers.ts';
import type { StepId } from './operation.ts';
import type { Step } from './plan.ts';

/** A container that is stopped or removed. */
export interface Leaving {
  /** Starts the ids of its steps: `web-1`. */
  readonly key: string;
  readonly container: ObservedContainer;
  readonly cause: Cause;
  readonly after: readonly StepId[];
}

/** The step that stops a container. Without a grace period the container's own holds. */
export function stopStep({ key, container, cause, after }: Leaving, graceSeconds: number | undefined): Step {
  return {
    id: `${key}/stop`,
    operation: {
      kind: 'container.stop',
      container: refTo(container),
      service: container.service,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    },
    subject: { kind: 'Container', name: container.name },
    after,
    cause,
  };
}

/** The step that removes a container. */
export function removeStep({ key, container, cause, after }: Leaving, withAnonymousVolumes: boolean): Step {
  return {
    id: `${key}/remove`,
    operation: { kind: 'container.remove', container: refTo(container), withAnonymousVolumes },
    subject: { kind: 'Container', name: container.name },
    after,
    cause,
  };
}

interface Stopping extends Leaving {
  /** undefined for an orphan, whose hooks nobody knows. */
  readonly service: Service | undefined;
  readonly graceSeconds: number | undefined;
}

/**
 * The pre_stop hooks of a container that runs, and its stop; returns the stop. What has ended is stopped too, as the reference does:
 * scripts look for the word, the engine has nothing to do, and a container that somebody starts just now does not get away.
 */
export function planStop({ service, graceSeconds, ...leaving }: Stopping, plan: PlanBuilder): StepId {
  return plan.add(stopStep({ ...leaving, after: planPreStop(leaving, service, plan) }, graceSeconds));
}

/** The pre_stop hooks of a container, which only one that is not paused can run. Returns what its stop comes after. */
export function planPreStop(leaving: Leaving, service: Service | undefined, plan: PlanBuilder): readonly StepId[] {
  return leaving.container.state === 'running' ? planHooks('pre_stop', leaving, service, plan) : leaving.after;
}

/** The hooks of one kind, one after the other. Returns what comes after them waits for. */
export function planHooks(
  hook: 'pre_stop' | 'post_start',
  { key, container, cause, after }: Leaving,
  service: Service | undefined,
  plan: PlanBuilder,
): readonly StepId[] {
  let last = after;
  for (const index of (service?.[hook] ?? []).keys()) {
    const id = plan.add({
      id: `${key}/${hook}-${index + 1}`,
      operation: { kind: 'hook.run', container: refTo(container), service: container.service, hook, index },
      subject: { kind: 'Container', name: container.name },
      after: last,
      cause,
    });
    last = [id];
  }
  return last;
}
