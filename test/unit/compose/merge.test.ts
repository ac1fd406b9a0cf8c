// Merging two documents: the general rule, the rules of rows, and lists that name each thing once.
import { describe, expect, test } from 'vitest';
import { deduplicate, mergeNodes } from '../../../src/compose/merge.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import { child, type Mapping } from '../../../src/document/node.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { mapping, plain } from './nodes.ts';

async function merged(base: string, over: string) {
  const report = createReport();
  const node = mergeNodes(await mapping(base, '/p/base.yaml'), await mapping(over, '/p/over.yaml'), { mode: 'merged', report });
  return { node: node as Mapping, report };
}

/** Two services merged, as plain values. */
async function service(base: string, over: string): Promise<unknown> {
  const { node } = await merged(`services: {web: {${base}}}`, `services: {web: {${over}}}`);
  return plain(child(child(node, 'services'), 'web')!);
}

describe('the general rule', () => {
  test.each([
    ['image: a', 'image: b', { image: 'b' }],
    ['image: a', 'image: null', { image: 'a' }],
    ['hostname: a', 'hostname: ""', { hostname: '' }],
    ['cap_add: [A, B]', 'cap_add: [B, C]', { cap_add: ['A', 'B', 'C'] }],
    ['cap_add: [A]', 'cap_add: []', { cap_add: ['A'] }],
    [
      'deploy: {mode: a, replicas: 1}',
      'deploy: {replicas: 2, endpoint_mode: b}',
      { deploy: { mode: 'a', replicas: 2, endpoint_mode: 'b' } },
    ],
    ['security_opt: ["1"]', 'security_opt: [1]', { security_opt: ['1', 1] }],
    ['x-a: {b: [1]}', 'x-a: {b: [2]}', { 'x-a': { b: [1, 2] } }],
  ])('%s, then %s', async (base, over, expected) => {
    expect(await service(base, over)).toEqual(expected);
  });

  test('types that do not fit are reported with both places', async () => {
    const { report } = await merged('services: {web: {cap_add: [A]}}', 'services: {web: {cap_add: {A: 1}}}');
    const [found] = report.all();
    expect(found).toMatchObject({ code: 'merge.type' });
    expect(found?.message).toContain('cannot override services.web.cap_add');
    expect(formatPlace(found!.span!)).toBe('/p/over.yaml:1:27');
    expect(formatPlace(found!.related[0]!.span)).toBe('/p/base.yaml:1:27');
  });

  test('what a value was merged from is remembered', async () => {
    const { node } = await merged('name: a', 'name: b');
    expect(child(node, 'name')?.origin).toMatchObject({ how: 'merged', base: { how: 'written' }, over: { how: 'written' } });
  });
});

describe('rules of attributes', () => {
  test.each([
    ['command: [a]', 'command: null', { command: null }],
    ['command: [a]', 'command: b c', { command: 'b c' }],
    ['healthcheck: {test: [CMD, a]}', 'healthcheck: {test: b, retries: 2}', { healthcheck: { test: 'b', retries: 2 } }],
    ['environment: {B: 1, A: x}', 'environment: ["A=y", C]', { environment: ['A=y', 'B=1', 'C'] }],
    ['environment: ["A=x", "B=1"]', 'environment: {A: null, D: 1.0}', { environment: ['A', 'B=1', 'D=1'] }],
    ['depends_on: [db]', 'depends_on: null', { depends_on: ['db'] }],
    ['dns: 1.1.1.1', 'dns: [8.8.8.8, 1.1.1.1]', { dns: ['1.1.1.1', '8.8.8.8'] }],
    ['build: .', 'build: {target: t}', { build: { context: '.', target: 't' } }],
    ['networks: [a]', 'networks: {a: {aliases: [x]}, b: null}', { networks: { a: { aliases: ['x'] }, b: null } }],
    ['logging: {driver: a, options: {x: "1"}}', 'logging: {driver: b}', { logging: { driver: 'b' } }],
    ['logging: {driver: a, options: {x: "1"}}', 'logging: {options: {y: "2"}}', { logging: { driver: 'a', options: { x: '1', y: '2' } } }],
    ['ulimits: {n: {soft: 1, hard: 2}}', 'ulimits: {n: 5}', { ulimits: { n: 5 } }],
    ['ulimits: {n: {soft: 1, hard: 2}}', 'ulimits: {n: {hard: 3}}', { ulimits: { n: { soft: 1, hard: 3 } } }],
    [
      'depends_on: {db: {condition: service_healthy}}',
      'depends_on: [db, c]',
      { depends_on: { db: { condition: 'service_started', required: true }, c: { condition: 'service_started', required: true } } },
    ],
  ])('%s, then %s', async (base, over, expected) => {
    expect(await service(base, over)).toEqual(expected);
  });
});

describe('lists that name each thing once', () => {
  test.each([
    ['environment: ["A=1", "B=2", "A=3"]', { environment: ['A=3', 'B=2'] }],
    ['expose: ["80", "81", 80]', { expose: [80, '81'] }],
    ['cap_add: [A, A]', { cap_add: ['A'] }],
    ['secrets: [a, {source: b, target: /run/secrets/a}]', { secrets: [{ source: 'b', target: '/run/secrets/a' }] }],
    ['ports: ["80:80", "80:80", "81:80"]', { ports: ['80:80', '81:80'] }],
    ['security_opt: [a, a]', { security_opt: ['a', 'a'] }],
  ])('%s', async (text, expected) => {
    const document = deduplicate(await mapping(`services: {web: {${text}}}`), createReport());
    expect(plain(document)).toEqual({ services: { web: expected } });
  });
});
