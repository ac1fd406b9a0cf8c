// The command `config` on a project of the disk: which question is answered, where the answer goes, and what --quiet leaves of it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { figAnswer } from '../../rig/differential/in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'fig-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'compose.yaml'),
  `name: shop
services:
  web: {image: "nginx:\${TAG:-1}", tty: true, profiles: [p], volumes: ["data:/d"], pre_start: [{command: a}, {command: b, image: tool}]}
  db: {image: x, container_name: same}
  other: {image: y, container_name: same, profiles: [q]}
volumes: {data: }
`,
);

const config = async (...args: readonly string[]) => {
  const { code, stdout } = await figAnswer(['config', ...args], folder, { HOME: '/nowhere' });
  return { code, lines: stdout.split('\n').filter(line => line !== '') };
};

describe('config', () => {
  test('answers the first of several questions', async () => {
    expect(await config('--images', '--variables', '--environment')).toEqual({ code: 0, lines: ['x'] });
    expect((await config('--profiles', '--images')).lines).toEqual(['p', 'q']);
  });

  test('tells images and services without interpolation too', async () => {
    expect((await config('--no-interpolate', '--images', 'web')).lines).toEqual(['nginx:${TAG:-1}', 'tool']);
    expect((await config('--no-interpolate', '--services')).lines).toEqual(['db', 'other', 'web']);
  });

  test('with an empty --hash prints the project', async () => {
    expect((await config('--hash', '')).lines[0]).toBe('name: shop');
  });

  test.each([
    [['--quiet'], 0, 0],
    [['--quiet', '--environment'], 0, 0],
    [['--quiet', '--services'], 0, 1],
    [['--quiet', '--hash', 'db'], 0, 1],
    [['--quiet', '--hash', 'web'], 1, 0],
    [['--quiet', '--format', 'toml'], 1, 0],
  ])('%j ends with %i and %i lines', async (args, code, count) => {
    const told = await config(...args);
    expect([told.code, told.lines.length]).toEqual([code, count]);
  });

  test('lists images by the names of their services, whatever their order in the file', async () => {
    const { stdout } = await figAnswer(['--profile', 'p', 'config', '--images'], folder, { HOME: '/nowhere' });
    expect(stdout).toBe('x\nnginx:1\ntool\n');
  });

  test('says as the reference does why a file cannot be written', async () => {
    const { code, stderr } = await figAnswer(['config', '-o', 'nodir/x'], folder, { HOME: '/nowhere' });
    expect([code, stderr]).toEqual([1, 'open nodir/x: no such file or directory\n']);
  });

  test('writes the project to a file, and lists to standard output', async () => {
    expect((await config('--services', '-o', 'list.txt')).lines).toEqual(['db']);
    expect((await config('-q', '-o', 'quiet.yaml')).lines).toEqual([]);
    expect((await config('-o', 'saved.yaml')).lines).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['compose.yaml', 'saved.yaml']);
    expect(readFileSync(join(folder, 'saved.yaml'), 'utf8')).toMatch(/^name: shop\n/);
  });

  test('takes two services of one container name for the hashes, not for the project', async () => {
    const both = (...args: readonly string[]) => figAnswer(['--profile', 'q', 'config', ...args], folder, { HOME: '/nowhere' });
    expect((await both('--hash', '*')).code).toBe(0);
    expect((await both()).code).toBe(1);
  });

  test('prints variables as YAML with four blanks, each text in the quotes that the project would have', async () => {
    const { stdout } = await figAnswer(['config', '--variables', '--format', 'yaml'], folder, { HOME: '/nowhere' });
    expect(stdout).toBe('TAG:\n    name: TAG\n    defaultvalue: "1"\n    presencevalue: ""\n    required: false\n');
  });
});
