// The merge rules of single attributes, in their rows of the table: what a later file does to an earlier one.
import { expect, test } from 'vitest';
import { canonicalise } from '../../../../src/compose/canonical.ts';
import { deduplicate, mergeNodes } from '../../../../src/compose/merge.ts';
import { createReport } from '../../../../src/diagnostics/report.ts';
import type { Mapping } from '../../../../src/document/node.ts';
import { mapping, plain } from '../nodes.ts';

/** Two documents of one service, each canonical once it is merged, as the loader does it. */
async function merged(base: string, over: string): Promise<unknown> {
  const report = createReport();
  let document: Mapping | undefined;
  for (const text of [base, over]) {
    const next = await mapping(`services: {web: {${text}}}`);
    const both = document ? (mergeNodes(document, next, { mode: 'merged', report }) as Mapping) : next;
    document = deduplicate(canonicalise(deduplicate(both, report), { report, uninterpolated: false }), report);
  }
  expect(report.all()).toEqual([]);
  return (plain(document!) as { services: { web: unknown } }).services.web;
}

const started = { condition: 'service_started', required: true };

test.each([
  ['build: ./a', 'build: {dockerfile: D}', { build: { context: './a', dockerfile: 'D' } }],
  ['build: {context: a, args: {A: 1}}', 'build: b', { build: { context: 'b', args: { A: 1 } } }],
  [
    'depends_on: [a]',
    'depends_on: {b: {condition: service_healthy}}',
    { depends_on: { a: started, b: { ...started, condition: 'service_healthy' } } },
  ],
  ['depends_on: {a: {condition: service_healthy, required: false}}', 'depends_on: [a]', { depends_on: { a: started } }],
  [
    'depends_on: {a: {condition: service_started, required: false}}',
    'depends_on: {a: {condition: service_healthy}}',
    { depends_on: { a: { condition: 'service_healthy', required: false } } },
  ],
  ['networks: [a]', 'networks: b', { networks: { a: null, b: null } }],
  ['networks: [a]', 'networks: {a: {aliases: [x]}, b: }', { networks: { a: { aliases: ['x'] }, b: null } }],
  ['models: [a]', 'models: [b]', { models: { a: null, b: null } }],
  ['logging: {driver: a, options: {x: 1}}', 'logging: {options: {y: 2}}', { logging: { driver: 'a', options: { x: 1, y: 2 } } }],
  ['logging: {driver: a, options: {x: 1}}', 'logging: {driver: b}', { logging: { driver: 'b' } }],
  ['ulimits: {nofile: 5}', 'ulimits: {nofile: {soft: 1, hard: 2}}', { ulimits: { nofile: { soft: 1, hard: 2 } } }],
  ['ulimits: {nofile: {soft: 1, hard: 2}}', 'ulimits: {nofile: {hard: 3}}', { ulimits: { nofile: { soft: 1, hard: 3 } } }],
  ['environment: [A=1, B]', 'environment: {A: 2, C: }', { environment: { A: '2', B: null, C: null } }],
  ['command: a b', 'command: [c]', { command: ['c'] }],
  ['dns: a', 'dns: [b, a]', { dns: ['a', 'b'] }],
  [
    'env_file: a',
    'env_file: [{path: a, required: false}, b]',
    {
      env_file: [
        { path: 'a', required: false },
        { path: 'b', required: true },
      ],
    },
  ],
  [
    'volumes: ["./a:/x", "./b:/y"]',
    'volumes: ["cc:/x"]',
    expect.objectContaining({
      volumes: [expect.objectContaining({ source: 'cc', target: '/x' }), expect.objectContaining({ target: '/y' })],
    }),
  ],
  [
    'ports: ["80:80"]',
    'ports: ["0.0.0.0:80:80"]',
    { ports: [{ mode: 'ingress', host_ip: '0.0.0.0', target: 80, published: '80', protocol: 'tcp' }] },
  ],
  ['secrets: [a]', 'secrets: [{source: b, target: /run/secrets/a}]', { secrets: [{ source: 'b', target: '/run/secrets/a' }] }],
  ['devices: ["/dev/a:/dev/x"]', 'devices: ["/dev/b:/dev/x:r"]', { devices: [{ source: '/dev/b', target: '/dev/x', permissions: 'r' }] }],
])('%s, then %s', async (base, over, expected) => expect(await merged(base, over)).toEqual(expected));

/** Subnets of the pools that two files give a network. */
async function pools(base: string, over: string): Promise<readonly unknown[]> {
  const report = createReport();
  const [first, second] = await Promise.all([base, over].map(config => mapping(`networks: {n: {ipam: {config: ${config}}}}`)));
  const both = plain(mergeNodes(first!, second!, { mode: 'merged', report })) as {
    networks: { n: { ipam: { config: readonly unknown[] } } };
  };
  return both.networks.n.ipam.config;
}

test('pools of a network are matched by subnet, and later ones replace those that have no match', async () => {
  expect(await pools('[{subnet: a}]', '[{subnet: b}]')).toEqual([{ subnet: 'b' }]);
  expect(await pools('[{subnet: a, gateway: g}]', '[{subnet: a, ip_range: r}, {subnet: b}]')).toEqual([
    { subnet: 'a', gateway: 'g', ip_range: 'r' },
    { subnet: 'b' },
  ]);
  expect(await pools('[{subnet: a}]', '[]')).toEqual([{ subnet: 'a' }]);
});
