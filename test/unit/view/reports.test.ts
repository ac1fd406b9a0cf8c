// Diagnostics for machines: JSON by its schema, SARIF, annotations of GitHub, and the diff of mended files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes } from '../../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { Span } from '../../../src/source/span.ts';
import { unifiedDiff } from '../../../src/view/diff.ts';
import { githubCommands } from '../../../src/view/github.ts';
import { diagnosticsJson } from '../../../src/view/records.ts';
import { sarifLog } from '../../../src/view/sarif.ts';
import { violations } from '../../rig/json-schema.ts';
import { root } from '../../rig/sources.ts';

const text = 'services:\n  web:\n    imgae: x\n    depends_on:\n      db: {}\n';

function spanOf(part: string, path = '/shop/compose.yaml'): Span {
  const start = text.indexOf(part);
  return { file: { path, text }, start, end: start + part.length };
}

const misspelt: Diagnostic = {
  code: 'schema.unknown-key',
  severity: 'error',
  message: "services.web: additional properties 'imgae' not allowed",
  span: spanOf('imgae'),
  related: [{ span: spanOf('web'), message: 'in this service' }],
  hint: 'Write "image".',
  mend: [{ span: spanOf('imgae'), text: 'image' }],
};
const placeless: Diagnostic = { code: 'files.several', severity: 'warning', message: 'two files', related: [] };
const block: Diagnostic = {
  code: 'value.suspicious',
  severity: 'warning',
  message: '100%, or: redis://:hunter2@cache\nmore\u001b[31m',
  span: spanOf('depends_on:\n      db: {}', '/other/a, b:c.yaml'),
  related: [],
};
const all = [placeless, misspelt, block];

describe('JSON', () => {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/diagnostic.json'), 'utf8'));

  test('is as the schema says, which knows all that is printed and the form of every code', () => {
    expect(violations(JSON.parse(diagnosticsJson(all, '/shop')), schema)).toEqual([]);
    const coded = Object.keys(codes).map(code => ({ code, severity: 'error', message: 'x' }));
    expect(violations(coded, schema)).toEqual([]);
    expect(violations([{ code: 'no code', severity: 'fatal', line: 0, else: 1 }], schema)).toHaveLength(5);
  });

  test('has the place, the way out, other places and the mend', () => {
    const [, record] = JSON.parse(diagnosticsJson(all, '/shop'));
    const place = { file: 'compose.yaml', line: 3, column: 5, endLine: 3, endColumn: 10 };
    expect(record).toEqual({
      code: 'schema.unknown-key',
      severity: 'error',
      message: misspelt.message,
      ...place,
      hint: 'Write "image".',
      related: [{ message: 'in this service', file: 'compose.yaml', line: 2, column: 3, endLine: 2, endColumn: 6 }],
      mend: [{ ...place, text: 'image' }],
    });
  });

  test('shows no password, and nothing that drives a terminal', () => {
    const [, , record] = JSON.parse(diagnosticsJson(all, '/shop'));
    expect(record).toMatchObject({ message: '100%, or: redis://:•••@cache\nmore', file: '/other/a, b:c.yaml' });
  });

  test('of nothing is an empty list', () => {
    expect(diagnosticsJson([], '/shop')).toBe('[]\n');
  });
});

describe('annotations of GitHub', () => {
  test('carry file, line, columns, code and way out', () => {
    expect(githubCommands([misspelt], '/shop')).toBe(
      '::error file=compose.yaml,line=3,endLine=3,col=5,endColumn=9,title=schema.unknown-key::services.web: additional properties \'imgae\' not allowed%0Ahint: Write "image".\n',
    );
  });

  test('escape what would end them, leave columns out where there are several lines, and show no password', () => {
    expect(githubCommands([block], '/shop')).toBe(
      '::warning file=/other/a%2C b%3Ac.yaml,line=4,endLine=5,title=value.suspicious::100%25, or: redis://:•••@cache%0Amore\n',
    );
  });

  test('do without a place', () => {
    expect(githubCommands([placeless], '/shop')).toBe('::warning title=files.several::two files\n');
  });
});

describe('SARIF', () => {
  const log = JSON.parse(sarifLog(all, { directory: '/shop', version: '1.2.3' }));
  const [run] = log.runs;

  test('names its version, its tool, and a rule for each code, with its page', () => {
    expect(log.version).toBe('2.1.0');
    expect(run.tool.driver).toMatchObject({ name: 'fig', semanticVersion: '1.2.3' });
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['files.several', 'schema.unknown-key', 'value.suspicious']);
    expect(run.tool.driver.rules[1]).toMatchObject({
      shortDescription: { text: codes['schema.unknown-key'].title },
      defaultConfiguration: { level: 'error' },
      properties: { page: 'docs/errors/schema.unknown-key.md' },
    });
  });

  test('each result points at its rule', () => {
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(run.results).toHaveLength(3);
  });

  test('a result has its place, other places, and its mend as a fix', () => {
    const artifactLocation = { uri: 'compose.yaml', uriBaseId: '%SRCROOT%' };
    const region = { startLine: 3, startColumn: 5, endLine: 3, endColumn: 10 };
    expect(run.originalUriBaseIds['%SRCROOT%'].uri).toBe('file:///shop/');
    expect(run.results[1]).toMatchObject({
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation, region } }],
      relatedLocations: [{ id: 1, message: { text: 'in this service' } }],
      fixes: [{ artifactChanges: [{ artifactLocation, replacements: [{ deletedRegion: region, insertedContent: { text: 'image' } }] }] }],
    });
  });

  test('a file elsewhere has an address of its own, and a result without a place none', () => {
    expect(run.results[2].locations[0].physicalLocation.artifactLocation).toEqual({ uri: 'file:///other/a,%20b:c.yaml' });
    expect(run.results[0]).not.toHaveProperty('locations');
    expect(run.results[2].message.text).not.toContain('hunter2');
  });
});

describe('a diff', () => {
  const lines = (...numbers: readonly (number | string)[]) => numbers.map(number => `${number}\n`).join('');
  const diff = (before: string, after: string) => unifiedDiff({ path: '/shop/compose.yaml', text: before }, after, { directory: '/shop' });

  test('shows a line between two changes as unchanged', () => {
    expect(
      diff(lines('a', 'b', 'c', 'd'), lines('A', 'b', 'C', 'd'))
        .split('\n')
        .slice(3, -1),
    ).toEqual(['-a', '+A', ' b', '-c', '+C', ' d']);
    expect(
      diff(lines('v', 'b', 'c', 'd'), lines('b', 'C', 'd'))
        .split('\n')
        .slice(3, -1),
    ).toEqual(['-v', ' b', '-c', '+C', ' d']);
  });

  test('shows three lines around each change', () => {
    const before = lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const after = lines(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 'twelve', 'more', 13, 14, 15);
    expect(diff(before, after)).toBe(
      [
        '--- a/compose.yaml',
        '+++ b/compose.yaml',
        '@@ -1,4 +1,3 @@',
        '-1',
        ' 2',
        ' 3',
        ' 4',
        '@@ -9,7 +8,8 @@',
        ' 9',
        ' 10',
        ' 11',
        '-12',
        '+twelve',
        '+more',
        ' 13',
        ' 14',
        ' 15',
        '',
      ].join('\n'),
    );
  });

  test('is not misled by lines that are alike by chance', () => {
    expect(diff('version: 3\n\nname: x\n\nservices: {}\n', 'name: x\n\nservices: {}\n')).toContain('@@\n-version: 3\n-\n name: x\n');
  });

  test('of what is equal is empty', () => {
    expect(diff('a\n', 'a\n')).toBe('');
  });

  test('shows no secret', () => {
    const shown = diff('a: yes\nPASSWORD: hunter2\n', 'a: true\nPASSWORD: hunter2\n');
    expect(shown).toContain('+a: true');
    expect(shown).not.toContain('hunter2');
  });
});
