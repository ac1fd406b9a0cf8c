// Two folders of one name: fig asks, or warns, before one project takes the living containers of the other for its own.
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../rig/process.ts';
import { createProject, figPath, type TestProject } from '../rig/project.ts';
import { onTerminal } from '../rig/terminal.ts';

const service = (mode: string) => `{image: busybox, command: sleep 600, stop_grace_period: 0s, environment: {MODE: ${mode}}}`;
const here = `services:\n  web: ${service('here')}\n`;
const there = `services:\n  web: ${service('there')}\n  old: ${service('there')}\n`;

/** A project, and another folder of the same name, in which a project runs already. */
async function twoFolders(other = there): Promise<{ readonly project: TestProject; readonly elsewhere: string }> {
  const project = createProject({ 'compose.yaml': here });
  const elsewhere = `../elsewhere/${project.name}`;
  project.write(`${elsewhere}/compose.yaml`, other);
  const made = await project.figWith({ cwd: elsewhere }, 'up', '-d');
  expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining('namesake') });
  return { project, elsewhere };
}

const warned = expect.stringContaining('warning[request.namesake]');
const silent = expect.not.stringContaining('request.namesake');

describe('without a terminal', () => {
  test('up warns, names the folder and the containers, and goes on', async () => {
    const { project, elsewhere } = await twoFolders();
    const before = await project.ids();
    const told = await project.fig('up', '-d');
    expect(told).toMatchObject({ code: 0, stdout: '', stderr: warned });
    expect(told.stderr).toContain(`that of ${join(project.directory, elsewhere)}`);
    expect(told.stderr).toContain(`${project.name}-web-1 would be made anew from this folder`);
    expect(told.stderr).toContain(`${project.name}-old-1 would be left behind as an orphan`);
    const after = await project.ids();
    expect(after['web-1']).not.toBe(before['web-1']);
    expect(after['old-1']).toBe(before['old-1']);
    // What was taken over is this folder's from now on; the orphan still is the other's.
    const again = await project.fig('up', '-d');
    expect(again.stderr).toContain('old-1 would be');
    expect(again.stderr).not.toContain('web-1 would be');
  });

  test('create, run, scale and restart warn too', async () => {
    const { project } = await twoFolders();
    const told = [
      await project.fig('restart'),
      await project.fig('run', '--rm', 'web', 'true'),
      await project.fig('scale', 'web=1'),
      await project.fig('create'),
    ];
    expect(told).toEqual(told.map(() => expect.objectContaining({ code: 0, stderr: warned })));
  });

  test('FIG_PROJECT_GUARD=refuse ends the command with 1 before anything is changed', async () => {
    const { project } = await twoFolders();
    const before = await project.ids();
    const told = await project.figWith({ env: { FIG_PROJECT_GUARD: 'refuse' } }, 'up', '-d');
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('error[request.namesake-refused]') });
    expect(await project.ids()).toEqual(before);
  });

  test('a preview only warns', async () => {
    const { project } = await twoFolders();
    expect(await project.figWith({ env: { FIG_PROJECT_GUARD: 'refuse' } }, '--dry-run', 'up')).toMatchObject({ code: 0, stderr: warned });
  });
});

describe('on a terminal', () => {
  for (const [keys, code] of [
    ['y\r', 0],
    ['n\r', 1],
    ['\r', 1],
  ] as const)
    test(`the answer ${JSON.stringify(keys)} ends up with ${code}`, async () => {
      const { project } = await twoFolders();
      const before = await project.ids();
      const fig = onTerminal(project, {}, 'up', '-d');
      await fig.prints('Go on? [yN]');
      fig.type(keys);
      expect((await fig.done).code).toBe(code);
      expect((await project.ids())['web-1'] === before['web-1']).toBe(code === 1);
    });

  test('up -y does not ask', async () => {
    const { project } = await twoFolders();
    const told = await onTerminal(project, {}, 'up', '-d', '-y').done;
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('request.namesake') });
    expect(told.stdout).not.toContain('Go on?');
  });
});

describe('nothing is said', () => {
  test('where the name was chosen', async () => {
    const { project } = await twoFolders();
    expect(await project.fig('-p', project.name, 'up', '-d')).toMatchObject({ code: 0, stderr: silent });
    const named = { env: { COMPOSE_PROJECT_NAME: project.name } };
    expect(await project.figWith(named, 'up', '-d', '--force-recreate')).toMatchObject({ code: 0, stderr: silent });
    project.write('compose.yaml', `name: ${project.name}\n${here}`);
    expect(await project.fig('up', '-d', '--force-recreate')).toMatchObject({ code: 0, stderr: silent });
  });

  test('of containers that do not live', async () => {
    const { project, elsewhere } = await twoFolders();
    await project.figWith({ cwd: elsewhere }, 'stop');
    expect(await project.fig('up', '-d')).toMatchObject({ code: 0, stderr: silent });
  });

  test('where the other folder is gone, or has moved here', async () => {
    const { project, elsewhere } = await twoFolders();
    renameSync(join(project.directory, elsewhere), join(project.directory, 'moved'));
    expect(await project.fig('up', '-d')).toMatchObject({ code: 0, stderr: silent });
  });

  test('where the other folder is this one by another way', async () => {
    const project = createProject({ 'compose.yaml': there });
    mkdirSync(join(project.directory, '../ways'));
    const way = join(project.directory, '../ways', project.name);
    symlinkSync(project.directory, way);
    await project.figOk('-f', join(way, 'compose.yaml'), 'up', '-d');
    const [old] = await project.daemon.containers(project.name);
    expect(old?.labels['com.docker.compose.project.working_dir']).toBe(way);
    project.write('compose.yaml', here);
    expect(await project.fig('up', '-d')).toMatchObject({ code: 0, stderr: silent });
  });

  test('where the other folder has lost its Compose file', async () => {
    const { project, elsewhere } = await twoFolders();
    rmSync(join(project.directory, elsewhere, 'compose.yaml'));
    expect(await project.fig('up', '-d')).toMatchObject({ code: 0, stderr: silent });
  });

  test('where both folders say the same, so that nothing would change', async () => {
    const { project } = await twoFolders(here);
    const before = await project.ids();
    expect(await project.fig('up', '-d')).toMatchObject({ code: 0, stderr: silent });
    expect(await project.ids()).toEqual(before);
  });

  test('by commands that only stop and remove, or start what is there', async () => {
    const { project } = await twoFolders();
    for (const command of [['stop'], ['start'], ['pause'], ['unpause'], ['kill'], ['down', '--remove-orphans']])
      expect(await project.fig(...command)).toMatchObject({ stderr: silent });
    expect(await project.daemon.containers(project.name)).toEqual([]);
  });

  test('to who calls fig in the reference’s place', async () => {
    const { project } = await twoFolders();
    const link = join(project.directory, '../docker-compose');
    symlinkSync(figPath, link);
    const options = { cwd: project.directory, env: { ...project.environment(), FIG_PROJECT_GUARD: 'refuse' } };
    expect(await run(process.execPath, [link, 'up', '-d'], options)).toMatchObject({ code: 0, stderr: silent });
    const plugin = { env: { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: 'docker', FIG_PROJECT_GUARD: 'refuse' } };
    expect(await project.figWith(plugin, 'compose', 'up', '-d', '--force-recreate')).toMatchObject({ code: 0, stderr: silent });
  });
});
