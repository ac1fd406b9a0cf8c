// execute/operations/building.ts: what the buildx plugin is told.
import { expect, test } from 'vitest';
import { type BuildRequest, buildxArguments } from '../../../src/execute/operations/building.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';

const project: Project = {
  name: 'shop',
  nameFrom: 'flag',
  directory: '/shop',
  files: [],
  envFiles: [],
  environment: named(),
  profiles: [],
  services: named([['base', { name: 'base', command: null, entrypoint: null, build: { context: '/shop/base' } }]]),
  disabledServices: named(),
  networks: named(),
  volumes: named(),
  secrets: named([
    ['token', { environment: 'TOKEN', value: 'swordfish' }],
    ['key', { file: '/shop/key' }],
  ]),
  configs: named(),
  models: named(),
  extensions: named(),
  origins: { at: () => undefined },
};
const settings = { pluginDirectories: [], configDirectory: '/nowhere', environment: named<string>() };

const request = (build: BuildRequest['build']): BuildRequest => ({
  service: 'web',
  build,
  context: build.context ?? '/shop',
  tags: ['shop-web'],
  args: [['A', '1']],
  labels: [['l', 'v']],
  platforms: [],
});

test('a plain build loads its image under its tag', () => {
  expect(buildxArguments(request({ context: '/shop/web', dockerfile: 'Dockerfile' }), project, settings)).toEqual([
    'build',
    '--progress=plain',
    '--load',
    '--tag',
    'shop-web',
    '--file',
    '/shop/web/Dockerfile',
    '--build-arg',
    'A=1',
    '--label',
    'l=v',
    '/shop/web',
  ]);
});

test('secrets are named, and none of their values is among the arguments', () => {
  const args = buildxArguments(request({ secrets: [{ source: 'token' }, { source: 'key', target: 'id' }] }), project, settings);
  expect(args).toContain('id=token,env=TOKEN');
  expect(args).toContain('id=id,src=/shop/key');
  expect(args.join(' ')).not.toContain('swordfish');
});

test('the context of another service is its image', () => {
  const args = buildxArguments(
    request({
      additional_contexts: named([
        ['base', 'service:base'],
        ['docs', '/docs'],
      ]),
    }),
    project,
    settings,
  );
  expect(args.filter((_, index) => args[index - 1] === '--build-context')).toEqual(['base=docker-image://shop-base', 'docs=/docs']);
});

test('an inline Dockerfile comes by standard input, and a remote context keeps its own path', () => {
  expect(buildxArguments(request({ dockerfile_inline: 'FROM x' }), project, settings)).toEqual(expect.arrayContaining(['--file', '-']));
  const remote = buildxArguments(request({ context: 'https://git.example/x.git', dockerfile: 'd/Dockerfile' }), project, settings);
  expect(remote).toEqual(expect.arrayContaining(['--file', 'd/Dockerfile']));
});

test('flags of the command win over the file', () => {
  const args = buildxArguments(request({ provenance: 'true', extra_hosts: ['a=1.2.3.4'] }), project, {
    ...settings,
    provenance: 'false',
    noCache: true,
    push: true,
  });
  expect(args).toEqual(expect.arrayContaining(['--push', '--no-cache', '--provenance', 'false', '--add-host', 'a:1.2.3.4']));
  expect(args).not.toContain('--load');
});

test('all that a build section says goes to buildx, in a fixed order', () => {
  const build: BuildRequest['build'] = {
    context: '/shop/web',
    dockerfile: 'Dockerfile',
    entitlements: ['network.host'],
    provenance: 'true',
    sbom: 'true',
    ssh: [{ id: 'default', path: '' }],
    cache_from: ['a'],
    cache_to: ['b'],
    no_cache: true,
    no_cache_filter: ['stage'],
    pull: true,
    extra_hosts: ['one=192.0.2.1'],
    network: 'host',
    target: 'final',
    shm_size: 1024,
    ulimits: named([['nofile', { soft: 1, hard: 2 }]]),
    privileged: true,
  };
  const flags = buildxArguments({ ...request(build), platforms: ['linux/amd64'] }, project, settings).slice(11, -1);
  expect(flags.join(' ')).toBe(
    '--target final --platform linux/amd64 --network host --add-host one:192.0.2.1 --cache-from a --cache-to b --no-cache-filter stage ' +
      '--ssh default --allow network.host --allow security.insecure --shm-size 1024 --ulimit nofile=1:2 --provenance true --sbom true ' +
      '--no-cache --pull',
  );
});
