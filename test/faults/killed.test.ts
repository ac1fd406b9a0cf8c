// fig is ended by kill -9 in the midst of its work: the next run finds whatever is there, finishes it, and loses nothing.
import { describe, expect, test } from 'vitest';
import { type KillPoint, killedAt } from '../rig/kill.ts';
import { createProject } from '../rig/project.ts';

/** A service that writes down, once for each of its volumes, when it first saw it, and prints both marks at every start. */
const compose = (colour: string) => `
services:
  store:
    image: busybox
    command: sh -c 'for d in /named /anonymous; do test -f $$d/mark || cat /proc/sys/kernel/random/uuid > $$d/mark; cat $$d/mark; done; exec sleep 600'
    environment: { COLOUR: ${colour} }
    stop_grace_period: 0s
    volumes: ["data:/named", "/anonymous"]
  api:
    image: busybox
    command: sleep 600
    stop_grace_period: 0s
    depends_on: [store]
volumes:
  data:
`;

const names = (project: string) => [
  [`${project}-api-1`, 'running'],
  [`${project}-store-1`, 'running'],
];

describe('kill -9 while containers are made', () => {
  for (const when of ['before', 'after'] as const)
    test(`${when} the second create: the next up completes the project and the one after changes nothing`, async () => {
      const project = createProject({ 'compose.yaml': compose('red') });
      await killedAt(project, { at: 'POST /containers/create', nth: 2, when }, {}, 'up', '-d');
      await project.figOk('up', '-d');
      expect((await project.daemon.containers(project.name)).map(({ name, state }) => [name, state])).toEqual(names(project.name));
      const before = await project.ids();
      await project.figOk('up', '-d');
      expect(await project.ids()).toEqual(before);
    });
});

describe('kill -9 while a container is recreated', () => {
  const points: Record<string, KillPoint> = {
    'after the new one is made': { at: 'POST /containers/create', when: 'after' },
    'after the old one is stopped': { at: 'POST /containers/*/stop', when: 'after' },
    'after the old one is removed': { at: 'DELETE /containers/*', when: 'after' },
    'before the new one gets its name': { at: 'POST /containers/*/rename', when: 'before' },
    'after the new one got its name': { at: 'POST /containers/*/rename', when: 'after' },
  };
  for (const [moment, point] of Object.entries(points))
    test(`${moment}: the next up leaves no second name and loses no volume`, async () => {
      const project = createProject({ 'compose.yaml': compose('red') });
      const marks = async () => (await project.daemon.logs(`${project.name}-store-1`)).trim().split('\n').slice(-2);
      await project.figOk('up', '-d');
      const marksBefore = await expectMarks(marks);

      project.write('compose.yaml', compose('blue'));
      await killedAt(project, point, {}, 'up', '-d');
      await project.figOk('up', '-d');

      expect((await project.daemon.containers(project.name)).map(({ name, state }) => [name, state])).toEqual(names(project.name));
      expect((await project.daemon.inspect(`${project.name}-store-1`)).Config.Env).toContain('COLOUR=blue');
      expect(await expectMarks(marks)).toEqual(marksBefore);
      const before = await project.ids();
      await project.figOk('up', '-d');
      expect(await project.ids()).toEqual(before);
    });
});

/** The two marks, once the container has printed them. */
async function expectMarks(marks: () => Promise<readonly string[]>): Promise<readonly string[]> {
  await expect.poll(marks, { timeout: 10_000 }).toHaveLength(2);
  return marks();
}
