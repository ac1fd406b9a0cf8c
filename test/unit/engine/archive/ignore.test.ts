// The rules of .dockerignore, pattern by pattern.
import { expect, test } from 'vitest';
import { parseIgnore } from '../../../../src/engine/archive/ignore.ts';

/** Whether a path is left out, asked folder by folder as the walk does. */
function ignored(patterns: string, path: string): boolean {
  const ignore = parseIgnore(patterns);
  let answer = ignore.check('', undefined);
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++)
    answer = ignore.check(parts.slice(0, depth).join('/'), depth > 1 ? answer.fits : undefined);
  return answer.ignored;
}

test.each([
  ['node_modules', 'node_modules', true],
  ['node_modules', 'node_modules/a/b.js', true],
  ['node_modules', 'src/node_modules', false],
  ['**/node_modules', 'src/node_modules/x', true],
  ['**/node_modules', 'node_modules', true],
  ['*.md', 'README.md', true],
  ['*.md', 'docs/README.md', false],
  ['*/*.md', 'docs/README.md', true],
  ['**/*.md', 'a/b/c.md', true],
  ['a/**', 'a/b', true],
  ['a/**', 'a', false],
  ['/abs', 'abs', true],
  ['dir/', 'dir/file', true],
  ['a/../b', 'b', true],
  ['temp?', 'tempa', true],
  ['temp?', 'temp', false],
  ['[ab].txt', 'b.txt', true],
  ['[^ab].txt', 'b.txt', false],
  ['a.b', 'axb', false],
  ['# comment', '# comment', false],
  ['\\#file', '#file', true],
  ['*\n!keep', 'keep', false],
  ['*\n!keep', 'other', true],
  ['*\n!dir/keep', 'dir/keep', false],
  ['*\n!dir/keep', 'dir/other', true],
  ['dir\n!dir/keep\ndir/keep', 'dir/keep', true],
  ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
  ['\uFEFFbom', 'bom', true],
])('with %j, whether "%s" is left out: %s', (patterns, path, expected) => {
  expect(ignored(patterns, path)).toBe(expected);
});

test('a folder is walked only where a wanted file may lie in it', () => {
  const ignore = parseIgnore('*\n!a/b/keep');
  expect(ignore.mayHoldWanted('a')).toBe(true);
  expect(ignore.mayHoldWanted('a/b')).toBe(true);
  expect(ignore.mayHoldWanted('c')).toBe(false);
});

test('an exclamation mark alone is refused', () => {
  expect(() => parseIgnore('!')).toThrow('illegal exclusion pattern');
});
