// What a shell is proposed at each place of a line.
import { expect, test } from 'vitest';
import { candidates, completionScript } from '../../../src/cli/completion.ts';

const services = async () => ['db', 'web', 'worker'];
const words = async (...line: string[]) => (await candidates(line, services)).map(({ word }) => word);

test('the first word is a command', async () => {
  expect(await words('st')).toEqual(['start', 'stop']);
});

test('options before the command are completed, and their values left to the shell', async () => {
  expect(await words('--project-n')).toEqual(['--project-name']);
  expect(await words('-f', '')).toEqual([]);
  expect(await words('-f', 'a.yaml', 'p')).toEqual(['pause', 'port', 'ps', 'pull']);
  expect(await words('--file=a.yaml', 'sc')).toEqual(['scale']);
});

test('behind a command come its flags and the services', async () => {
  expect(await words('up', '--re')).toEqual(['--remove-orphans', '--renew-anon-volumes']);
  expect(await words('up', 'w')).toEqual(['web', 'worker']);
  expect(await words('up', '-d', '')).toEqual(['db', 'web', 'worker']);
});

test('the value of a flag is not a service', async () => {
  expect(await words('up', '-t', '')).toEqual([]);
});

test('flags that are not built yet are not proposed', async () => {
  expect(await words('up', '--wat')).toEqual([]);
});

test('commands without services, and unknown ones, get nothing', async () => {
  expect(await words('version', '')).toEqual([]);
  expect(await words('nope', '')).toEqual([]);
});

test('there is a script for each shell that asks fig', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) expect(completionScript(shell)).toContain('fig __complete -- ');
});
