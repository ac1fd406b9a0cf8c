// The printed form of diagnostics: sentence, place, marks under the text, other places, hint; and no secret in any of it.
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { SourceFile } from '../../../src/source/file.ts';
import type { Span } from '../../../src/source/span.ts';
import { printDiagnostics } from '../../../src/view/diagnostics.ts';

function spanOf(file: SourceFile, part: string): Span {
  const start = file.text.indexOf(part);
  return { file, start, end: start + part.length };
}

function source(text: string, path = '/shop/compose.yaml'): SourceFile {
  return { path, text };
}

function diagnostic(parts: Partial<Diagnostic>): Diagnostic {
  return { code: 'schema.value', severity: 'error', message: 'it is wrong', related: [], ...parts };
}

function print(...diagnostics: readonly Diagnostic[]): string {
  return printDiagnostics(diagnostics, { directory: '/shop' });
}

/** The excerpt alone: the line and its marks. */
function excerptOf(text: string, part: string): readonly string[] {
  return print(diagnostic({ span: spanOf(source(text), part) }))
    .split('\n')
    .slice(2, 4);
}

const shop = source('services:\n  web:\n    image: web\n    depends_on:\n      - databse\n  database:\n    image: db\n');

test('a diagnostic has its place, the line, marks and a hint', () => {
  const found = diagnostic({
    code: 'reference.unknown-service',
    message: 'service "web" depends on "databse", which no file defines',
    span: spanOf(shop, 'databse'),
    hint: 'write "database", defined at compose.yaml:6:3',
  });
  expect(print(found)).toBe(`error[reference.unknown-service]: service "web" depends on "databse", which no file defines
  compose.yaml:5:9
  5 │       - databse
              ^^^^^^^
  hint: write "database", defined at compose.yaml:6:3
`);
});

test('related places are shown with what they have to do with it', () => {
  const found = diagnostic({
    span: spanOf(shop, 'databse'),
    related: [{ span: spanOf(source('a: 1\n', '/elsewhere/base.yaml'), 'a'), message: 'first defined here' }],
  });
  expect(print(found)).toContain('  /elsewhere/base.yaml:1:1: first defined here\n  1 │ a: 1\n      ^\n');
});

test('a note is one line', () => {
  const found = diagnostic({
    code: 'files.old-form',
    severity: 'warning',
    message: 'it is old',
    span: spanOf(shop, 'web'),
    hint: 'Convert it.',
  });
  expect(print(found)).toBe('warning[files.old-form]: compose.yaml:2:3: it is old. Convert it.\n');
});

test('one without a place is its sentence alone; a warning says so', () => {
  expect(print(diagnostic({ code: 'files.several', severity: 'warning', message: 'two files' }))).toBe(
    'warning[files.several]: two files\n',
  );
});

test('further lines of a message are set in', () => {
  expect(print(diagnostic({ message: 'first\nsecond' }))).toBe('error[schema.value]: first\n  second\n');
});

test('fifty are shown and the rest is counted, errors before warnings', () => {
  const warnings = Array.from({ length: 40 }, (_, index) => diagnostic({ severity: 'warning', message: `w${index}` }));
  const errors = Array.from({ length: 30 }, (_, index) => diagnostic({ message: `e${index}` }));
  const text = print(...warnings, ...errors);
  expect(text.match(/^error/gm)).toHaveLength(30);
  expect(text.match(/^warning/gm)).toHaveLength(20);
  expect(text).toMatch(/… and 20 more\n$/);
});

describe('the marks stand under the text', () => {
  test('behind a tab', () => {
    expect(excerptOf('a:\tb: wrong\n', 'wrong')).toEqual(['  1 │ a:    b: wrong', '               ^^^^^']);
  });

  test('behind wide characters, and under them', () => {
    expect(excerptOf('名前: wrong\n', 'wrong')).toEqual(['  1 │ 名前: wrong', '            ^^^^^']);
    expect(excerptOf('a: 名前\n', '名前')).toEqual(['  1 │ a: 名前', '         ^^^^']);
  });

  test('to the end of the line, where the text goes on below', () => {
    expect(excerptOf('a: [1,\n  2]\n', '[1,\n  2]')).toEqual(['  1 │ a: [1,', '         ^^^']);
  });

  test('in a line that is longer still, the place alone is shown', () => {
    expect(excerptOf(`a: ${'x'.repeat(5000)}wrong${'x'.repeat(15000)}`, 'wrong').join('')).toBe('');
  });

  test('in a line of ten thousand characters', () => {
    const [line = '', marks = ''] = excerptOf(`a: ${'x'.repeat(5000)}wrong${'y'.repeat(5000)}\n`, 'wrong');
    expect(line.length).toBeLessThan(150);
    expect(line.slice(marks.indexOf('^'), marks.indexOf('^') + 5)).toBe('wrong');
  });
});

test('a source line cannot drive the terminal', () => {
  expect(excerptOf('a: "\u001b[31mred\u0007" wrong\n', 'wrong')[0]).not.toMatch(/[\u0000-\u001f]/);
});

describe('secrets are masked', () => {
  test.each([
    ['    PASSWORD: hunter2', 'PASSWORD'],
    ['    - API_KEY=hunter2', 'API_KEY'],
    ['    - "DB_PASSWORD=hunter2"', 'DB_PASSWORD'],
    ['    githubToken: hunter2', 'githubToken'],
    ['    environment: {MODE: dev, AUTH: hunter2, B: c}', 'AUTH'],
    ['    SENTRY_DSN: https://hunter2@host/1', 'SENTRY_DSN'],
    ['    URL: postgres://me:hunter2@db/x', 'URL'],
    ['    command: run --password=hunter2 --fast', 'command'],
    ['    environment: {MODE: dev, AUTH: my hunter2, B: c}', 'AUTH'],
    ['    environment: {MODE: dev, AUTH: "my\\"hunter2", B: c}', 'AUTH'],
    ['    environment: {MODE: dev, AUTH: "my hunter2 goes', 'AUTH'],
    ['    environment: [MODE=dev, AUTH=my hunter2]', 'AUTH'],
    ['    PASSWORD: &all hunter2', 'PASSWORD'],
    ['    PASSWORD: !!str hunter2', 'PASSWORD'],
    ['    URL: postgres://me:p@ss:hunter2@db/x', 'URL'],
    ['    secrets: {db: {content: my hunter2, labels: {}}}', 'content'],
  ])('%s', (line, part) => {
    const [shown] = excerptOf(`services:\n${line}\n`, part);
    expect(shown).toContain('•••');
    expect(shown).not.toContain('hunter2');
  });

  test('also where the secret is what is marked', () => {
    expect(excerptOf('  PASSWORD: hunter2\n', 'hunter2')).toEqual(['  1 │   PASSWORD: •••', '                  ^^^']);
  });

  test('in the lines of a text block', () => {
    expect(excerptOf('  PRIVATE_KEY: |\n    begin\n    hunter2\n', 'hunter2')[0]).toBe('  3 │     •••');
  });

  test('in the further lines of a text', () => {
    expect(excerptOf('  PASSWORD: long and\n    hunter2\n', 'hunter2')[0]).toBe('  2 │     •••');
    expect(excerptOf('  PASSWORD: &all |\n    hunter2\n', 'hunter2')[0]).toBe('  2 │     •••');
    expect(excerptOf('  auth: &all\n    name: two\n', 'two')[0]).toBe('  2 │     name: two');
  });

  test('in the content of a secret', () => {
    expect(excerptOf('secrets:\n  db: {content: my hunter2}\n', 'content')[0]).toBe('  2 │   db: {content: •••}');
    expect(excerptOf('secrets:\n  db:\n    content: hunter2\n', 'content')[0]).toBe('  3 │     content: •••');
  });

  test('in messages and hints', () => {
    const text = print(diagnostic({ message: 'cannot reach redis://:hunter2@cache', hint: 'try https://me:hunter2@host' }));
    expect(text).not.toContain('hunter2');
  });

  test.each(['    - web_key', '    image: keycloak', '    secrets: [db_password]', '    stock: three'])('%s holds none', line => {
    expect(excerptOf(`x:\n${line}\n`, line.trim())[0]).toBe(`  2 │ ${line}`);
  });
});
