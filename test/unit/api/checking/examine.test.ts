// What `fig check` says beside the loader: profiles that are switched off, and the order of it all.
import { expect, test } from 'vitest';
import { checkProject, mendProject } from '../../../../src/index.ts';
import { memoryReader } from '../../../../src/source/readers/memory.ts';
import { formatPlace } from '../../../../src/source/span.ts';
import { request } from '../../compose/loading.ts';

const text = `
services:
  web: {image: i}
  job: {image: i, profiles: [jobs], depends_on: [dbx], env_file: gone.env}
  one: {image: i, profiles: [a], container_name: same, ports: ["80:80"]}
  two: {image: i, profiles: [b], container_name: same, ports: ["80:80"]}
`;

async function check(files: Record<string, string>, profiles: readonly string[] = []) {
  const { diagnostics } = await checkProject({ ...request, profiles }, memoryReader(files));
  return diagnostics.map(({ severity, span, message }) => `${severity} ${span ? formatPlace(span) : '-'} ${message.split('\n')[0]}`);
}

test('each profile that is switched off is tried by itself, and what it would make wrong is a warning', async () => {
  expect(await check({ '/p/compose.yaml': text })).toEqual([
    'warning /p/compose.yaml:4:50 with --profile jobs: service "job" depends on undefined service "dbx"',
    'warning /p/compose.yaml:4:66 with --profile jobs: env file /p/gone.env not found: stat /p/gone.env: no such file or directory',
  ]);
});

test('in a profile that is switched on, it is an error', async () => {
  expect((await check({ '/p/compose.yaml': text }, ['jobs']))[0]).toMatch(/^error .* service "job" depends on undefined service "dbx"/);
});

test('what is said of a file stands together, in the order of its text', async () => {
  const files = {
    '/p/compose.yaml': 'include: [in.yaml]\nservices:\n  a: {image: "i:${A}", tty: yes}\nnetworks: {n: }\n',
    '/p/in.yaml': 'version: "3"\nservices:\n  b: {image: i, tty: no}\nvolumes: {v: }\n',
  };
  expect((await check(files)).map(line => line.split(' ')[1])).toEqual([
    '/p/compose.yaml:3:14',
    '/p/compose.yaml:3:29',
    '/p/compose.yaml:4:12',
    '/p/in.yaml:1:1',
    '/p/in.yaml:3:22',
    '/p/in.yaml:4:11',
  ]);
});

test('a variable without a value is told once, whatever the profiles', async () => {
  const services = 'services:\n  a: {image: "i:${A}"}\n  b: {image: i, profiles: [p]}\n';
  expect(await check({ '/p/compose.yaml': services })).toEqual([
    'warning /p/compose.yaml:2:14 services.a.image: A is not set, and what is left is "i:"',
  ]);
});

test('each file is read once, however often the project is: what comes through a pipe can be read no second time', async () => {
  const memory = memoryReader({ '/p/compose.yaml': `version: "3"\n${text.replace('dbx', 'web')}`, '/p/gone.env': '' });
  const read: string[] = [];
  const reader = {
    ...memory,
    read(path: string) {
      read.push(path);
      return memory.read(path);
    },
  };
  await checkProject(request, reader);
  expect(read.filter(path => path === '/p/compose.yaml')).toHaveLength(1);
  const { files } = await mendProject(request, reader);
  expect(files).toHaveLength(1);
  expect(read.filter(path => path === '/p/compose.yaml')).toHaveLength(2);
});
