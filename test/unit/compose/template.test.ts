// The `${…}` grammar: every operator, nesting, and the ways an expression can be broken.
import { describe, expect, test } from 'vitest';
import { combineUses, createRoom, substitute, variablesOf } from '../../../src/compose/template.ts';

const values: Record<string, string> = { A: 'a', B: 'b', EMPTY: '', _x1: 'low' };
const lookup = (name: string) => values[name];
const read = (template: string) => substitute(template, lookup, createRoom());
const text = (template: string) => read(template).text;
const problems = (template: string) => read(template).problems;

describe('values', () => {
  test.each([
    ['plain text', 'plain text'],
    ['$A-${A}-$_x1', 'a-a-low'],
    ['${NOPE}', ''],
    ['$$A', '$A'],
    ['$Aſ$A', 'a'],
    ['$$$A', '$a'],
    ['${A:-d}${EMPTY:-d}${NOPE:-d}', 'add'],
    ['${A-d}${EMPTY-d}${NOPE-d}', 'ad'],
    ['${A:+y}${EMPTY:+y}${NOPE:+y}', 'y'],
    ['${A+y}${EMPTY+y}${NOPE+y}', 'yy'],
    ['${A:?m}${EMPTY?m}', 'a'],
    ['${NOPE:-${EMPTY:-$B}}', 'b'],
    ['${NOPE:-a:-b}', 'a:-b'],
    ['${NOPE-a:+b}', 'a:+b'],
    ['${NOPE:-{"k":"v"}}', '{"k":"v"}'],
    ['${NOPE:-x}b}', 'xb}'],
    ['${A}}', 'a}'],
    ['${NOPE:-}}', '}'],
    ['${NOPE:-\\}}', '\\}'],
    ['${NOPE:-one two}/${A}', 'one two/a'],
  ])('%s becomes %s', (template, expected) => {
    expect(read(template)).toMatchObject({ text: expected, problems: [] });
  });

  test.each(['$1', '$', 'a$ b', '$(cmd)', '$É', '%A%', '{A}'])('%s is literal text', template => {
    expect(read(template)).toEqual({ text: template, problems: [], used: [] });
  });

  test('an operand that is not used is not looked at', () => {
    expect(text('${A:-${NOPE:?boom}}')).toBe('a');
    expect(problems('${A:-${NOPE:?boom}}')).toEqual([]);
    expect(problems('${NOPE:+${A')).toEqual([
      {
        kind: 'format',
        start: 0,
        end: 11,
        message: 'the expression has no closing brace on its line',
        hint: 'Write } where the expression ends.',
      },
    ]);
    expect(problems('${NOPE:+${A}')).toEqual([]);
  });

  test('a variable without a value is told apart from one whose absence has an answer', () => {
    expect(read('${NOPE:-x} $NOPE ${NOPE} $A').used).toEqual([
      { name: 'NOPE', start: 11, end: 16, unset: true },
      { name: 'A', start: 25, end: 27, unset: false },
    ]);
  });
});

describe('problems', () => {
  test.each([
    ['${}', 0, 3],
    ['${1}', 0, 4],
    ['x ${A', 2, 5],
    ['${A.B}', 0, 6],
    ['${A B} c', 0, 6],
    ['${A:x}', 0, 6],
    ['${A:=x}', 0, 7],
    ['${A/x/y}', 0, 8],
    ['${#A}', 0, 5],
    ['${!A}', 0, 5],
    ['${NOPE:-${}}', 8, 11],
    ['${NOPE:-two\nlines}', 0, 11],
  ])('%j is broken from %i to %i', (template, start, end) => {
    expect(problems(template)).toEqual([expect.objectContaining({ kind: 'format', start, end })]);
  });

  test('a required variable says its message, which is itself interpolated', () => {
    expect(problems('v${NOPE:?set it to $A}')).toEqual([
      { kind: 'required', start: 1, end: 22, name: 'NOPE', message: 'required variable NOPE is missing a value: set it to a' },
    ]);
    expect(problems('${EMPTY:?}')).toMatchObject([{ message: 'required variable EMPTY is missing a value' }]);
    expect(problems('${NOPE?a:-b}')).toMatchObject([{ message: 'required variable NOPE is missing a value: a:-b' }]);
  });

  test('every broken expression of a text is found', () => {
    expect(problems('${NOPE?x} ${} ${EMPTY:?y}').map(problem => problem.start)).toEqual([0, 10, 14]);
  });
});

describe('hostile texts', () => {
  test('expressions may lie in each other as deep as they like', () => {
    const nested = (operator: string, depth: number) => `\${NOPE${operator}`.repeat(depth) + 'x' + '}'.repeat(depth);
    expect(text(nested(':-', 100_000))).toBe('x');
    expect(text('${A:+'.repeat(100_000) + 'x' + '}'.repeat(100_000))).toBe('x');
    expect(problems(nested(':?', 100_000))).toHaveLength(100);
    expect(variablesOf(nested('-', 20_000))).toHaveLength(20_000);
  });

  test.each([
    ['names', '$A'],
    ['expressions', '${A:-x}'],
    ['expressions that nothing closes', '${A:-'],
    ['broken names', '${!'],
    ['lines of broken names', '${!\n'],
    ['braces', '${A:-{{'],
    ['closing braces', '${A:-}}}'],
    ['dollars', '$ '],
  ])('a hundred thousand %s take no longer than their length warrants', (_, piece) => {
    expect(read(piece.repeat(100_000)).used.length).toBeLessThan(2);
  });

  test('values of variables find room for as much text as a file may hold', () => {
    const long = 'x'.repeat(1024 * 1024);
    expect(substitute('$A'.repeat(16), () => long, createRoom()).text).toHaveLength(16 * long.length);
    expect(substitute('$A'.repeat(17), () => long, createRoom())).toMatchObject({
      text: '',
      problems: [{ kind: 'too-long', start: 32, end: 34 }],
    });
  });
});

test('variables are collected with what each expression says, nested ones included', () => {
  expect(variablesOf('$A ${B:?msg} ${C:-x${D:+y}} $$E')).toEqual([
    { name: 'A', required: false, defaultValue: '', presenceValue: '' },
    { name: 'B', required: true, defaultValue: '', presenceValue: '' },
    { name: 'C', required: false, defaultValue: 'x${D:+y}', presenceValue: '' },
    { name: 'D', required: false, defaultValue: '', presenceValue: 'y' },
  ]);
});

test('uses of one variable come together: required where any is, the first default wins', () => {
  expect(combineUses(variablesOf('${A} ${A:-one} ${A:-two} ${A:?} ${A+alt}'))).toEqual([
    { name: 'A', required: true, defaultValue: 'one', presenceValue: 'alt' },
  ]);
});
