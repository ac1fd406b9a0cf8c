// The containers, networks and volumes that fig makes are those that the reference makes, field by field as the engine shows them.
import { afterEach, describe, expect, test } from 'vitest';
import { comparable } from '../../scripts/recording.mjs';
import { daemonAt } from '../rig/daemon.ts';
import { run } from '../rig/process.ts';
import { figPath } from '../rig/project.ts';
import { recordedProjects } from '../rig/recorded.ts';
import { referencePath, withoutReference } from '../rig/reference.ts';

/** Recordings were made on this API; other versions show other fields, and there the reference itself must be asked. */
const recordedApi = '1.41';

describe('what the engine shows after create', () => {
  const projects = recordedProjects().filter(project => project.inspected !== undefined);
  afterEach(async () => {
    for (const { name } of projects) await daemonAt().sweep(name);
  });

  for (const project of projects) {
    const created = async (program: string, before: readonly string[]) => {
      const daemon = daemonAt();
      const { code, stderr } = await run(program, [...before, ...project.args, 'create'], project.options(daemon.host));
      expect(code, stderr).toBe(0);
      return comparable(path => daemon.get(path), project.name, project.directory);
    };

    test(`${project.name}: is as recorded`, async context => {
      const { ApiVersion } = await daemonAt().get('/version');
      if (ApiVersion !== recordedApi) context.skip(`the engine speaks API ${ApiVersion}, the recordings ${recordedApi}`);
      expect(await created(process.execPath, [figPath])).toEqual(project.inspected);
    });

    test.skipIf(withoutReference)(`${project.name}: is as the reference makes it on this engine`, async () => {
      const theirs = await created(referencePath ?? '', []);
      await daemonAt().sweep(project.name);
      expect(await created(process.execPath, [figPath])).toEqual(theirs);
    });
  }
});
