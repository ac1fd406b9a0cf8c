// Names and labels that make fig and the reference see the same project.
import { describe, expect, test } from 'vitest';
import {
  containerName,
  defaultImageName,
  dependsOnFromLabel,
  dependsOnLabel,
  displayName,
  oneOffName,
  temporaryName,
} from '../../../src/model/identity.ts';
import { isSecretName, replaceUrlPasswords } from '../../../src/model/secrets.ts';
import { project } from '../compose/loading.ts';

const text = 'name: shop\nservices:\n  web: {image: i, container_name: fixed}\n  api: {build: ., depends_on: [web]}\n';

describe('names', () => {
  test('are made of project, service and number, or given', async () => {
    const { services, ...rest } = await project(text);
    const made = { services, ...rest };
    expect(containerName(made, services['api']!, 2)).toBe('shop-api-2');
    expect(containerName(made, services['web']!, 1)).toBe('fixed');
    expect(oneOffName(made, services['api']!, 'abcdef0123456789')).toBe('shop-api-run-abcdef012345');
    expect(defaultImageName(made, services['api']!)).toBe('shop-api');
    expect(temporaryName('0123456789abcdef', 'shop-api-1')).toBe('0123456789ab_shop-api-1');
  });

  test('are joined by underscores for compatibility', async () => {
    const made = { ...(await project(text)), compatibility: true };
    expect(containerName(made, made.services['api']!, 1)).toBe('shop_api_1');
    expect(defaultImageName(made, made.services['api']!)).toBe('shop_api');
  });

  test('are shown without the project where they are the default ones', () => {
    const shop = { name: 'shop' };
    expect(displayName(shop, { name: 'shop-api-1', service: 'api', number: 1 })).toBe('api-1');
    expect(displayName(shop, { name: 'shop-api-2', service: 'api', number: 1 })).toBe('shop-api-2');
    expect(displayName(shop, { name: 'fixed', service: 'web', number: 1 })).toBe('fixed');
  });
});

describe('the label depends_on', () => {
  test('is sorted, and leaves out optional services that do not take part', async () => {
    const made = await project(`
name: d
services:
  a:
    image: i
    depends_on:
      c: {condition: service_healthy, restart: true}
      b: {condition: service_started}
      gone: {condition: service_started, required: false}
  b: {image: i}
  c: {image: i, healthcheck: {test: "true"}}
  gone: {image: i, profiles: [p]}
`);
    expect(dependsOnLabel(made, made.services['a']!)).toBe('b:service_started:false,c:service_healthy:true');
    expect(dependsOnLabel(made, made.services['b']!)).toBe('');
  });

  test('is read back in any order, old forms too', () => {
    expect(dependsOnFromLabel('c:service_healthy:false,b')).toEqual({
      b: { condition: 'service_started', restart: true, required: false },
      c: { condition: 'service_healthy', restart: false, required: false },
    });
    expect(dependsOnFromLabel('')).toEqual({});
  });
});

describe('secrets', () => {
  test.each(['PASSWORD', 'DB_PASS', 'apiToken', 'AWS_SECRET_ACCESS_KEY', 'SENTRY_DSN', 'db.password', 'PGPASSWORD'])('%s holds one', name =>
    expect(isSecretName(name)).toBe(true),
  );
  test.each(['MODE', 'secrets', 'PATH'])('%s holds none', name => expect(isSecretName(name)).toBe(false));

  test('stand in URLs', () => {
    expect(replaceUrlPasswords('x postgres://u:hunter2@db/x y', () => '#')).toBe('x postgres://u:#@db/x y');
    expect(replaceUrlPasswords('http://host:80/a@b', () => '#')).toBe('http://host:80/a@b');
  });
});
