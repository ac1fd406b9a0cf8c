// Trees as text. The expected bytes were written by the reference's own YAML and JSON writers.

import { describe, expect, test } from 'vitest';
import { createReport } from '../../../src/diagnostics/report.ts';
import { parseDocuments } from '../../../src/document/parse.ts';
import { compareCodePoints, compareNaturally, printJson, printYaml, type Tree, treeOf } from '../../../src/document/print.ts';
import { goFloatText } from '../../../src/model/values.ts';
import { fc } from '../properties.ts';

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

function tree(value: Plain): Tree {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(tree);
  return { ordered: false, entries: Object.entries(value).map(([key, held]) => [key, tree(held)] as const) };
}

/** The text of one value, as it stands after `a: `. */
const yamlOf = (value: Plain) =>
  printYaml(tree({ a: value }))
    .slice(3)
    .replace(/\n$/, '');

const words = 'word '.repeat(20);

describe('a text in YAML', () => {
  test.each([
    ['plain', 'plain'],
    ['a=b:c#d', 'a=b:c#d'],
    ['=', '='],
    ['-x', '-x'],
    ['?x', '?x'],
    ['é日本', 'é日本'],
    ['no', "'no'"],
    ['Y', "'Y'"],
    ['12:30:45', "'12:30:45'"],
    ['<<', "'<<'"],
    ['- x', "'- x'"],
    ['a: b', "'a: b'"],
    ['a:', "'a:'"],
    ['a #b', "'a #b'"],
    ['*a', "'*a'"],
    ['%d', "'%d'"],
    ['@x', "'@x'"],
    [' x', "' x'"],
    ["it's: x", "'it''s: x'"],
    ['---', "'---'"],
    ['', '""'],
    ['5', '"5"'],
    ['010', '"010"'],
    ['1_000', '"1_000"'],
    ['0b11', '"0b11"'],
    ['1e3', '"1e3"'],
    ['.inf', '".inf"'],
    ['true', '"true"'],
    ['Null', '"Null"'],
    ['~', '"~"'],
    ['2020-01-01', '"2020-01-01"'],
    ['a\tb', '"a\\tb"'],
    ['a\rb', '"a\\rb"'],
    ['\u{1F600}', '"\\U0001F600"'],
    ['\x01', '"\\x01"'],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n\n', '|+\n  a\n'],
    [' a\nb', '|2-\n   a\n  b'],
    ['trail\n  ', '"trail\\n  "'],
    [' \n', '" \\n"'],
    ['a \nb', '"a \\nb"'],
  ])('%j is written as %j', (value, wanted) => {
    expect(yamlOf(value)).toBe(wanted);
  });

  test('is folded at the first blank past column 80', () => {
    expect(yamlOf(words.trim())).toBe(`${'word '.repeat(16).trim()}\n  ${'word '.repeat(4).trim()}`);
    expect(yamlOf(`- ${words.trim()}`)).toBe(`'- ${'word '.repeat(16).trim()}\n  ${'word '.repeat(4).trim()}'`);
    expect(yamlOf(`\t${words}`)).toBe(`"\\t${'word '.repeat(16).trim()}\n  ${'word '.repeat(4)}"`);
  });

  test('is not folded where blanks stand together, nor without blanks', () => {
    expect(yamlOf('ab  '.repeat(30) + 'c')).toBe('ab  '.repeat(30) + 'c');
    expect(yamlOf('x'.repeat(200))).toBe('x'.repeat(200));
  });
});

describe('keys in YAML', () => {
  test('are sorted naturally', () => {
    const keys = ['_c', '1', '2', '10', 'A', 'B', 'a-b', 'a.b', 'a1b', 'a01', 'a2', 'a10', 'aB', 'ab', 'É'];
    expect(keys.toReversed().sort(compareNaturally)).toEqual(keys);
    expect(['a100', 'a20', 'a3'].sort(compareNaturally)).toEqual(['a3', 'a20', 'a100']);
  });

  test('are quoted like values', () => {
    expect(printYaml(tree({ n: null, '123': 'k', YES: 'x', '': 1 }))).toBe('"": 1\n"123": k\n\'YES\': x\n\'n\': null\n');
  });

  test('that are long or have several lines stand apart', () => {
    const long = 'k'.repeat(129);
    expect(printYaml(tree({ [long]: 1 }))).toBe(`? ${long}\n: 1\n`);
    expect(printYaml(tree({ ['k'.repeat(128)]: 1 }))).toBe(`${'k'.repeat(128)}: 1\n`);
    expect(printYaml(tree({ 'a\nb': { c: [1] } }))).toBe('? |-\n  a\n  b\n: c:\n    - 1\n');
  });
});

test('collections in YAML are indented by two, empty ones stay on the line', () => {
  expect(printYaml(tree({ a: { b: [{ c: 1, d: [2, [3]] }, [], {}] }, e: [], f: {} }))).toBe(
    'a:\n  b:\n    - c: 1\n      d:\n        - 2\n        - - 3\n    - []\n    - {}\ne: []\nf: {}\n',
  );
  expect(printYaml(tree({}))).toBe('{}\n');
});

test('JSON escapes as Go does, sorts by code points, and has no line end', () => {
  expect(printJson(tree({ b: '<&>\u2028\x7f\x01\b/é☃', a10: [], a2: {}, B: [1, null], '\u{1F600}': true, '\uffff': '\ud800' }))).toBe(
    '{\n  "B": [\n    1,\n    null\n  ],\n  "a10": [],\n  "a2": {},\n  "b": "\\u003c\\u0026\\u003e\\u2028\x7f\\u0001\\b/é☃",\n' +
      '  "\uffff": "\ufffd",\n  "\u{1F600}": true\n}',
  );
  expect(printJson(tree({ b: [1, { c: 'x y' }], a: {} }), 0)).toBe('{"a":{},"b":[1,{"c":"x y"}]}');
});

test('code points are compared as the bytes of UTF-8 are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('numbers and times of a document keep their meaning', async () => {
  const text = 'a: [1.0, 1e3, 1e6, .5, 010, 18446744073709551615, -0, 1e21, 2020-01-01, .inf]\n';
  const [document] = await parseDocuments({ path: 'f', text }, createReport());
  const printed = document ? treeOf(document, goFloatText) : null;
  expect(printYaml(printed)).toBe(
    'a:\n  - 1\n  - 1000\n  - 1e+06\n  - 0.5\n  - 8\n  - 18446744073709551615\n  - -0\n  - 1e+21\n  - 2020-01-01T00:00:00Z\n  - .inf\n',
  );
  expect(printJson(printed, 0)).toBe('{"a":[1,1000,1000000,0.5,8,18446744073709551615,-0,1e+21,"2020-01-01T00:00:00Z",null]}');
});

test('what is printed is read back as the same values', async () => {
  const pieces = [
    'a',
    'no',
    '1',
    ' ',
    '  ',
    '\n',
    ': ',
    ' #',
    '- ',
    '"',
    "'",
    '\\',
    '\t',
    'é',
    '\u{1F600}',
    '{',
    '[',
    '*',
    '%',
    '|',
    words,
  ];
  // Two texts are left out that the reference, and so fig, writes so that no reader gets them back: empty lines before blanks, and line separators.
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 8 })
    .map(parts => parts.join(''))
    .filter(made => !/^\n+ /.test(made));
  const { tree: value } = fc.letrec<{ tree: Plain }>(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 3 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(text, value, { minKeys: 1, maxKeys: 4 }), async held => {
      const report = createReport();
      const [document] = await parseDocuments({ path: 'f', text: printYaml(tree(held)) }, report);
      expect(report.all()).toEqual([]);
      expect(document && JSON.parse(printJson(treeOf(document, goFloatText)))).toEqual(JSON.parse(printJson(tree(held))));
    }),
    { numRuns: 300 },
  );
});
