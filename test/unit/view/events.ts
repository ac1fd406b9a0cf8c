// Small plans and their events, for the tests of views.
import type { Event, EventBody } from '../../../src/events/event.ts';
import type { Operation } from '../../../src/plan/operation.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import type { Output, View } from '../../../src/view/view.ts';

/** Remembers what was written. */
export interface Capture extends Output {
  text: string;
}

/** An output that is a terminal of this size, or, without one, a file. */
export function capture(size?: { readonly columns: number; readonly rows: number }): Capture {
  return {
    text: '',
    write(text) {
      this.text += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    drained: async () => {},
    isTerminal: size !== undefined,
    columns: size?.columns ?? 80,
    rows: size?.rows ?? 24,
  };
}

/** A step about a container, `web-1` by default. */
export function step(id: string, operation: Operation, subject: Step['subject'] = { kind: 'Container', name: 'shop-web-1' }): Step {
  return { id, operation, subject, after: [], cause: { reason: 'missing' } };
}

/** A plan of these steps. */
export function planOf(steps: readonly Step[], kept: Plan['kept'] = []): Plan {
  return { project: 'shop', steps, kept, notices: [] };
}

/** Numbers events, a tenth of a second apart. */
export function sequence(bodies: readonly EventBody[]): readonly Event[] {
  return bodies.map((body, index) => ({ sequence: index + 1, at: 1_000 + 100 * index, ...body }));
}

/** Shows all events. */
export function showAll(view: View, bodies: readonly EventBody[]): void {
  for (const event of sequence(bodies)) view.show(event);
}

/** Started and finished. */
export function ran(id: string, note?: string): readonly EventBody[] {
  return [
    { type: 'step.started', step: id },
    { type: 'step.finished', step: id, ...(note === undefined ? {} : { note }) },
  ];
}

const web = { id: 'abc', name: 'shop-web-1' };

/** One operation of each kind that scripts look for. */
export const operations = {
  network: { kind: 'network.create', network: 'default' },
  create: { kind: 'container.create', service: 'web', replica: 1, name: 'shop-web-1', inheritVolumes: false },
  recreate: { kind: 'container.create', service: 'web', replica: 1, name: 'shop-web-1', replaces: web, inheritVolumes: true },
  rename: { kind: 'container.rename', container: { from: 'create', name: 'shop-web-1' }, name: 'shop-web-1' },
  start: { kind: 'container.start', container: web, service: 'web' },
  stop: { kind: 'container.stop', container: web },
  remove: { kind: 'container.remove', container: web, withAnonymousVolumes: false },
  restart: { kind: 'container.restart', container: web, service: 'web' },
  kill: { kind: 'container.kill', container: web, signal: 'SIGKILL' },
  pause: { kind: 'container.pause', container: web },
  unpause: { kind: 'container.unpause', container: web },
  wait: { kind: 'container.wait', container: web, service: 'web', until: 'service_healthy', required: true },
  pull: { kind: 'image.pull', image: 'busybox', service: 'web', failureTolerated: false },
  build: { kind: 'image.build', image: 'shop-web', service: 'web' },
  hook: { kind: 'hook.run', container: web, service: 'web', hook: 'post_start', index: 0 },
  provide: { kind: 'provider.run', service: 'store', action: 'up' },
  unprovide: { kind: 'provider.run', service: 'store', action: 'down' },
  model: { kind: 'model.prepare', model: 'llm' },
  connect: { kind: 'network.connect', network: 'default', container: web, service: 'web', replica: 1 },
} as const satisfies Record<string, Operation>;
