// execute/plugins.ts: programs are run to their end, and no longer; what they find in their environment.
import { afterAll, expect, test } from 'vitest';
import { askProgram, pluginEnvironment, runProgram } from '../../../src/execute/plugins.ts';
import { turnVariable } from '../../../src/model/identity.ts';
import { named } from '../../../src/model/named.ts';

const environment = named([['PATH', '/usr/bin:/bin']]);
const { signal } = new AbortController();
const shell = (script: string) => ['-c', script];

const left: number[] = [];
afterAll(() => {
  for (const pid of left) process.kill(pid);
});

test('a program is not waited for beyond its end by what it leaves running, and nothing that it said is lost', async () => {
  const script = 'sleep 600 >/dev/null & echo it broke >&2; echo $!; exit 4';
  const { code, stdout, stderr } = await askProgram('/bin/sh', shell(script), environment, signal);
  left.push(Number(stdout));
  expect({ code, stderr }).toEqual({ code: 4, stderr: 'it broke\n' });
});

test('a program that prints much is read to its end, on both streams', async () => {
  const script = 'head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo over; echo over >&2';
  const { stdout, stderr } = await askProgram('/bin/sh', shell(script), environment, signal);
  expect([stdout.length, stdout.endsWith('over\n')]).toEqual([3_000_005, true]);
  expect([stderr.length, stderr.endsWith('over\n')]).toEqual([64 * 1024, true]);
});

test('what is printed is handed on in bytes, cut anywhere', async () => {
  const pieces: Buffer[] = [];
  await runProgram('/bin/sh', shell("printf 'gr\\303'; printf '\\274n'"), environment, signal, piece => void pieces.push(piece));
  expect(Buffer.concat(pieces).toString()).toBe('grün');
});

test('a program that is not there is a failure of its own', async () => {
  await expect(runProgram('/nowhere/at-all', [], environment, signal)).rejects.toThrow('ENOENT');
});

test('an abort ends the program', async () => {
  const abort = new AbortController();
  const running = runProgram('/bin/sh', shell('echo ready; exec sleep 600'), environment, abort.signal, () =>
    abort.abort(new Error('enough')),
  );
  await expect(running).rejects.toThrow('enough');
});

test('a plugin is told whose turn it is part of, and not that the docker command runs it', () => {
  const environment = named([
    [turnVariable, 'outer'],
    ['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND', '/usr/bin/docker'],
    ['PATH', '/bin'],
  ]);
  expect({ ...pluginEnvironment({ name: 'shop', environment }) }).toEqual({ PATH: '/bin', [turnVariable]: 'shop' });
});
