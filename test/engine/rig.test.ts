// The rig itself: what the other tests stand on must be seen working first.
import { expect, test } from 'vitest';
import { daemonAt } from '../rig/daemon.ts';
import { createProject } from '../rig/project.ts';
import { startProxy } from '../rig/proxy.ts';

test('passes a call through the proxy and writes it down', async () => {
  const proxy = await startProxy();
  expect((await daemonAt(proxy.host).get('/v1.41/version')).ApiVersion).toMatch(/^1\.\d+$/);
  expect(proxy.transcript).toEqual([{ method: 'GET', path: '/version', query: '', status: 200, hijacked: false }]);
});

test('cuts, answers and heals on the call that a rule names', async () => {
  const proxy = await startProxy();
  const daemon = daemonAt(proxy.host);
  proxy.on('GET /version', { nth: 2 }).cut();
  proxy.on('GET /info').respond(500, { message: 'made up' });
  await expect(daemon.call('GET', '/version')).resolves.toMatchObject({ status: 200 });
  await expect(daemon.call('GET', '/version')).rejects.toThrow('socket hang up');
  await expect(daemon.call('GET', '/info')).resolves.toEqual({ status: 500, text: '{"message":"made up"}' });
  proxy.on('GET /_ping').die();
  await expect(daemon.call('GET', '/_ping')).rejects.toThrow();
  await expect(daemon.call('GET', '/version')).rejects.toThrow();
  proxy.heal();
  await expect(daemon.call('GET', '/info')).resolves.toMatchObject({ status: 200 });
});

test('sweeps what a project left behind', async () => {
  const project = createProject({});
  const { daemon, name } = project;
  const Labels = { 'com.docker.compose.project': name };
  await daemon.post('/volumes/create', { Name: `${name}_data`, Labels });
  await daemon.post('/networks/create', { Name: `${name}_default`, Labels });
  await daemon.post(`/containers/create?name=${name}-web-1`, { Image: 'busybox', Cmd: ['sleep', '60'], Labels });
  expect(await daemon.remains(name)).toEqual([`container ${name}-web-1`, `network ${name}_default`, `volume ${name}_data`]);
  await daemon.sweep(name);
  expect(await daemon.remains(name)).toEqual([]);
});
