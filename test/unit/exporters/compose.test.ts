// A project printed as the reference prints it, and the bytes of hashes.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { normalise } from '../../../src/compose/normalise.ts';
import { toProject } from '../../../src/compose/project.ts';
import { createReport } from '../../../src/diagnostics/report.ts';
import type { Mapping } from '../../../src/document/node.ts';
import { parseDocuments } from '../../../src/document/parse.ts';
import {
  composeJson,
  composeYaml,
  documentJson,
  documentYaml,
  networkJson,
  serviceJson,
  volumeJson,
} from '../../../src/exporters/compose.ts';
import { named } from '../../../src/model/named.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Service } from '../../../src/model/service.ts';
import { hashes, json, yaml } from './recorded.ts';

async function document(text: string): Promise<Mapping> {
  const report = createReport();
  const [made] = await parseDocuments({ path: 'compose.yaml', text }, report);
  expect(report.all()).toEqual([]);
  return made as Mapping;
}

async function project(text: string): Promise<Project> {
  const report = createReport();
  const facts = {
    name: 'shop',
    nameFrom: 'file',
    directory: '/',
    files: [],
    envFiles: [],
    environment: named<string>(),
    profiles: [],
  } as const;
  const made = toProject(await document(text), facts, report);
  expect(report.all()).toEqual([]);
  return made;
}

const service = async (text: string) => (await project(`services:\n  a: {${text}}\n`)).services['a'] as Service;

describe('a project that uses most attributes', () => {
  let shop: Project;
  beforeAll(async () => {
    shop = await project(yaml.replaceAll('$$', '$'));
  });

  test('is printed as YAML byte for byte', () => {
    expect(composeYaml(shop)).toBe(yaml);
  });

  test('is printed as JSON byte for byte', () => {
    expect(composeJson(shop)).toBe(json);
  });

  test.each(Object.entries(hashes))('gives the bytes of the hash of %s', (name, hash) => {
    const made = shop.services[name];
    expect(made && createHash('sha256').update(serviceJson(made)).digest('hex')).toBe(hash);
  });
});

describe('the bytes of a hash', () => {
  test.each([
    ['image: b', '{"command":null,"entrypoint":null,"image":"b"}'],
    ['image: b, networks: {default: {}}', '{"command":null,"entrypoint":null,"image":"b","networks":{"default":{}}}'],
    ['ulimits: {core: 0, msgqueue: -1}', '{"command":null,"entrypoint":null,"ulimits":{"core":{},"msgqueue":-1}}'],
    ['deploy: {replicas: 3}, scale: 2, profiles: [p]', '{"command":null,"deploy":{"resources":{},"placement":{}},"entrypoint":null}'],
    ['build: {context: /}, pull_policy: build, depends_on: {}', '{"command":null,"entrypoint":null}'],
    ['labels: {a: <&>, "10": "\\u2028"}', '{"command":null,"entrypoint":null,"labels":{"10":"\\u2028","a":"\\u003c\\u0026\\u003e"}}'],
    ['models: {m: }, x-a: 1', '{"command":null,"entrypoint":null,"models":{"m":null}}'],
    ['cpus: 0.25, mem_swappiness: 10', '{"cpus":0.25,"command":null,"entrypoint":null,"mem_swappiness":"10"}'],
    ['environment: {__proto__: x, "10": y, "9": }', '{"command":null,"entrypoint":null,"environment":{"10":"y","9":null,"__proto__":"x"}}'],
  ])('of {%s}', async (text, wanted) => {
    expect(serviceJson(await service(text))).toBe(wanted);
  });

  test('of networks and volumes', () => {
    expect(networkJson({ name: 'n', ipam: { config: [{ subnet: '10.0.0.0/8' }] }, enable_ipv6: false })).toBe(
      '{"name":"n","ipam":{"config":[{"subnet":"10.0.0.0/8"}]},"enable_ipv6":false}',
    );
    expect(networkJson({ name: 'n' })).toBe('{"name":"n","ipam":{}}');
    expect(volumeJson({ name: 'v' })).toBe('{"name":"v","driver":"local"}');
    expect(volumeJson({ name: 'v', driver: 'nfs', driver_opts: named([['o', 'ro']]) })).toBe(
      '{"name":"v","driver":"nfs","driver_opts":{"o":"ro"}}',
    );
  });
});

test('what came from a variable is printed as the variable, and secrets never', async () => {
  const made = await project(
    'configs:\n  c: {content: shown}\n  e: {environment: E, content: hidden}\nsecrets:\n  s: {environment: E, content: hidden}\n',
  );
  const withValues = { ...made, secrets: named([['s', { ...made.secrets['s'], value: 'hidden' }]]) };
  expect(composeYaml(withValues)).toContain('content: shown');
  expect(composeYaml(withValues) + composeJson(withValues)).not.toContain('hidden');
});

test('models are in YAML only, as in the reference', async () => {
  const made = await project('models:\n  m: {model: ai, context_size: 0}\n');
  expect(composeYaml(made)).toBe('name: shop\nservices: {}\nmodels:\n  m:\n    model: ai\n');
  expect(composeJson(made)).toBe('{\n  "name": "shop",\n  "services": {}\n}');
});

test('keys of an agent are printed as the reference prints them', async () => {
  const made = await project('services:\n  a: {build: {ssh: {default: , k: /key}}}\n');
  expect(composeYaml(made)).toContain("      ssh:\n        - default\n        - 'k: /key'\n");
  expect(JSON.parse(composeJson(made))).toMatchObject({ services: { a: { build: { ssh: ['default', 'k: /key'] } } } });
});

test('a list of variables of which none is left is null in the JSON of a document, and a list in its YAML', async () => {
  const text = 'services: {a: {build: {context: ., args: [X]}, environment: [], labels: []}}';
  const made = normalise(await document(text), { projectName: 'p', environment: named(), report: createReport() });
  const { services } = JSON.parse(documentJson(made));
  expect(services.a).toMatchObject({ build: { args: null }, environment: null, labels: [] });
  expect(documentYaml(made)).toMatch(/args: \[\][\s\S]*environment: \[\]/);
});

test('a document is printed as it is, with sorted keys and single dollars', async () => {
  const made = await document('services:\n  b: {image: "$X", ports: ["${P}:80"]}\n  a: {command: 010}\n');
  expect(documentYaml(made)).toBe('services:\n  a:\n    command: 8\n  b:\n    image: $X\n    ports:\n      - ${P}:80\n');
  expect(documentJson(made)).toBe(
    '{\n  "services": {\n    "a": {\n      "command": 8\n    },\n    "b": {\n      "image": "$X",\n      "ports": [\n        "${P}:80"\n      ]\n    }\n  }\n}',
  );
});
