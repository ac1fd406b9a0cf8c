// Every mistake of fixtures/diagnostics: what fig prints for it, word for word, and whether the marked text is what is wrong.
// `npx vitest run --config test/vitest.config.ts test/unit/diagnostics -u` writes the printed texts anew, for people to read.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import { formatPlace } from '../../../src/source/span.ts';
import { printDiagnostics } from '../../../src/view/diagnostics.ts';
import { directory, foundIn, loadFiles, mistakes } from '../../rig/mistakes.ts';

/** As `wrong` of a fixture has it: of a text of several lines the first, which is the one that is marked. */
function marked({ code, span }: Diagnostic): string {
  if (!span) return code;
  return `${code} ${formatPlace(span).replace(`${directory}/`, '')} ${span.file.text.slice(span.start, span.end).split('\n')[0]}`;
}

test('there are at least 150 of them', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(150);
});

test('no secret of any of them is shown', async () => {
  const withSecrets = mistakes.filter(({ files }) => Object.values(files).some(text => text.includes('hunter2')));
  const printed = await Promise.all(
    withSecrets.map(async one => printDiagnostics(foundIn(await loadFiles(one.files, one)), { directory })),
  );
  expect(withSecrets.length).toBeGreaterThan(5);
  expect(printed.filter(text => text.includes('hunter2'))).toEqual([]);
});

test.each(mistakes)('$slug: $about', async ({ slug, folder, files, wrong, ...asked }) => {
  const found = foundIn(await loadFiles(files, asked));
  const expected = join(folder, 'expected.txt');
  expect.soft(existsSync(expected), `${slug}/expected.txt is there`).toBe(true);
  await expect.soft(printDiagnostics(found, { directory })).toMatchFileSnapshot(expected);
  expect(found.map(marked).toSorted()).toEqual([...wrong].sort());
});
