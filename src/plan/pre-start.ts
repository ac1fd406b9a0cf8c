// pre_start: hooks that run in containers of their own before a service starts, once for all its replicas (interop.md §4.7); and what is
// done about the containers of hooks that an earlier run left.
import type { ObservedContainer } from '../model/observed.ts';
import type { Service } from '../model/service.ts';
import type { PlanBuilder } from './builder.ts';
import type { Cause } from './cause.ts';
import { refTo } from './containers.ts';
import type { ContainerRef, StepId } from './operation.ts';
import type { Step } from './plan.ts';

/** A container of a service that takes part in a start phase. */
export interface StartTarget {
  readonly key: string;
  readonly name: string;
  readonly container: ContainerRef;
  /** What the engine had, where nothing in the plan touches it. */
  readonly untouched?: ObservedContainer;
  /** Absent: it runs already. */
  readonly start?: { readonly after: readonly StepId[]; readonly cause: Cause; readonly when?: NonNullable<Step['when']> };
}

/** Removes hook containers. Returns the steps that do. */
export function planClearing(
  hooks: readonly ObservedContainer[],
  cause: Cause,
  after: readonly StepId[],
  plan: PlanBuilder,
): readonly StepId[] {
  return hooks.map(container =>
    plan.add({
      id: `hook:${container.id.slice(0, 12)}/remove`,
      operation: { kind: 'hook.clear', container: refTo(container), service: container.service },
      subject: { kind: 'Container', name: container.name },
      after,
      cause,
    }),
  );
}

/**
 * The hooks of a service none of whose containers runs, one after the other; they see the volumes of the first one. Returns what its starts
 * come after, in place of `conditions`.
 */
export function planPreStart(
  { gate, leftovers }: { readonly gate: readonly StepId[]; readonly leftovers: readonly ObservedContainer[] },
  service: Service,
  targets: readonly StartTarget[],
  conditions: readonly StepId[],
  plan: PlanBuilder,
): readonly StepId[] {
  const [first] = targets;
  if (!first?.start || targets.some(({ start }) => start === undefined)) return conditions;
  const after = conditions.length > 0 ? [...new Set([...first.start.after, ...conditions])] : gate;
  const own = leftovers.filter(container => container.service === service.name);
  let last = planClearing(own, { reason: 'needed', by: service.name }, after, plan);
  for (const index of (service.pre_start ?? []).keys()) {
    const id = plan.add({
      id: `${service.name}/pre_start-${index + 1}`,
      operation: { kind: 'hook.contain', container: first.container, service: service.name, index },
      subject: { kind: 'Container', name: first.name },
      after: last.length > 0 ? last : after,
      cause: first.start.cause,
      ...(first.start.when ? { when: first.start.when } : {}),
    });
    last = [id];
  }
  return last.length > 0 ? last : conditions;
}
