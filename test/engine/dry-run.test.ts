// Dry runs of the commands that connect to a process: the container is looked for, its name is told, and the engine stays as it is.
import { expect, test } from 'vitest';
import { createProject } from '../rig/project.ts';

const compose = 'services: {web: {image: busybox, command: sleep 1000, stop_grace_period: 0s}}\n';

test('a dry run of exec finds the container or says that none runs, and runs nothing in it', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const before = await project.fig('exec', '--dry-run', 'web', 'touch', '/made');
  expect([before.code, before.stderr]).toEqual([1, expect.stringContaining('service "web" is not running')]);
  await project.figOk('up', '-d');
  for (const flags of [[], ['-d'], ['-T']]) {
    const pretended = await project.fig('--dry-run', 'exec', ...flags, 'web', 'touch', '/made');
    expect([pretended.code, pretended.stdout]).toEqual([0, '']);
  }
  expect((await project.fig('exec', '-T', 'web', 'test', '-e', '/made')).code).toBe(1);
});

test('a dry run of run tells the name of the container that it does not make', async () => {
  const project = createProject({ 'compose.yaml': compose });
  const detached = await project.fig('--dry-run', 'run', '-d', '--name', `${project.name}-job`, 'web', 'true');
  expect([detached.code, detached.stdout]).toEqual([0, `${project.name}-job\n`]);
  const attached = await project.fig('run', '--dry-run', '--rm', 'web', 'true');
  expect([attached.code, attached.stdout]).toEqual([0, '']);
  expect(await project.daemon.containers(project.name)).toEqual([]);
});
