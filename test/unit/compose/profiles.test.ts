// Profiles and selection: what takes part.
import { describe, expect, test } from 'vitest';
import { complaints, load, project, type Settings } from './loading.ts';

const text = `
services:
  web: {image: w, depends_on: [api], networks: [front], volumes: ["data:/d"], secrets: [s], configs: [c]}
  api: {image: a, depends_on: {db: {condition: service_started}, cache: {condition: service_started, required: false}}}
  db: {image: d}
  cache: {image: c, profiles: [fast]}
  tools: {image: t, profiles: [debug, dev], depends_on: [db]}
  probe: {image: p, profiles: [debug]}
networks: {front: {}, unused: {}}
volumes: {data: {}, unused: {}}
secrets: {s: {environment: S}, unused: {environment: S}}
configs: {c: {content: x}, unused: {content: x}}
`;

async function active(settings: Settings): Promise<readonly string[]> {
  return Object.keys((await project(text, settings)).services).sort();
}

describe('profiles', () => {
  test('services without profiles always take part, the others with theirs', async () => {
    expect(await active({})).toEqual(['api', 'db', 'web']);
    expect(await active({ profiles: ['debug'] })).toEqual(['api', 'db', 'probe', 'tools', 'web']);
    expect(await active({ profiles: ['*'] })).toHaveLength(6);
    expect(await active({ environment: { COMPOSE_PROFILES: 'dev, fast' } })).toEqual(['api', 'cache', 'db', 'tools', 'web']);
  });

  test('the empty profile is on where none is asked for, and where a comma of COMPOSE_PROFILES leaves it', async () => {
    const withEmpty =
      'services: {a: {image: x, profiles: ["${P:-}"]}, b: {image: x, profiles: [p, "a b", ""]}, c: {image: x, profiles: [p]}}';
    const on = async (settings: Settings) => Object.keys((await project(withEmpty, settings)).services).sort();
    expect(await on({})).toEqual(['a', 'b']);
    expect(await on({ environment: { COMPOSE_PROFILES: ' ' } })).toEqual(['a', 'b']);
    expect(await on({ environment: { COMPOSE_PROFILES: 'other,' } })).toEqual(['a', 'b']);
    expect(await on({ environment: { COMPOSE_PROFILES: 'other' } })).toEqual([]);
    expect(await on({ profiles: ['p'] })).toEqual(['b', 'c']);
  });

  test('services that are off are known, and all profiles are', async () => {
    const loaded = await load(text);
    if (!loaded.ok) throw new Error('not loaded');
    expect(Object.keys(loaded.project.disabledServices)).toEqual(['cache', 'tools', 'probe']);
    expect(loaded.knownProfiles).toEqual(['debug', 'dev', 'fast']);
  });
});

describe('selection', () => {
  test('a service comes with what it depends on', async () => {
    expect(await active({ services: ['api'] })).toEqual(['api', 'db']);
    expect(await active({ services: ['web'], withoutDependencies: true })).toEqual(['web']);
  });

  test('a named service has its profiles switched on, for optional dependencies too', async () => {
    expect(await active({ services: ['tools'] })).toEqual(['db', 'tools']);
    expect(await active({ services: ['cache', 'api'] })).toEqual(['api', 'cache', 'db']);
  });

  test('dependencies on services left out are dropped, and those are off', async () => {
    const found = await project(text, { services: ['web'], withoutDependencies: true });
    expect(found.services['web']?.depends_on).toEqual({});
    expect(Object.keys(found.disabledServices).sort()).toEqual(['api', 'cache', 'db', 'probe', 'tools']);
  });

  test('names may be patterns', async () => {
    expect(await active({ services: ['[ad]*'], withoutDependencies: true })).toEqual(['api', 'db']);
    expect(await active({ services: ['?b'] })).toEqual(['db']);
  });

  test('an unknown name is refused', async () => {
    expect(await complaints(text, { services: ['wbe', 'db'] })).toEqual(['request.unknown-service - no such service: wbe']);
  });
});

describe('resources', () => {
  const keys = async (settings: Settings) => {
    const { networks, volumes, secrets, configs } = await project(text, { environment: { S: 'x' }, ...settings });
    return [networks, volumes, secrets, configs].map(resources => Object.keys(resources).sort());
  };

  test('what no active service uses is dropped', async () => {
    expect(await keys({})).toEqual([['default', 'front'], ['data'], ['s'], ['c']]);
    expect(await keys({ services: ['db'] })).toEqual([['default'], [], [], []]);
  });

  test('all are kept where asked for', async () => {
    expect(await keys({ allResources: true })).toEqual([
      ['default', 'front', 'unused'],
      ['data', 'unused'],
      ['s', 'unused'],
      ['c', 'unused'],
    ]);
  });
});
