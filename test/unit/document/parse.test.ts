// YAML text to located nodes: types, merges, aliases, places, and what is said of broken text. Types are what the reference's reader answered.
import { describe, expect, test } from 'vitest';
import { createReport } from '../../../src/diagnostics/report.ts';
import type { Mapping, Node } from '../../../src/document/node.ts';
import { parseDocuments } from '../../../src/document/parse.ts';
import { originSpan } from '../../../src/source/origin.ts';
import { formatPlace } from '../../../src/source/span.ts';

async function read(text: string) {
  const report = createReport();
  const documents = await parseDocuments({ path: 'compose.yaml', text }, report);
  const said = report.all().map(({ code, span, message }) => `${code} ${span ? formatPlace(span).slice(13) : ''} ${message}`);
  return { documents, said, report };
}

function plain(node: Node): unknown {
  if (node.kind === 'sequence') return node.items.map(plain);
  return node.kind === 'scalar' ? node.value : Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

async function value(text: string): Promise<unknown> {
  const { documents, said } = await read(text);
  expect(said).toEqual([]);
  return documents[0] && plain(documents[0]);
}

function textOf(node: Node | undefined): string | undefined {
  const span = node && originSpan(node.origin);
  return span?.file.text.slice(span.start, span.end);
}

const at = (node: Node | undefined, key: string) => (node as Mapping).entries.get(key)?.value;

describe('a plain scalar', () => {
  test.each([
    ['010', 'int', 8],
    ['0777', 'int', 511],
    ['0o10', 'int', 8],
    ['0b11', 'int', 3],
    ['0x1F', 'int', 31],
    ['0x_1', 'int', 1],
    ['-0x1F', 'int', -31],
    ['1_000', 'int', 1000],
    ['0_1', 'int', 1],
    ['+5', 'int', 5],
    ['9223372036854775807', 'int', 9223372036854775807n],
    ['18446744073709551615', 'int', 18446744073709551615n],
    ['18446744073709551616', 'float', 2 ** 64],
    ['08', 'float', 8],
    ['09.5', 'float', 9.5],
    ['1_0.5', 'float', 10.5],
    ['1e3', 'float', 1000],
    ['.5', 'float', 0.5],
    ['-0', 'float', -0],
    ['.inf', 'float', Number.POSITIVE_INFINITY],
    ['.nan', 'float', Number.NaN],
    ['1e999', 'string', '1e999'],
    ['0o8', 'string', '0o8'],
    ['NaN', 'string', 'NaN'],
    ['_1', 'string', '_1'],
    ['1.2.3', 'string', '1.2.3'],
    ['12:30:45', 'string', '12:30:45'],
    ['22:22', 'string', '22:22'],
    ['yes', 'string', 'yes'],
    ['off', 'string', 'off'],
    ['tRue', 'string', 'tRue'],
    ['TRUE', 'bool', true],
    ['false', 'bool', false],
    ['~', 'null', null],
    ['Null', 'null', null],
    ['', 'null', null],
    ['2020-01-01', 'timestamp', '2020-01-01T00:00:00Z'],
    ['2020-1-2', 'timestamp', '2020-01-02T00:00:00Z'],
    ['2001-12-14t21:59:43.10-05:00', 'timestamp', '2001-12-14T21:59:43.1-05:00'],
    ['2001-12-14 21:59:43', 'timestamp', '2001-12-14T21:59:43Z'],
    ['2020-02-30', 'string', '2020-02-30'],
    ['2020-13-01', 'string', '2020-13-01'],
    ['!!str 5', 'string', '5'],
    ['!!float 3', 'float', 3],
    ['!!binary aGk=', 'string', 'hi'],
    ['!<tag:yaml.org,2002:str> 5', 'string', '5'],
    ['! 12', 'string', '12'],
    ['"5"', 'string', '5'],
  ])('%s is of type %s', async (text, type, wanted) => {
    const { documents, said } = await read(`a: ${text}\n`);
    expect(said).toEqual([]);
    expect(at(documents[0], 'a')).toMatchObject({ type, value: wanted });
  });

  test('with a tag of its own is a string, and keeps the tag', async () => {
    const { documents } = await read('a: !override 12\nb: !reset\nc: !reset [1]\n');
    expect(at(documents[0], 'a')).toMatchObject({ type: 'string', value: '12', tag: '!override' });
    expect(at(documents[0], 'b')).toMatchObject({ type: 'string', value: '', tag: '!reset' });
    expect(at(documents[0], 'c')).toMatchObject({ kind: 'sequence', tag: '!reset' });
  });
});

describe('a merge key', () => {
  test('gives way to keys of the mapping itself, wherever it stands', async () => {
    expect(await value('b: &b {x: 1, y: 1}\na:\n  x: 2\n  <<: *b\nc:\n  <<: *b\n  x: 3\n')).toMatchObject({
      a: { x: 2, y: 1 },
      c: { x: 3, y: 1 },
    });
  });

  test('takes lists, of which the first wins, inline mappings, and an alias of a list', async () => {
    const text = 'l: &l [{x: 1}, {x: 2, y: 2}]\na: {<<: [{x: 3}, {x: 4, z: 4}]}\nb: {<<: *l}\nc: {<<: {x: 5}}\n';
    expect(await value(text)).toMatchObject({ a: { x: 3, z: 4 }, b: { x: 1, y: 2 }, c: { x: 5 } });
  });

  test('is shallow', async () => {
    expect(await value('b: &b {labels: {p: 1}}\na:\n  <<: *b\n  labels: {q: 2}\n')).toMatchObject({ a: { labels: { q: 2 } } });
  });

  test('in quotes is a key like any other', async () => {
    expect(await value('"<<": {a: 1}\n')).toEqual({ '<<': { a: 1 } });
  });

  test('of anything else is refused', async () => {
    const { said } = await read('base: &base {}\na:\n  <<: base\n');
    expect(said).toEqual(['yaml.merge-value 3:7 map merge requires map or sequence of maps as the value']);
  });

  test('in the place of a value or an item is left out, with a warning, as the reference leaves it out in silence', async () => {
    const { documents, said } = await read(`a: <<\nb: [<<, c]\nd: '<<'\ne: !!str <<\n`);
    expect(plain(documents[0]!)).toEqual({ b: ['c'], d: '<<', e: '<<' });
    expect(said).toEqual([
      'value.suspicious 1:4 "<<" is the merge key, and a is left out because of it',
      'value.suspicious 2:5 "<<" is the merge key, and b[0] is left out because of it',
    ]);
  });
});

describe('an alias', () => {
  test('shares the node of its anchor, whose place stays', async () => {
    const { documents } = await read('a: &x {k: v}\nb: *x\n');
    expect(at(documents[0], 'b')).toBe(at(documents[0], 'a'));
    expect(textOf(at(at(documents[0], 'b'), 'k'))).toBe('v');
  });

  test('reaches back over documents of one file', async () => {
    const { documents, said } = await read('a: &x 5\n---\nb: *x\n');
    expect(said).toEqual([]);
    expect(documents.map(plain)).toEqual([{ a: 5 }, { b: 5 }]);
  });

  test('without an anchor above is refused, with a hint where the anchor comes later', async () => {
    const { said, report } = await read('a: *x\nb: &x 1\n');
    expect(said).toEqual(["yaml.unknown-anchor 1:4 unknown anchor 'x' referenced"]);
    expect(report.all()[0]?.hint).toBe('Move "&x" above its first use.');
  });

  test('inside its own anchor is refused', async () => {
    const { said, report } = await read('web: &w\n  labels: *w\n');
    expect(said).toEqual(["yaml.alias-cycle 2:11 anchor 'w' value contains itself"]);
    expect(report.all()[0]?.related[0]?.span.start).toBe(5);
  });

  test('that would make billions of a few lines is refused', async () => {
    const lines = Array.from({ length: 9 }, (_, i) => `b${i + 1}: &b${i + 1} [${Array(10).fill(`*b${i}`).join(', ')}]`);
    const { said } = await read(['b0: &b0 [x, x, x, x, x, x, x, x, x, x]', ...lines].join('\n'));
    expect(said[0]).toMatch(/^files\.too-large \d+:\d+ the aliases of this file repeat too much/);
  });

  test('may be used a thousand times', async () => {
    const services = Array.from({ length: 1000 }, (_, i) => `s${i}:\n  <<: *c\n  image: i${i}\n`).join('');
    const { said } = await read(`c: &c {restart: always, logging: {driver: none}}\n${services}`);
    expect(said).toEqual([]);
  });
});

describe('a key', () => {
  test('that is no string is refused in the words of the reference', async () => {
    expect((await read('s:\n  e:\n    1: one\n')).said).toEqual(['yaml.key-type 3:5 non-string key in s.e: 1']);
    expect((await read('true: x\n')).said).toEqual(['yaml.key-type 1:1 non-string key at top level: true']);
    expect((await read('x: {~: 1}\n')).said).toEqual(['yaml.key-type 1:5 non-string key in x: <nil>']);
    expect((await read('x: {1.5: 1}\n')).said).toEqual(['yaml.key-type 1:5 non-string key in x: 1.5']);
  });

  test('in a list of ports was meant as one text', async () => {
    const { said, report } = await read('s:\n  ports:\n    - 8080: 80\n');
    expect(said).toEqual(['yaml.key-type 3:7 non-string key in s.ports[0]: 8080']);
    expect(report.all()[0]?.hint).toBe('Write it as one text: "8080:80".');
  });

  test('that is there twice is refused, with the first place, however it is quoted', async () => {
    const { said, report } = await read('a: 1\nb: 2\n"a": 3\n');
    expect(said).toEqual(['yaml.duplicate-key 3:1 mapping key "a" already defined']);
    expect(report.all()[0]?.related[0]?.span.start).toBe(0);
  });

  test('such as __proto__ or a number in quotes is a key like any other, in the order written', async () => {
    const { documents } = await read('"10": a\n"9": b\n__proto__: c\n');
    expect([...(documents[0] as Mapping).entries.keys()]).toEqual(['10', '9', '__proto__']);
  });
});

describe('a place', () => {
  const text = 'a: plain\nb: "quoted"\nc: [1, 2]\nd:\n  e: |\n    block\n    text\nf:\n- x\n- {g: h}\ni:\n';

  test.each([
    ['a', 'plain'],
    ['b', '"quoted"'],
    ['c', '[1, 2]'],
    ['d', 'e: |\n    block\n    text\n'],
    ['f', '- x\n- {g: h}'],
    ['i', 'i'],
  ])('of %s is its text', async (key, wanted) => {
    expect(textOf(at((await read(text)).documents[0], key))).toBe(wanted);
  });

  test('of a block begins at its mark', async () => {
    expect(textOf(at(at((await read(text)).documents[0], 'd'), 'e'))).toBe('|\n    block\n    text');
  });

  test('of a key is the key', async () => {
    const [document] = (await read(text)).documents;
    const span = (document as Mapping).entries.get('b')?.keySpan;
    expect(span && [span.start, span.end]).toEqual([9, 10]);
  });

  test('stays right where brackets and quotes are indented less than YAML wants', async () => {
    const loose = 'a:\n  b: [\n    "x",\t# ]\n    y\n  ]\n  c: "d\n e"\n  f: {\n  g: h\n}\ni: j\n';
    const { documents, said } = await read(loose);
    expect(said).toEqual([]);
    expect(documents.map(plain)).toEqual([{ a: { b: ['x', 'y'], c: 'd e', f: { g: 'h' } }, i: 'j' }]);
    const [a] = documents;
    expect(textOf(at(at(a, 'a'), 'b'))).toBe('[\n    "x",\t# ]\n    y\n  ]');
    expect(textOf(at(at(a, 'a'), 'c'))).toBe('"d\n e"');
    expect(textOf(at(at(at(a, 'a'), 'f'), 'g'))).toBe('h');
    expect(textOf(at(a, 'i'))).toBe('j');
  });
});

test('byte order marks, line ends of Windows and JSON are read', async () => {
  expect(await value('\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\nc: [\r\n]\r\n')).toEqual({ a: 1, b: 'x\ny\n', c: [] });
  expect(await value('{"a": {"b": [1, true, null]}}')).toEqual({ a: { b: [1, true, null] } });
});

test('what the standard allows is read, also where the reference refuses it', async () => {
  expect(await value('a: "\\/"\nb:\n  -\tx\nc: y\n\t\nd: z\n')).toEqual({ a: '/', b: ['x'], c: 'y', d: 'z' });
});

test('the line ends of Unicode are characters', async () => {
  expect(await value('a: b\u0085c\nd: "e\u2028f"\ng: h\u2029i\n')).toEqual({ a: 'b\u0085c', d: 'e\u2028f', g: 'h\u2029i' });
});

test('a file without a value holds no document', async () => {
  expect((await read('# nothing\n')).documents).toEqual([]);
  expect((await read('')).documents).toEqual([]);
});

test('more values than the reference takes are refused', async () => {
  expect((await read('a:\n' + '- x\n'.repeat(100_001))).said).toEqual([
    'files.too-large 99999:4 compose file exceeds maximum node visit limit (100000)',
  ]);
});

test('collections too deep in each other are refused', async () => {
  expect((await read('['.repeat(20_000))).said).toEqual(['files.too-large 1:400 values lie more than 400 deep in each other']);
});

describe('broken text', () => {
  test.each([
    ['a:\n\tb: 1\n\tc: 2\n', ['2:1 a tab cannot indent', '3:1 a tab cannot indent']],
    ['a: "b\nc: d\n', ['1:4 this text is never closed with "']],
    ["a: 'x\nb: c\nd: 'e'\n", ["1:4 this text is never closed with '"]],
    ['a: ["x"\nb: c\n', ['1:4 this list is never closed with ]']],
    ['a: {b: c\n', ['1:4 this mapping is never closed with }']],
    ['a:\n  web\n    image: x\n', ['2:3 "web" is not followed by a colon']],
    ['a:\n  image:x\n  command: y\n', ['2:3 a blank is missing after "image:"']],
    ['a:\n    b: c\n   d: e\n', ['3:4 the indentation fits none of the lines above']],
    ['a:\n  - b\n  c: d\n', ['3:3 a key stands where the list above would go on']],
    ['a: b\n   c: d\n', ['2:4 this line is indented below a key that has a value already']],
    ['a: b: c\n', ['1:4 a value cannot hold ": "']],
    ['a: %d\nb: @c\n', ['1:4 a value cannot begin with %', '2:4 a value cannot begin with @']],
    ['a: "\\q"\n', ['1:5 "\\q" means nothing between double quotes']],
    ['a: "x" y\n', ['1:8 the value ends with its quote, but more follows']],
    ['a: ]\n', ['1:4 nothing was opened that this ] could close']],
    ['- a\nb: c\n', ['2:1 this line belongs to nothing above it']],
    ['a: \x07\n', ['1:4 the character U+0007 cannot be in YAML']],
    ['a: !e!x y\n', ['1:4 the tag !e!x is not declared']],
    ['a: !!int x\n', ['1:10 the value is not of type int, which its tag says']],
  ])('%j is explained at its place', async (text, wanted) => {
    expect((await read(text)).said).toEqual(wanted.map(one => `yaml.syntax ${one}`));
  });

  test('is explained without repeating a value', async () => {
    for (const text of ['PASSWORD: @hunter2\n', 'a:\n  PASSWORD:hunter2\n  b: c\n', 'PASSWORD: "x" hunter2\n', 'PASSWORD: hunter2: x\n']) {
      const { report } = await read(text);
      expect(report.failed, text).toBe(true);
      expect(JSON.stringify(report.all().map(({ message, hint }) => [message, hint])), text).not.toContain('hunter2');
    }
  });
});
