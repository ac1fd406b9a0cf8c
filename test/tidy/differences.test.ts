// The register of differences from the reference: every row says why, names the way back, and is proven by a test that exists.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../rig/sources.ts';

const register = join(root, 'docs/differences.md');

/** Cells of the table's rows, its two heading lines left out. A `|` inside a cell is written `\|`. */
function rows(): readonly (readonly string[])[] {
  return readFileSync(register, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim()),
    );
}

test('each row has all its cells', () => {
  const wrong = rows().filter(cells => cells.length !== 5 || cells.some(cell => cell === ''));
  expect(wrong).toEqual([]);
});

test('each row names a test that is there', () => {
  const wrong = rows().filter(cells => {
    const named = /`(test\/[^`]+\.ts)`(?::? "([^"]+)")?/.exec(cells[4] ?? '');
    if (!named?.[1] || !existsSync(join(root, named[1]))) return true;
    return named[2] !== undefined && !readFileSync(join(root, named[1]), 'utf8').includes(named[2]);
  });
  expect(wrong.map(cells => `${cells[0]} → ${cells[4]}`)).toEqual([]);
});
