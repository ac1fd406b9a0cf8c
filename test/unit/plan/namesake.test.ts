// Which folders a plan takes living containers from: each condition, and that without any one of them there is nothing to say.
import { expect, test } from 'vitest';
import { labels } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';
import type { Observed, ObservedContainer } from '../../../src/model/observed.ts';
import type { Project } from '../../../src/model/project.ts';
import type { Intent } from '../../../src/plan/intent.ts';
import { namesakes } from '../../../src/plan/namesake.ts';
import { plan } from '../../../src/plan/planners.ts';
import { project, run, settled, up } from './world.ts';

const web = 'services:\n  web: {image: busybox}\n';

/** The project as if its name came from its folder. */
async function unnamed(text = web): Promise<Project> {
  return { ...(await project(text)), nameFrom: 'directory' };
}

/** Labels of a container that another folder made. */
function from(directory: string, files = `${directory}/compose.yaml`): ObservedContainer['labels'] {
  return named([
    [labels.workingDirectory, directory],
    [labels.configFiles, files],
    [labels.image, 'sha256:busybox'],
  ]);
}

const foreign: Partial<ObservedContainer> = { labels: from('/elsewhere/app'), configHash: 'another' };

const found = (made: Project, observed: Observed, intent: Intent = up) => namesakes(intent, made, observed, plan(intent, made, observed));

test('a folder whose living container would be recreated is found, with its file', async () => {
  const made = await unnamed();
  expect(found(made, settled(made, { 'web-1': foreign }))).toEqual([
    {
      directory: '/elsewhere/app',
      file: '/elsewhere/app/compose.yaml',
      claims: [{ container: `${made.name}-web-1`, fate: 'recreated' }],
    },
  ]);
});

test('surplus containers would be removed, those of unknown services orphaned, or removed where that is asked for', async () => {
  const made = await unnamed();
  const two = settled(await unnamed('services:\n  web: {image: busybox, scale: 2}\n  old: {image: busybox}\n'), {
    'web-2': { labels: from('/elsewhere/app') },
    'old-1': { labels: from('/elsewhere/app') },
  });
  const fates = (intent: Intent) => found(made, two, intent).flatMap(({ claims }) => claims.map(({ fate }) => fate));
  expect(fates(up)).toEqual(['orphaned', 'removed']);
  expect(fates({ ...up, removeOrphans: true })).toEqual(['removed', 'removed']);
  expect(fates({ ...run, service: 'web' })).toEqual(['orphaned']);
  expect(fates({ kind: 'restart', services: [], withDependents: true })).toEqual(['orphaned']);
  expect(fates({ kind: 'stop', services: [] })).toEqual([]);
  expect(fates({ kind: 'start', services: [], wait: false })).toEqual([]);
});

test('a container whose image is about to be built from here counts as recreated', async () => {
  const made = await unnamed('services:\n  web: {build: .}\n');
  const observed = settled(made, {});
  const theirs = {
    ...observed,
    containers: observed.containers.map(one => ({ ...one, labels: { ...one.labels, ...from('/elsewhere/app') } })),
  };
  expect(found(made, theirs, { ...up, build: 'always' })).toMatchObject([{ claims: [{ fate: 'recreated' }] }]);
});

test.each<[string, Partial<ObservedContainer>, Partial<Project>]>([
  ['its name was chosen', foreign, { nameFrom: 'flag' }],
  ['its name stands in the file', foreign, { nameFrom: 'file' }],
  ['the container has ended', { ...foreign, state: 'exited' }, {}],
  ['the container says nothing of a folder', { configHash: 'another' }, {}],
  ['the container stays as it is', { labels: from('/elsewhere/app') }, {}],
  ['the file lay elsewhere', { ...foreign, labels: from('/elsewhere/app', '/elsewhere/apples/compose.yaml') }, {}],
  ['the file was standard input', { ...foreign, labels: from('/elsewhere/app', '-') }, {}],
])('a project takes nothing from another folder where %s', async (_, container, changes) => {
  const made = { ...(await unnamed()), ...changes };
  expect(found(made, settled(made, { 'web-1': container }))).toEqual([]);
});

test('what was made from the folder itself is its own', async () => {
  const made = await unnamed();
  expect(found(made, settled(made, { 'web-1': { ...foreign, labels: from(made.directory) } }))).toEqual([]);
});
