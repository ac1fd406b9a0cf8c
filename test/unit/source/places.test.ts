// Places in a text: lines and columns as editors count them, and parts of what is marked.
import { expect, test } from 'vitest';
import { lineText, type SourceFile } from '../../../src/source/file.ts';
import { type Origin, settingOf } from '../../../src/source/origin.ts';
import { partOf, type Span, spanPosition } from '../../../src/source/span.ts';

const source = (text: string): SourceFile => ({ path: '/p/compose.yaml', text });
const spanOf = (file: SourceFile, part: string): Span => ({
  file,
  start: file.text.indexOf(part),
  end: file.text.indexOf(part) + part.length,
});
const textOf = ({ file, start, end }: Span) => file.text.slice(start, end);

test('a byte order mark takes no column, and is no part of the line', () => {
  const file = source('\uFEFFa: 1\nb: 2\n');
  expect(spanPosition(spanOf(file, 'a'))).toEqual({ line: 1, column: 1 });
  expect(spanPosition(spanOf(file, '1'))).toEqual({ line: 1, column: 4 });
  expect(spanPosition(spanOf(file, 'b'))).toEqual({ line: 2, column: 1 });
  expect(spanPosition({ file, start: 0, end: 0 })).toEqual({ line: 1, column: 1 });
  expect([lineText(file, 1), lineText(file, 2)]).toEqual(['a: 1', 'b: 2']);
});

test('a part of a span is its first place, or the last one where that is asked', () => {
  const span = spanOf(source('x: ["80:80/80"]'), '"80:80/80"');
  expect(partOf(span, '80')).toMatchObject({ start: 5, end: 7 });
  expect(partOf(span, '80', 'last')).toMatchObject({ start: 11, end: 13 });
});

test('what is not written in a span, as the value of a variable is not, has the whole span for its place', () => {
  const span = spanOf(source(`x: "\${PORT}:80"`), `"\${PORT}:80"`);
  expect(textOf(partOf(span, 'eighty'))).toBe(`"\${PORT}:80"`);
  expect(partOf(span, '')).toBe(span);
});

test('a value from a variable leads to the line of the env file that sets it, also through a merge', () => {
  const written: Origin = { how: 'written', span: spanOf(source(`a: \${A}`), `\${A}`) };
  const line = spanOf({ path: '/p/.env', text: 'A=1\n' }, 'A=1');
  const fromFile: Origin = { how: 'interpolated', variable: 'A', set: { how: 'written', span: line }, base: written };
  expect(settingOf(fromFile)).toEqual([{ span: line, message: 'A is set here' }]);
  expect(settingOf({ how: 'merged', base: written, over: fromFile })).toHaveLength(1);
  expect(settingOf({ how: 'interpolated', variable: 'A', set: 'environment', base: written })).toEqual([]);
  expect(settingOf(written)).toEqual([]);
});
