// fixtures/diagnostics through the built command and through the reference: the same files are refused, and fig prints what the fixture says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Mistake, directory as memoryDirectory, mistakes } from '../rig/mistakes.ts';
import { createProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';

const printed = ({ folder }: Mistake) => readFileSync(join(folder, 'expected.txt'), 'utf8');
const isError = (mistake: Mistake) => printed(mistake).includes('error[');

const place = ({ files, environment }: Mistake) => createProject(files, { engine: false, env: environment });
const config = ({ args, services }: Mistake) => [...args, 'config', ...services];

describe.skipIf(withoutReference)('the reference', () => {
  test.each(mistakes)('agrees on $slug', async mistake => {
    const { code, stderr } = await place(mistake).reference(...config(mistake));
    const agrees = (code !== 0) === isError(mistake);
    expect(agrees, stderr).toBe(mistake.reference === undefined);
  });
});

test.each(mistakes)('the command prints $slug', async mistake => {
  const project = place(mistake);
  const { code, stderr } = await project.fig(...config(mistake));
  expect(code).toBe(isError(mistake) ? 1 : 0);
  expect(stderr.replaceAll(project.directory, memoryDirectory)).toBe(printed(mistake));
});
