// compose/canonical.ts and the rows it reads: short forms become long forms.
import { expect, test } from 'vitest';
import { canonicalise } from '../../../src/compose/canonical.ts';
import { fillDefaults } from '../../../src/compose/defaults.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { originSpan } from '../../../src/source/origin.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { canonical, canonicalDocument } from './attributes/forms.ts';
import { mapping } from './nodes.ts';

test.each([
  ['build: ./app', { build: { context: './app' } }],
  ['build: {dockerfile: D}', { build: { dockerfile: 'D', context: '.' } }],
  ['build: {args: [A, B=1, "C="]}', { build: { args: { A: null, B: '1', C: '' }, context: '.' } }],
  ['build: {ssh: [default, k=./p]}', { build: { ssh: { default: null, k: './p' }, context: '.' } }],
  ['build: {additional_contexts: [a=./b]}', { build: { additional_contexts: { a: './b' }, context: '.' } }],
  ['build: {provenance: true, sbom: mode=max}', { build: { provenance: 'true', sbom: 'mode=max', context: '.' } }],
  ['build: {secrets: [s], no_cache_filter: x}', { build: { secrets: [{ source: 's' }], no_cache_filter: ['x'], context: '.' } }],
  ['depends_on: [db]', { depends_on: { db: { condition: 'service_started', required: true } } }],
  ['depends_on: {db: {condition: service_healthy}}', { depends_on: { db: { condition: 'service_healthy', required: true } } }],
  ['env_file: a.env', { env_file: [{ path: 'a.env', required: true }] }],
  [
    'env_file: [a, {path: b, required: false}]',
    {
      env_file: [
        { path: 'a', required: true },
        { path: 'b', required: false },
      ],
    },
  ],
  ['label_file: a', { label_file: ['a'] }],
  ['environment: [A, B=1, C=x=y]', { environment: { A: null, B: '1', C: 'x=y' } }],
  ['labels: [a, b=c]', { labels: { a: '', b: 'c' } }],
  ['annotations: [a=b]', { annotations: { a: 'b' } }],
  ['sysctls: [net.x=1]', { sysctls: { 'net.x': '1' } }],
  ['networks: [front, back]', { networks: { front: null, back: null } }],
  ['models: [m]', { models: { m: null } }],
  ['dns: 1.1.1.1', { dns: ['1.1.1.1'] }],
  ['dns: ["", 1.1.1.1]', { dns: ['1.1.1.1'] }],
  ['dns_search: a', { dns_search: ['a'] }],
  ['tmpfs: /t', { tmpfs: ['/t'] }],
  ['devices: [/dev/a]', { devices: [{ source: '/dev/a', target: '/dev/a', permissions: 'rwm' }] }],
  ['devices: ["/dev/a:/dev/b:r"]', { devices: [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }] }],
  ['gpus: all', { gpus: [{ count: 'all' }] }],
  ['gpus: [{driver: x}]', { gpus: [{ driver: 'x', count: 'all' }] }],
  ['gpus: [{device_ids: [a], options: [a=b]}]', { gpus: [{ device_ids: ['a'], options: { a: 'b' } }] }],
  [
    'secrets: [s, {source: t, target: x}]',
    {
      secrets: [
        { source: 's', target: '/run/secrets/s' },
        { source: 't', target: 'x' },
      ],
    },
  ],
  ['configs: [c]', { configs: [{ source: 'c' }] }],
  ['build: {args: ["A ", B=1]}', { build: { context: '.', args: { 'A ': null, B: '1' } } }],
  ['healthcheck: {test: curl x}', { healthcheck: { test: ['CMD-SHELL', 'curl x'] } }],
  ['develop: {watch: [{path: a, ignore: b, include: [c]}]}', { develop: { watch: [{ path: 'a', ignore: ['b'], include: ['c'] }] } }],
])('%s', async (attributes, expected) => {
  const { service, messages } = await canonical(attributes);
  expect(messages).toEqual([]);
  expect(service).toEqual(expected);
});

test.each([
  ['devices: ["a:b:c:d"]', 'services.web.devices[0]: confusing device mapping, please use long syntax: a:b:c:d'],
  ['build: {ssh: [k]}', 'services.web.build.ssh[0]: invalid ssh key "k"'],
  ['build: {additional_contexts: [a]}', 'services.web.build.additional_contexts[0]: invalid value a, expected key=value'],
  ['environment: ["A =1"]', 'services.web.environment[0]: environment variable A  is declared with a trailing space'],
  ['build: {args: ["A =1"]}', 'services.web.build.args[0]: environment variable A  is declared with a trailing space'],
  ['labels: [2020-01-01]', 'services.web.labels[0]: 2020-01-01 is a date, not a text'],
  ['gpus: [{count: 1, device_ids: [a]}]', 'services.web.gpus[0]: "count" and "device_ids" attributes are exclusive'],
  ['develop: {watch: [{path: ""}]}', "services.web.develop.watch[0].path: value can't be blank"],
  ['ulimits: [nofile=5]', 'services.web.ulimits: must be a mapping, not a list'],
  ['expose: [1.5]', 'services.web.expose[0]: unsupported expose value 1.5'],
])('%s is refused', async (attributes, message) => {
  expect((await canonical(attributes)).messages).toEqual([message]);
});

test.each([
  ['environment: {DB_PASSWORD: 0123}', 'services.web.environment.DB_PASSWORD: the value is not a text, and becomes another'],
  ['environment: {A: 1.10}', 'services.web.environment.A: 1.10 is not a text, and becomes "1.1"'],
  ['environment: {A: 2024-05-01}', 'services.web.environment.A: 2024-05-01 is not a text, and becomes "2024-05-01 00:00:00 +0000 UTC"'],
  ['labels: {a: 010}', 'services.web.labels.a: 010 is not a text, and becomes "8"'],
  ['secrets: [{source: s, mode: 444}]', 'services.web.secrets[0].mode: mode 444 is a decimal number, in octal 0674'],
  ['healthcheck: {test: NONE}', 'services.web.healthcheck.test: the text NONE runs a command of that name'],
  ['mem_limit: 10.5', 'services.web.mem_limit: 10.5 is not a whole number of bytes, and has no effect'],
])('%s brings a warning', async (attributes, message) => {
  expect((await canonical(attributes)).messages).toEqual([message]);
});

test('values that mean what they look like bring no warning', async () => {
  const { messages } = await canonical('environment: {A: 1, B: true, C: "1.10", D: 1.5}\nsecrets: [{source: s, mode: 0444}]');
  expect(messages).toEqual([]);
});

test('the old form of an external name becomes name, with a warning', async () => {
  const { document, messages } = await canonicalDocument('networks: {n: {external: {name: real}}}');
  expect(document).toEqual({ networks: { n: { external: true, name: 'real' } } });
  expect(messages).toEqual(['networks.n: external.name is deprecated. Please set name and external: true']);
});

test('another name beside external.name is refused', async () => {
  const { messages } = await canonicalDocument('volumes: {v: {external: {name: a}, name: b}}');
  expect(messages).toEqual(['volumes.v: name and external.name conflict; only use name']);
});

test('a device in long form without a target has that of its source', async () => {
  expect((await canonical('devices: [{source: /dev/a}]')).service).toEqual({ devices: [{ source: '/dev/a', target: '/dev/a' }] });
});

test('version is gone', async () => {
  expect((await canonicalDocument('version: "3"\nservices: {}\n')).document).toEqual({ services: {} });
});

test('texts that are decoded later stay texts while variables are not put in', async () => {
  const { service, messages } = await canonical(
    'environment: [A, "B=${X}"]\nhealthcheck: {test: "${T}"}\ntmpfs: ${D}\nextra_hosts: ["${H}"]',
    true,
  );
  expect(service).toEqual({ environment: ['A', 'B=${X}'], healthcheck: { test: '${T}' }, tmpfs: '${D}', extra_hosts: ['${H}'] });
  expect(messages).toEqual([]);
});

test('values of a type that the attribute does not take are left to validation', async () => {
  const attributes =
    'build: []\nports: x\ndepends_on: 5\nnetworks: 1\nsecrets: {}\nvolumes: 3\ngpus: 2\nenvironment: x\nextra_hosts: 1\nenv_file: 7';
  const { messages } = await canonical(attributes);
  expect(messages).toEqual([]);
});

test('running twice changes nothing', async () => {
  const text =
    'services: {web: {ports: ["80-81"], volumes: ["./a:/b:ro"], build: ., environment: [A], depends_on: [b], extra_hosts: ["a:1"], dns: x, healthcheck: {test: y}}}';
  const options = { report: createReport(), uninterpolated: false };
  const once = fillDefaults(canonicalise(await mapping(text), options));
  expect(fillDefaults(canonicalise(once, options))).toEqual(once);
});

test('what a short form becomes points at the short form', async () => {
  const report = createReport();
  const made = canonicalise(await mapping('services:\n  web:\n    environment:\n      - A=1\n'), { report, uninterpolated: false });
  const environment = [...made.entries.values()][0]!.value;
  const entry = environment.kind === 'mapping' && environment.entries.get('web')?.value;
  const leaf = entry && entry.kind === 'mapping' && entry.entries.get('environment')?.value;
  const value = leaf && leaf.kind === 'mapping' ? leaf.entries.get('A') : undefined;
  expect(value?.keySpan && formatPlace(value.keySpan)).toBe('/p/compose.yaml:4:9');
  expect(value && formatPlace(originSpan(value.value.origin)!)).toBe('/p/compose.yaml:4:9');
});
