// What fig asks an engine to make is what the reference asks for, also of engines that are not at hand: the bodies of the calls, before a stub.
import { describe, expect, test } from 'vitest';
import { comparableBodies } from '../../scripts/recording.mjs';
import { startStubEngine } from '../../scripts/stub-engine.mjs';
import { run } from '../rig/process.ts';
import { figPath } from '../rig/project.ts';
import { type RecordedProject, recordedProjects } from '../rig/recorded.ts';
import { referencePath, withoutReference } from '../rig/reference.ts';

async function asked(project: RecordedProject, program: string, before: readonly string[]): Promise<unknown> {
  const stub = await startStubEngine();
  try {
    const { code, stderr } = await run(program, [...before, ...project.args, 'create'], project.options(stub.host));
    expect(code, stderr).toBe(0);
    return comparableBodies(stub.made, project.directory);
  } finally {
    await stub.stop();
  }
}

const projects = recordedProjects().filter(({ bodies }) => bodies !== undefined);

test('there are projects to compare', () => {
  expect(projects.map(({ name }) => name)).toContain('newer');
});

describe.each(projects.map(project => [project.name, project] as const))('%s', (_, project) => {
  test('fig asks for what was recorded', async () => {
    expect(await asked(project, process.execPath, [figPath])).toEqual(project.bodies);
  });

  test.skipIf(withoutReference)('the recording is what the reference asks for today', async () => {
    expect(await asked(project, referencePath ?? '', [])).toEqual(project.bodies);
  });
});
