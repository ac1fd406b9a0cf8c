// The corpus of real projects with the reference's answers, where it lies beside the repository: read, typed and printed in this process,
// without the command line. That the whole program answers alike is the corpus's own compare script's to say.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toProject } from '../../src/compose/project.ts';
import { createReport } from '../../src/diagnostics/report.ts';
import { child, type Mapping } from '../../src/document/node.ts';
import { parseDocuments } from '../../src/document/parse.ts';
import { composeJson, composeYaml, networkJson, serviceJson, volumeJson } from '../../src/exporters/compose.ts';
import { named } from '../../src/model/named.ts';
import type { Network, Volume } from '../../src/model/resources.ts';
import type { Service } from '../../src/model/service.ts';

const shared = new URL('../../../shared/', import.meta.url).pathname;
const corpus = join(shared, 'corpus', 'visible');
const fixtures = join(shared, 'hash', 'fixtures.json');
const isAbsent = !existsSync(corpus) || !existsSync(fixtures);
if (isAbsent) process.stderr.write('corpus.test.ts: no corpus beside the repository, so its cases are left out\n');

const cases = isAbsent ? [] : readdirSync(corpus).filter(name => existsSync(join(corpus, name, 'expected.yaml')));

/** The file of a case with the folder in which it was recorded, which is part of line lengths and hashes. */
function answer(name: string, file: string): string | undefined {
  const path = join(corpus, name, file);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8').replaceAll('${CASE_DIR}', () => `/tmp/fig-corpus/${name}`);
}

async function projectOf(text: string) {
  const report = createReport();
  const [document] = await parseDocuments({ path: 'expected.yaml', text }, report);
  const name = child(document, 'name');
  const facts = {
    name: name?.kind === 'scalar' ? name.text : '',
    nameFrom: 'file',
    directory: '/',
    files: [],
    envFiles: [],
    environment: named<string>(),
    profiles: [],
  } as const;
  const project = toProject(document as Mapping, facts, report);
  expect(report.all()).toEqual([]);
  return project;
}

describe.skipIf(isAbsent)('what the reference printed', () => {
  test('is there for many projects', () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  test.each(cases)('is printed again after reading it: %s', async name => {
    const yaml = answer(name, 'expected.yaml') ?? '';
    const json = answer(name, 'expected.json');
    const project = await projectOf(yaml.replaceAll('$$', () => '$'));
    expect(composeYaml(project)).toBe(yaml);
    if (json !== undefined) expect(composeJson(project)).toBe(json);
    const { hash_unstable: unstable = [] } = JSON.parse(answer(name, 'expected.meta.json') ?? '{}') as {
      hash_unstable?: readonly string[];
    };
    const lines = (answer(name, 'expected.hash') ?? '').split('\n').filter(line => /\S/.test(line));
    const wanted = Object.fromEntries(lines.map(line => line.split(' ')).filter(([service]) => !unstable.includes(service ?? '')));
    const hashes = Object.keys(wanted).map(service => {
      const found = project.services[service];
      return [service, found && createHash('sha256').update(serviceJson(found)).digest('hex')];
    });
    expect(Object.fromEntries(hashes)).toEqual(wanted);
  });
});

interface HashedObject {
  readonly kind: 'service' | 'network' | 'volume';
  readonly name: string;
  readonly json: string;
}

describe.skipIf(isAbsent)('the bytes that were hashed', () => {
  const groups: readonly { readonly objects: readonly HashedObject[] }[] = isAbsent
    ? []
    : Object.values(JSON.parse(readFileSync(fixtures, 'utf8')) as Record<string, { readonly objects: readonly HashedObject[] }>);
  const objects = groups.flatMap(group => group.objects);

  test('are there', () => {
    expect(objects.length).toBeGreaterThan(30);
  });

  test.each(objects)('come again from what they say of $kind $name', async ({ kind, json }) => {
    // The bytes are JSON, and so YAML: read as an entry of its section they are the object they were made from.
    const section = `${kind}s`;
    const project = await projectOf(
      `${section}: {it: ${json.replaceAll('"Path"', '"path"').replaceAll('"Weight"', '"weight"').replaceAll('"Rate"', '"rate"')}}`,
    );
    const bytes = {
      service: () => serviceJson(project.services['it'] as Service),
      network: () => networkJson(project.networks['it'] as Network),
      volume: () => volumeJson(project.volumes['it'] as Volume),
    };
    expect(bytes[kind]()).toBe(json);
  });
});
