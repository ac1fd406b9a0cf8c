// fixtures/diagnostics through the built command and through the reference: fig prints what the fixture says, and both end with one exit code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directory as memoryDirectory, mistakes } from '../rig/mistakes.ts';
import { createProject } from '../rig/project.ts';
import { withoutReference } from '../rig/reference.ts';

test.each(mistakes)('the command prints $slug', async ({ files, environment, args, services, folder, reference }) => {
  const project = createProject(files, { engine: false, env: environment });
  const command = [...args, 'config', ...services];
  const printed = readFileSync(join(folder, 'expected.txt'), 'utf8');
  const { code, stderr } = await project.fig(...command);
  expect(stderr.replaceAll(project.directory, memoryDirectory)).toBe(printed);
  expect(code !== 0).toBe(printed.includes('error['));
  if (withoutReference || reference !== undefined) return;
  const answer = await project.reference(...command);
  expect(answer.code, answer.stderr).toBe(code);
});
