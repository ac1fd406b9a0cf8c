// Hashes are the reference's own. The expected ones were printed by Docker Compose 5.5.1.
import { expect, test } from 'vitest';
import { named } from '../../../src/model/named.ts';
import { modelChanges, redactedModel } from '../../../src/plan/difference.ts';
import { effectiveService, expectedHash, networkHash, serviceHash, volumeHash } from '../../../src/plan/hash.ts';
import { idOf, project, settled } from './world.ts';

test('of a bare service and its network', async () => {
  const made = await project('name: hae1\nservices:\n  web:\n    image: busybox\n');
  expect(serviceHash(made.services['web']!)).toBe('2afd7866203dca40993313263173003833e9de9c3ad83f2f59484e32a5605234');
  expect(networkHash(made.networks['default']!)).toBe('55b872d77b3e7f7dce8f9b54b587454192555d8877d9538523eddc30e4343b32');
});

test('of a volume, whose driver counts as local', async () => {
  const made = await project('name: hae3\nservices:\n  a: {image: i, volumes: [data:/d]}\nvolumes:\n  data:\n    labels: [x=y]\n');
  expect(volumeHash(made.volumes['data']!)).toBe('18550a564304a2ba64e55d4bfaf9958633ec25a205c8811441bd31e9ef2d5d7c');
});

const shared = `
name: s
services:
  a: {image: i, network_mode: "service:b", ipc: "service:b", pid: "service:b", volumes_from: ["b:ro", "container:c"]}
  b: {image: i, scale: 11}
`;

test('of a service that shares with another one carry the id of its first container by name', async () => {
  const made = await project(shared);
  const observed = settled(made);
  const effective = effectiveService(made, made.services['a']!, () => idOf('b', 1));
  expect(effective).toMatchObject({
    network_mode: `container:${idOf('b', 1)}`,
    ipc: `container:${idOf('b', 1)}`,
    pid: `container:${idOf('b', 1)}`,
    volumes_from: [idOf('b', 1), 'c'],
  });
  expect(expectedHash(made, made.services['a']!, observed)).toBe(serviceHash(effective));
});

test('of a service that shares with one that has no container are those of the text', async () => {
  const made = await project(shared);
  expect(effectiveService(made, made.services['a']!, () => undefined)).toMatchObject({
    network_mode: 'service:b',
    volumes_from: ['b:ro', 'c'],
  });
});

test('records hold no secret, tell secrets apart, and are the same each time', async () => {
  const text = `
name: r
services:
  a:
    image: i
    command: [run, --token=t0psecret, --password, hunter2, "postgres://u:pw1@db/x"]
    environment: {API_KEY: k3y, MODE: dev, EMPTY_TOKEN: ""}
`;
  const made = await project(text);
  const record = redactedModel(made, made.services['a']!);
  for (const secret of ['t0psecret', 'hunter2', 'pw1', 'k3y']) expect(record).not.toContain(secret);
  expect(record).toContain('dev');
  expect(redactedModel(made, made.services['a']!)).toBe(record);
  const other = await project(text.replace('k3y', 'k4y').replace('dev', 'prod'));
  expect(modelChanges(record, redactedModel(other, other.services['a']!))).toEqual([
    { path: 'environment.API_KEY' },
    { path: 'environment.MODE', before: 'dev', after: 'prod' },
  ]);
});

test('changes go into mappings and lists of mappings, and show lists of words whole', () => {
  const before = { command: ['a'], ports: [{ target: 80 }], labels: { __proto__x: 'a' }, gone: 'x' };
  const after = { command: ['a', 'b'], ports: [{ target: 81 }, { target: 82 }], labels: { __proto__x: 'b' } };
  expect(modelChanges(JSON.stringify(before), JSON.stringify(after))).toEqual([
    { path: 'command', before: '["a"]', after: '["a","b"]' },
    { path: 'gone', before: 'x' },
    { path: 'labels.__proto__x', before: 'a', after: 'b' },
    { path: 'ports[0].target', before: '80', after: '81' },
    { path: 'ports[1]', after: '{"target":82}' },
  ]);
});

test('a record that is none counts as empty', () => {
  expect(modelChanges('{broken', '{"image":"i"}')).toEqual([{ path: 'image', after: 'i' }]);
  expect(named([['a', 1]])).toEqual({ a: 1 });
});
