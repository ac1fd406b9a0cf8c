// compose/references.ts: names that nobody declares, settings that exclude each other, circles.
import { expect, test } from 'vitest';
import { alignReplicas } from '../../../src/compose/references.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { complaints, load, project } from './loading.ts';

const service = (lines: string): string => `services:\n  web:\n    image: nginx\n    ${lines.replaceAll('\n', '\n    ')}\n`;

/** Code, line and message, without what every message has. */
const found = async (text: string, settings?: Parameters<typeof complaints>[1]) =>
  (await complaints(text, settings)).map(line => line.replace('/p/compose.yaml:', ''));

test.each([
  ['depends_on: [db]', 'reference.unknown-service 4:18 service "web" depends on undefined service "db"'],
  ['links: ["db:x"]', 'reference.unknown-service 4:14 service "web" depends on undefined service "db", for its links'],
  ['volumes_from: ["db:rw"]', 'reference.unknown-service 4:21 service "web" depends on undefined service "db", for its volumes_from'],
  ['network_mode: "service:db"', 'reference.unknown-service 4:28 service "web" depends on undefined service "db", for its network_mode'],
  ['networks: [front]', 'reference.unknown-network 4:16 service "web" refers to undefined network front'],
  ['volumes: ["data:/d"]', 'reference.unknown-volume 4:16 service "web" refers to undefined volume data'],
  ['configs: [c]', 'reference.unknown-config 4:15 service "web" refers to undefined config c'],
  ['secrets: [s]', 'reference.unknown-secret 4:15 service "web" refers to undefined secret s'],
  ['build: {secrets: [s]}', 'reference.unknown-secret 4:23 service "web" refers to undefined build secret s'],
  ['models: [m]', 'reference.unknown-model 4:14 service "web" refers to undefined model m'],
  [
    'build: {additional_contexts: {b: "service:nope"}}',
    'reference.unknown-service 4:47 service "web" declares unknown service "nope" as additional contexts b',
  ],
])('%s', async (lines, expected) => expect(await found(service(lines))).toEqual([expected]));

test.each([
  ['network_mode: host\nnetworks: [default]', '4:19 service web declares mutually exclusive `network_mode` and `networks`'],
  ['build: {dockerfile: D, dockerfile_inline: FROM x}', '4:25 service "web" declares mutualy exclusive dockerfile and dockerfile_inline'],
  ['platform: linux/arm64\nbuild: {platforms: [linux/amd64]}', '4:15 service.build.platforms MUST include service.platform "linux/arm64"'],
  ['scale: 2\ndeploy: {replicas: 3}', `4:12 services.web: can't set distinct values on 'scale' and 'deploy.replicas'`],
  [
    'cpus: 1\ndeploy: {resources: {limits: {cpus: "2"}}}',
    `4:11 services.web: can't set distinct values on 'cpus' and 'deploy.resources.limits.cpus'`,
  ],
  [
    'mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}',
    `4:16 services.web: can't set distinct values on 'mem_limit' and 'deploy.resources.limits.memory'`,
  ],
  [
    'pids_limit: 5\ndeploy: {resources: {limits: {pids: 6}}}',
    `4:17 services.web: can't set distinct values on 'pids_limit' and 'deploy.resources.limits.pids'`,
  ],
  ['scale: -1', '4:12 services.web.scale: must be greater than or equal to 0'],
  ['scale: 2\ncontainer_name: one', `5:21 services.web: can't set container_name and scale as container name must be unique`],
  ['tmpfs: [/d]\nvolumes: ["/x:/d"]', '5:15 services.web.volumes[0]: target /d already mounted as services.web.tmpfs[0]'],
  ['healthcheck: {test: [curl, x]}', '4:25 services.web: healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"'],
  ['develop: {watch: [{path: ., action: sync}]}', '4:23 services.web.develop.watch: target is required for non-rebuild actions'],
])('%s contradicts itself', async (lines, expected) => expect(await found(service(lines))).toEqual([`project.inconsistent ${expected}`]));

test('a limit that is not set is no other value', async () => {
  expect(await found(service('cpus: 1\nmem_limit: 1g\ndeploy: {resources: {limits: {pids: 5}}}'))).toEqual([]);
  expect(await found(service('cpus: 0.1\ndeploy: {resources: {limits: {cpus: "0.1"}}}'))).toEqual([]);
});

test('a service needs an image, a build or a provider', async () => {
  expect(await found('services:\n  web:\n    command: top\n')).toEqual([
    'project.inconsistent 2:3 service "web" has neither an image nor a build context specified',
  ]);
  expect(await found('services: {a: {build: .}, b: {provider: {type: x}}}')).toEqual([]);
});

test('a circle is shown with the place of each of its dependencies', async () => {
  const loaded = await load('services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, links: [a]}\n');
  const [cycle, ...others] = loaded.ok ? [] : loaded.diagnostics;
  expect(others).toEqual([]);
  expect(cycle?.message).toBe('dependency cycle detected: a -> b -> c -> a');
  expect(formatPlace(cycle!.span!)).toBe('/p/compose.yaml:2:30');
  expect(cycle!.related.map(({ span, message }) => `${formatPlace(span)} ${message}`)).toEqual([
    '/p/compose.yaml:3:30 "b" depends on "c"',
    '/p/compose.yaml:4:25 "c" depends on "a"',
  ]);
});

const optional =
  'services:\n  web: {image: x, depends_on: {db: {condition: service_started, required: REQUIRED}}}\n  db: {image: x, profiles: [data]}\n';

test('a dependency that is switched off is missing, unless it is optional', async () => {
  const text = optional.replace('REQUIRED', 'true');
  expect(await found(text)).toEqual([
    'reference.unknown-service 2:32 service "web" depends on undefined service "db": it is switched off, and belongs to the profile data',
  ]);
  expect(await found(text, { profiles: ['data'] })).toEqual([]);
  expect(await found(optional.replace('REQUIRED', 'false'))).toEqual([]);
});

test('services that are switched off are not looked at', async () => {
  expect(await found('services: {web: {image: x}, off: {profiles: [p], networks: [nope]}}')).toEqual([]);
});

test('two services of one container name are named together', async () => {
  const text = 'services:\n  a: {image: x, container_name: same}\n  b: {image: x, container_name: same}\n';
  const loaded = await load(text, { uniqueContainerNames: true });
  const [only, ...others] = loaded.ok ? [] : loaded.diagnostics;
  expect(others).toEqual([]);
  expect(only?.message).toBe('services.b: container name "same" is already in use by service "a"');
  expect(only?.related).toHaveLength(1);
  expect((await load(text, { uniqueContainerNames: true, services: ['b'] })).ok).toBe(true);
  expect((await load(text)).ok).toBe(true);
});

test('configs and secrets have one source', async () => {
  const text = (section: string) => `services: {web: {image: x}}\n${section}\n`;
  expect(await found(text('secrets:\n  s: {}'))).toEqual(['project.inconsistent 3:3 secrets.s: one of file|environment must be set']);
  expect(await found(text('configs:\n  c: {content: x, file: y}'))).toEqual([
    'project.inconsistent 3:3 configs.c: file|environment|content attributes are mutually exclusive',
  ]);
  expect(await found(text('secrets:\n  s: {driver: x}'))).toEqual([
    'project.inconsistent 3:3 secret "s" must declare either `file` or `environment`',
  ]);
  expect(await found(text('secrets: {s: {external: true}}\nconfigs: {c: {external: false}}'))).toEqual([]);
});

test('a source that only a later file gives is there', async () => {
  const files = { '/p/a.yaml': 'services: {web: {image: x}}\nsecrets: {s: {labels: {a: b}}}', '/p/b.yaml': 'secrets: {s: {file: x}}' };
  expect((await load(files, { files: ['/p/a.yaml', '/p/b.yaml'] })).ok).toBe(true);
});

test('a bind mount has a source, at the latest from a later file', async () => {
  const base = 'services: {web: {image: x, volumes: [{type: bind, target: /a}]}}';
  expect(await found(base)).toEqual([
    'value.invalid 1:38 services.web.volumes[0]: invalid mount config for type "bind": field Source must not be empty',
  ]);
  const files = { '/p/a.yaml': base, '/p/b.yaml': 'services: {web: {volumes: ["./x:/a"]}}' };
  expect((await load(files, { files: ['/p/a.yaml', '/p/b.yaml'] })).ok).toBe(true);
});

test('an external volume has no settings of its own', async () => {
  expect(await found('services: {web: {image: x}}\nvolumes:\n  v: {external: true, driver: local}\n')).toEqual([
    'project.inconsistent 3:23 volumes.v: conflicting parameters "external" and "driver" specified',
  ]);
});

test('what the reference takes and the engine refuses brings a warning', async () => {
  const lines = 'container_name: /web\nrestart: allways\nvolumes: ["/a:data"]\nhealthcheck: {test: x, start_interval: 1s}';
  const loaded = await load(service(lines));
  expect(loaded.ok && loaded.warnings.map(({ message }) => message)).toEqual([
    'services.web.container_name: "/web" is not a name that the engine takes',
    'services.web.restart: "allways" is not a restart policy',
    'services.web.volumes[0]: the mount target "data" is not an absolute path',
    'services.web: healthcheck.start_interval requires healthcheck.start_period to be set',
  ]);
});

test('hints name what was meant', async () => {
  const loaded = await load(
    `${service('depends_on: [databse]\nvolumes: ["src/app:/app"]\nnetworks: [fornt]')}  database: {image: x}\nnetworks: {front: }\n`,
  );
  expect(loaded.ok ? [] : loaded.diagnostics.map(({ hint }) => hint)).toEqual([
    'Write "database".',
    'Write "./src/app" for a directory of the host.',
    'Write "front".',
  ]);
});

test('an entry that is there twice is taken, where it says nothing new', async () => {
  expect(await found(`${service('extra_hosts: ["a=1.1.1.1", "a=1.1.1.1"]')}volumes: {v: {labels: [a, a]}}\n`)).toEqual([]);
});

test('scale is repeated as the replicas of deploy', async () => {
  const loaded = await project('services: {a: {image: x, scale: 2, deploy: {mode: replicated}}, b: {image: x, scale: 2}}');
  const { a, b } = alignReplicas(loaded).services;
  expect(a?.deploy?.replicas).toBe(2);
  expect(b?.deploy).toBeUndefined();
});
