// Any bytes end in a project or in diagnostics, within 2 s of processor time and 512 MiB: a share of what `npm run fuzz` tries, the same each time.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

test('two thousand hostile projects are loaded or refused within the limits', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/fuzz.mjs', '--count', '2000', '--seed', '2026'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^2000 cases of seed 2026 in \d+ s, 0 findings$/m);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
