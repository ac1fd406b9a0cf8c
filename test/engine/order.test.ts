// The order of starting, proven from the engine's own events; and what is said when a dependency fails.
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../rig/daemon.ts';
import { createProject } from '../rig/project.ts';

/** Time at which something first happened to a service, in nanoseconds of the engine's clock. */
function at(events: readonly EngineEvent[], service: string, action: string): number {
  const found = events.find(event => event.service === service && event.action === action);
  expect(found, `${service}: ${action} among ${events.map(event => `${event.service} ${event.action}`).join(', ')}`).toBeDefined();
  return found?.timeNano ?? 0;
}

const quick = 'image: busybox, stop_grace_period: 0s';

test('a diamond of six services starts in the order of its conditions', async () => {
  const project = createProject({
    'compose.yaml': `
services:
  # Healthy only once side and apart have been started: whoever waits for more than their conditions say never gets there.
  base:
    image: busybox
    stop_grace_period: 0s
    command: sleep 600
    volumes: ["marks:/marks"]
    healthcheck: { test: test -f /marks/side && test -f /marks/apart, interval: 200ms, retries: 100 }
  left: { ${quick}, command: sleep 600, depends_on: { base: { condition: service_healthy } } }
  right: { ${quick}, command: sh -c 'sleep 0.7', depends_on: { base: { condition: service_healthy } } }
  side: { ${quick}, command: sh -c 'touch /marks/side; exec sleep 600', volumes: ["marks:/marks"], depends_on: { base: { condition: service_started } } }
  top: { ${quick}, command: sleep 600, depends_on: { left: { condition: service_started }, right: { condition: service_completed_successfully }, side: { condition: service_started } } }
  apart: { ${quick}, command: sh -c 'touch /marks/apart; exec sleep 600', volumes: ["marks:/marks"] }
volumes:
  marks:
`,
  });
  const since = await project.daemon.now();
  await project.figOk('up', '-d');
  const events = await project.daemon.events(project.name, since);
  const started = (service: string) => at(events, service, 'start');
  const healthy = at(events, 'base', 'health_status: healthy');
  const ended = at(events, 'right', 'die');

  for (const service of ['left', 'right']) expect(started(service), service).toBeGreaterThan(healthy);
  expect(started('side')).toBeGreaterThan(started('base'));
  expect(started('side')).toBeLessThan(healthy);
  expect(started('apart')).toBeLessThan(healthy);
  for (const service of ['left', 'side']) expect(started('top')).toBeGreaterThan(started(service));
  expect(started('top')).toBeGreaterThan(ended);
  // All creation comes before the waiting.
  for (const service of ['base', 'left', 'right', 'side', 'top', 'apart']) expect(at(events, service, 'create')).toBeLessThan(healthy);
});

test('down stops in the reverse order', async () => {
  const project = createProject({
    'compose.yaml': `
services:
  base: { ${quick}, command: sleep 600 }
  middle: { ${quick}, command: sleep 600, depends_on: [base] }
  top: { ${quick}, command: sleep 600, depends_on: [middle] }
`,
  });
  await project.figOk('up', '-d');
  const since = await project.daemon.now();
  await project.figOk('down');
  const events = await project.daemon.events(project.name, since);
  expect(at(events, 'top', 'die')).toBeLessThan(at(events, 'middle', 'die'));
  expect(at(events, 'middle', 'die')).toBeLessThan(at(events, 'base', 'die'));
});

describe('a dependency that fails', () => {
  test('is named with its exit code and its last log lines, and what hangs on it is not started', async () => {
    const project = createProject({
      'compose.yaml': `
services:
  migrate: { ${quick}, command: sh -c 'echo "reading the schema"; echo "column price is missing" >&2; exit 7' }
  api: { ${quick}, command: sleep 600, depends_on: { migrate: { condition: service_completed_successfully } } }
`,
    });
    const { code, stderr } = await project.fig('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain(`service "migrate" didn't complete successfully: exit 7`);
    expect(stderr).toContain('column price is missing');
    expect((await project.daemon.containers(project.name)).map(({ service, state }) => [service, state])).toEqual([
      ['api', 'created'],
      ['migrate', 'exited'],
    ]);
  });

  test('is named when it becomes unhealthy, with what its check printed', async () => {
    const project = createProject({
      'compose.yaml': `
services:
  store: { ${quick}, command: sleep 600, healthcheck: { test: echo "port 5432 is closed" && false, interval: 200ms, retries: 2 } }
  api: { ${quick}, command: sleep 600, depends_on: { store: { condition: service_healthy } } }
`,
    });
    const { code, stderr } = await project.fig('up', '-d');
    expect(code).toBe(1);
    expect(stderr).toContain(`container ${project.name}-store-1 is unhealthy`);
    expect((await project.daemon.containers(project.name)).find(({ service }) => service === 'api')?.state).toBe('created');
  });
});
