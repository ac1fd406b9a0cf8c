// What fig reads in the projects of fixtures/projects is what the reference reads: against its recorded answers always,
// and against the reference itself where it is at hand (which also shows whether the recordings still hold).
import { describe, expect, test } from 'vitest';
import { run } from '../rig/process.ts';
import { figPath } from '../rig/project.ts';
import { recordedProjects } from '../rig/recorded.ts';
import { referencePath, withoutReference } from '../rig/reference.ts';

const nowhere = 'unix:///nonexistent/docker.sock';

for (const project of recordedProjects()) {
  describe(project.name, () => {
    const commands = Object.keys(project.answers);
    const ask = (program: string, before: readonly string[], command: string) =>
      run(program, [...before, ...project.args, ...command.split(' ')], project.options(nowhere));

    for (const command of commands)
      test(`fig ${command} answers as recorded`, async () => {
        const result = await ask(process.execPath, [figPath], command);
        expect(project.answer(command, result), result.stderr).toEqual(project.answers[command]);
      });

    test.skipIf(withoutReference)('the recordings are what the reference answers today', async () => {
      for (const command of commands)
        expect(project.answer(command, await ask(referencePath ?? '', [], command)), command).toEqual(project.answers[command]);
    });
  });
}
