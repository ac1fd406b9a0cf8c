// fig and the reference take each other for themselves: a project that one made, the other leaves as it is, and can remove.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { daemonAt } from '../rig/daemon.ts';
import { createProject, freePort, type TestProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';
import { root } from '../rig/sources.ts';

beforeAll(async () => {
  await daemonAt().post('/images/busybox:latest/tag?repo=shop-base&tag=latest');
});

/** examples/shop in a folder and under a name of its own. */
async function shop(): Promise<TestProject> {
  const port = await freePort();
  const project = createProject({ '.env': `SHOP_PORT=${port}\n` });
  project.write('.env', `SHOP_PORT=${port}\nCOMPOSE_PROJECT_NAME=${project.name}\n`);
  cpSync(join(root, 'examples/shop'), project.directory, { recursive: true });
  return project;
}

describe('examples/shop', () => {
  test('comes up in order and answers on its published port', async () => {
    const project = await shop();
    const since = await project.daemon.now();
    await project.figOk('up', '-d');
    const [web] = await project.daemon.get(
      `/containers/json?filters=${encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project.name}`, 'com.docker.compose.service=web'] }))}`,
    );
    const page = await fetch(`http://127.0.0.1:${web.Ports[0].PublicPort}/`);
    expect(await page.text()).toContain('<li>Fig jam: 5.20 EUR</li>');

    const events = (await project.daemon.events(project.name, since)).map(({ service, action }) => `${service} ${action}`);
    const order = [
      'store start',
      'store health_status: healthy',
      'migrate start',
      'migrate die',
      'api start',
      'api health_status: healthy',
      'web start',
    ];
    expect(events.filter((event, index) => order.includes(event) && events.indexOf(event) === index)).toEqual(order);
  });

  test('keeps every container id on a second up', async () => {
    const project = await shop();
    await project.figOk('up', '-d');
    const before = await project.ids();
    expect(Object.keys(before)).toEqual(['api-1', 'migrate-1', 'store-1', 'web-1']);
    await project.figOk('up', '-d');
    expect(await project.ids()).toEqual(before);
  });

  test('leaves nothing after down -v', async () => {
    const project = await shop();
    await project.figOk('up', '-d');
    expect(await project.daemon.remains(project.name)).toHaveLength(7);
    await project.figOk('down', '-v');
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test.skipIf(withoutReference)('made by fig: the reference lists it, recreates nothing, and removes it whole', async () => {
    const project = await shop();
    await project.figOk('up', '-d');
    const before = await project.ids();
    const { stdout } = await project.referenceOk('ps', '-a', '--format', '{{.Service}}');
    expect(stdout.trim().split('\n').sort()).toEqual(['api', 'migrate', 'store', 'web']);
    const up = await project.referenceOk('up', '-d');
    expect(up.stderr).not.toContain('Recreate');
    expect(await project.ids()).toEqual(before);
    await project.referenceOk('down', '-v');
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test.skipIf(withoutReference)('made by the reference: fig lists it, recreates nothing, and removes it whole', async () => {
    const project = await shop();
    await project.referenceOk('up', '-d');
    const before = await project.ids();
    const { stdout } = await project.figOk('ps', '-a', '--format', '{{.Service}}');
    expect(stdout.trim().split('\n').sort()).toEqual(['api', 'migrate', 'store', 'web']);
    const up = await project.figOk('up', '-d');
    expect(up.stderr).not.toContain('Recreate');
    expect(await project.ids()).toEqual(before);
    await project.figOk('down', '-v');
    expect(await project.daemon.remains(project.name)).toEqual([]);
  });

  test.skipIf(withoutReference)('shows the same table as the reference', async () => {
    const project = await shop();
    await project.figOk('up', '-d');
    // The reference gives labels and networks in another order each time.
    const inOrder = (line: string) => {
      if (!line.startsWith('{')) return line;
      const { Labels, Networks, Mounts, ...rest } = JSON.parse(line);
      return JSON.stringify([rest, ...[Labels, Networks, Mounts].map((list: string) => list.split(',').sort())]);
    };
    const hideTimes = (text: string) => text.replace(/(?:About an?|Less than a|\d+) \w+( ago)?/g, 'a while$1').replace(/ {2,}/g, '  ');
    for (const args of [['ps'], ['ps', '-a'], ['ps', '-q'], ['ps', '--services'], ['ps', '--format', 'json'], ['port', 'web', '80']]) {
      const [ours, theirs] = [await project.figOk(...args), await project.referenceOk(...args)];
      const lines = (text: string) => hideTimes(text).trim().split('\n').map(inOrder).sort();
      expect(lines(ours.stdout), args.join(' ')).toEqual(lines(theirs.stdout));
    }
  });
});
