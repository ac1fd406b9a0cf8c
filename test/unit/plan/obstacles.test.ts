// What stands against an `up` is found before anything is done, all of it, with its place.
import { describe, expect, test } from 'vitest';
import { obstacles } from '../../../src/plan/planners.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { fresh, project, settled, up } from './world.ts';

const text = `
name: o
services:
  a: {image: i, container_name: same, scale: 1, networks: [outside]}
  b: {image: i, volumes: [gone:/g]}
networks:
  outside: {external: true, name: lan}
volumes:
  gone: {external: true}
`;

test('names external resources that are absent and container names that several replicas want', async () => {
  const loaded = await project(text);
  const made = { ...loaded, services: { ...loaded.services, a: { ...loaded.services['a']!, scale: 2 } } };
  const found = obstacles(up, made, fresh(made)).map(({ message, span }) => `${span && formatPlace(span)} ${message}`);
  expect(found).toEqual([
    '/p/compose.yaml:4:33 WARNING: The "a" service is using the custom container name "same". Docker requires each container to have a unique name. Remove the custom name to scale the service',
    '/p/compose.yaml:7:12 network lan declared as external, but could not be found',
    '/p/compose.yaml:9:9 external volume "gone" not found',
  ]);
});

test('finds external resources by name', async () => {
  const made = await project(text);
  expect(obstacles(up, made, settled(made))).toEqual([]);
});

test('refuses what the engine is too old for', async () => {
  const made = await project(`
name: o
services:
  a: {image: i, volumes: [{type: image, source: k, target: /k}], networks: {default: {interface_name: eth7}}}
`);
  expect(obstacles(up, made, fresh(made)).map(({ code, message }) => `${code} ${message}`)).toEqual([
    'engine.too-old volume with type=image require Docker Engine v28 or later',
    'engine.too-old interface_name requires Docker Engine v28.1 or later',
  ]);
  expect(obstacles(up, made, { ...fresh(made), apiVersion: '1.49' })).toEqual([]);
});

describe('waiting for the health of a service whose check is switched off', () => {
  const waiting = (more: { readonly check?: string; readonly required?: boolean; readonly scale?: number } = {}) => {
    const { check = '{disable: true}', required = true, scale = 1 } = more;
    return project(`
name: o
services:
  web: {image: i, scale: ${scale}, depends_on: {db: {condition: service_healthy, required: ${required}}}}
  db: {image: i, healthcheck: ${check}}
`);
  };

  test.each(['{disable: true}', '{test: ["NONE"]}'])('is refused, since it cannot end well: %s', async check => {
    const made = await waiting({ check });
    expect(obstacles(up, made, fresh(made)).map(({ code, message, span }) => `${code} ${span && formatPlace(span)} ${message}`)).toEqual([
      'execute.dependency-failed /p/compose.yaml:4:46 dependency failed to start: container o-db-1 has no healthcheck configured',
    ]);
  });

  test('is not refused where the check is on or left to the image, where nobody waits, or where it may fail', async () => {
    const free = [await waiting({ check: '{interval: 1s}' }), await waiting({ required: false }), await waiting({ scale: 0 })];
    for (const made of free) expect(obstacles(up, made, fresh(made))).toEqual([]);
  });

  test('is not refused where nothing is started, or containers from before stay as they are', async () => {
    const made = await waiting();
    expect(obstacles({ ...up, start: false }, made, fresh(made))).toEqual([]);
    expect(obstacles({ ...up, recreate: 'never', recreateDependencies: 'never' }, made, fresh(made))).toEqual([]);
  });
});

test('start and restart refuse services that the project does not have, as the reference does; other commands pass over them', async () => {
  const made = await project(text);
  const said = (kind: 'start' | 'restart' | 'stop') => {
    const intent = { kind, services: ['nope'], wait: false, withDependents: true };
    return obstacles(intent, made, settled(made)).map(({ code, message }) => `${code} ${message}`);
  };
  expect(said('start')).toEqual(['request.unknown-service no such service: "nope": not found']);
  expect(said('restart')).toEqual(['request.unknown-service no such service: nope']);
  expect(said('stop')).toEqual([]);
});
