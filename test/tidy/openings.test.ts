// Every source file says what it is before it says anything else.
import { expect, test } from 'vitest';
import { filesBelow } from '../rig/sources.ts';

test('every source file opens with one to three lines of comment', () => {
  const wrong = [...filesBelow('src'), ...filesBelow('scripts', '.mjs'), ...filesBelow('bench', '.mjs')].filter(({ text }) => {
    const lines = text.replace(/^#!.*\n/, '').split('\n');
    const opening = lines.findIndex(line => !line.startsWith('//'));
    return opening < 1 || opening > 3 || (lines[0] ?? '').replace('//', '').trim().length < 8;
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
