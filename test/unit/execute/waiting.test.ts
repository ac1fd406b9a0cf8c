// execute/operations/waiting.ts: what a container's state means for a condition, in the words scripts look for.
import { expect, test } from 'vitest';
import type { ContainerDetails } from '../../../src/engine/engine.ts';
import { judge } from '../../../src/execute/operations/waiting.ts';

type State = ContainerDetails['State'];

function container(state: Partial<State>, test?: readonly string[]): ContainerDetails {
  return {
    Id: 'abc',
    Name: '/shop-db-1',
    Created: '',
    Image: '',
    RestartCount: 0,
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      ExitCode: 0,
      Error: '',
      StartedAt: '',
      FinishedAt: '',
      ...state,
    },
    Config: { Tty: false, Image: '', Labels: null, OpenStdin: false, Healthcheck: test ? { Test: test } : null },
    HostConfig: {},
    Mounts: [],
    NetworkSettings: {},
  };
}
const exited = (code: number) => container({ Status: 'exited', Running: false, ExitCode: code }, ['CMD', 'check']);
const health = (status: string) => container({ Health: { Status: status, FailingStreak: 0 } }, ['CMD', 'check']);
const healthy = { until: 'service_healthy', service: 'db' } as const;
const waited = { until: 'running_or_healthy', service: 'db' } as const;
const completed = { until: 'service_completed_successfully', service: 'db' } as const;

test('healthy is healthy, starting is not yet decided, unhealthy fails at once', () => {
  expect(judge(healthy, health('healthy'))).toEqual({ note: 'Healthy' });
  expect(judge(healthy, health('starting'))).toBeUndefined();
  expect(judge(healthy, health('unhealthy'))).toEqual({ failed: 'dependency failed to start: container shop-db-1 is unhealthy' });
});

test('a container that ended will not become healthy, whatever its code', () => {
  expect(judge(healthy, exited(0))).toEqual({ failed: 'dependency failed to start: container shop-db-1 exited (0)' });
  expect(judge(waited, exited(1))).toEqual({ failed: 'container shop-db-1 exited (1)' });
});

test('Podman says stopped for exited', () => {
  expect(judge(completed, container({ Status: 'stopped', Running: false }))).toEqual({ note: 'Exited' });
});

test('without a healthcheck, healthy fails and --wait takes running for enough', () => {
  const sentence = 'dependency failed to start: container shop-db-1 has no healthcheck configured';
  expect(judge(healthy, container({}))).toEqual({ failed: sentence });
  expect(judge(healthy, container({}, ['NONE']))).toEqual({ failed: sentence });
  expect(judge(waited, container({}))).toEqual({ note: 'Healthy' });
  expect(judge(waited, container({ Status: 'created', Running: false }))).toBeUndefined();
  expect(judge(waited, container({ Restarting: true }))).toBeUndefined();
});

test('a declared check that has not run yet is waited for', () => {
  expect(judge(healthy, container({}, ['CMD', 'check']))).toBeUndefined();
});

test('completion counts with code 0 alone', () => {
  expect(judge(completed, container({}))).toBeUndefined();
  expect(judge(completed, exited(0))).toEqual({ note: 'Exited' });
  expect(judge(completed, exited(9))).toEqual({ failed: `service "db" didn't complete successfully: exit 9` });
});
