// The engine's socket misbehaves while fig works: fig says what happened, and the next run brings everything in order.
import { expect, test } from 'vitest';
import { createProject, type TestProject } from '../rig/project.ts';
import { startProxy } from '../rig/proxy.ts';

const files = {
  'compose.yaml': `
services:
  store:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    volumes: ["data:/data"]
  api:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    depends_on: [store]
  web:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    depends_on: [api]
volumes:
  data:
`,
};

/** Runs up until it holds, and checks that it then changes nothing more and that exactly the three containers are there. */
async function expectSettled(project: TestProject): Promise<void> {
  await project.figOk('up', '-d');
  const containers = await project.daemon.containers(project.name);
  expect(containers.map(({ name, state }) => [name, state])).toEqual([
    [`${project.name}-api-1`, 'running'],
    [`${project.name}-store-1`, 'running'],
    [`${project.name}-web-1`, 'running'],
  ]);
  expect((await project.daemon.networks(project.name)).map(({ name }) => name)).toEqual([`${project.name}_default`]);
  expect((await project.daemon.volumes(project.name)).map(({ name }) => name)).toEqual([`${project.name}_data`]);
  const before = await project.ids();
  await project.figOk('up', '-d');
  expect(await project.ids()).toEqual(before);
}

for (const when of ['before', 'after'] as const)
  test(`says so when the engine is gone ${when} it made the second container, and settles once it is back`, async () => {
    const project = createProject(files);
    const proxy = await startProxy();
    proxy.on('POST /containers/create', { nth: 2 }).die(when);
    const result = await project.figWith({ env: { DOCKER_HOST: proxy.host }, timeoutMs: 60_000 }, 'up', '-d');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/engine|daemon/i);
    expect(result.stderr).toMatch(/connection|reached|hang up|cut/i);
    expect(result.stderr).not.toMatch(/^\s+at .*\.(?:cjs|js|ts):\d+/m);
    await expectSettled(project);
  });

test('names the service whose start the engine refused, and settles on the next run', async () => {
  const project = createProject(files);
  const proxy = await startProxy();
  proxy.on('POST /containers/*/start', { nth: 2 }).respond(500, { message: 'made up: no space left on device' });
  const result = await project.figWith({ env: { DOCKER_HOST: proxy.host }, timeoutMs: 60_000 }, 'up', '-d');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('made up: no space left on device');
  expect(result.stderr).toMatch(/\bapi\b/);
  const running = (await project.daemon.containers(project.name)).filter(({ state }) => state === 'running');
  expect(running.map(({ service }) => service)).toEqual(['store']);
  proxy.heal();
  await expectSettled(project);
});
