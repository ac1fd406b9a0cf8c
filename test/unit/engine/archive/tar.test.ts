// Archives and build contexts, read back by the system's own tar.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contextTar } from '../../../../src/engine/archive/context.ts';
import { tarOf } from '../../../../src/engine/archive/tar.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fig-tar-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const list = (archive: Buffer, ...flags: string[]) =>
  execFileSync('tar', ['--full-time', '--numeric-owner', '-tf', '-', ...flags], { input: archive })
    .toString()
    .split('\n')
    .filter(Boolean);
const read = (archive: Buffer, path: string) => execFileSync('tar', ['-xOf', '-', path], { input: archive }).toString();

function write(path: string, text = path): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function packed(options: { dockerfile?: string; dockerfileText?: string } = {}) {
  const { tar, dockerfile } = await contextTar({ directory: folder, ...options });
  const archive = Buffer.concat(await tar.toArray());
  return { archive, dockerfile, paths: list(archive) };
}

test('an archive keeps mode, owner, time and content', () => {
  const archive = tarOf([{ path: 'run/secrets/key', mode: 0o440, uid: 1000, gid: 2000, mtime: 0, content: Buffer.from('hush') }]);
  expect(list(archive, '-v')[0]).toMatch(/^-r--r----- 1000\/2000 +4 1970-01-01 00:00:00 run\/secrets\/key$/);
  expect(read(archive, 'run/secrets/key')).toBe('hush');
  expect(archive.length % 512).toBe(0);
});

test('long, foreign and many-owner names survive', () => {
  const long = `${'folder/'.repeat(40)}file`;
  const archive = tarOf([
    { path: long, mode: 0o644, content: Buffer.from('a') },
    { path: 'grüße/データ', mode: 0o644, uid: 3_000_000, content: Buffer.from('b') },
    { path: 'link', type: 'symlink', mode: 0o777, link: `${'x'.repeat(150)}` },
  ]);
  expect(list(archive, '--quoting-style=literal')).toEqual([long, 'grüße/データ', 'link']);
  expect(list(archive, '-v').join('\n')).toContain('3000000/0');
  expect(list(archive, '-v').join('\n')).toContain('x'.repeat(150));
});

test('a context is sent in order, links as links, without what the ignore file names', async () => {
  write('Dockerfile', 'FROM scratch');
  write('.dockerignore', 'node_modules\n*.log\n');
  write('node_modules/a/index.js');
  write('src/b');
  write('src/a');
  write('debug.log');
  symlinkSync('nowhere', join(folder, 'dangling'));
  const { archive, dockerfile, paths } = await packed();
  expect(dockerfile).toBe('Dockerfile');
  expect(paths).toEqual(['.dockerignore', 'Dockerfile', 'dangling', 'src/', 'src/a', 'src/b']);
  expect(list(archive, '-v').join('\n')).toContain('dangling -> nowhere');
  expect(read(archive, 'src/a')).toBe('src/a');
});

test('the Dockerfile is sent even where everything is ignored', async () => {
  write('build/Dockerfile', 'FROM scratch');
  write('.dockerignore', '*');
  write('other');
  const { dockerfile, paths } = await packed({ dockerfile: 'build/Dockerfile' });
  expect(dockerfile).toBe('build/Dockerfile');
  expect(paths).toEqual(['.dockerignore', 'build/Dockerfile']);
});

test("an ignore file of the Dockerfile's own wins", async () => {
  write('Dockerfile', 'FROM scratch');
  write('.dockerignore', 'a');
  write('Dockerfile.dockerignore', 'b');
  write('a');
  write('b');
  expect((await packed()).paths).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
});

test('an inline Dockerfile travels beside the files and is not one of them', async () => {
  write('a');
  const { archive, dockerfile, paths } = await packed({ dockerfileText: 'FROM scratch\nCOPY . /' });
  expect(paths).toEqual(['a', dockerfile, '.dockerignore']);
  expect(read(archive, dockerfile)).toBe('FROM scratch\nCOPY . /');
  expect(read(archive, '.dockerignore')).toBe(`${dockerfile}\n`);
});

test('a Dockerfile outside of the context is sent as well', async () => {
  write('context/a');
  write('Dockerfile', 'FROM scratch');
  const { tar, dockerfile } = await contextTar({ directory: join(folder, 'context'), dockerfile: '../Dockerfile' });
  const archive = Buffer.concat(await tar.toArray());
  expect(read(archive, dockerfile)).toBe('FROM scratch');
});

test('a missing folder and a missing Dockerfile fail the build', async () => {
  await expect(contextTar({ directory: join(folder, 'none') })).rejects.toMatchObject({ kind: 'build-failed' });
  await expect(contextTar({ directory: folder })).rejects.toThrow('failed to read dockerfile');
});

test('a large file is passed on in pieces', async () => {
  write('Dockerfile', 'FROM scratch');
  write('large', 'x'.repeat(1_000_000));
  const { tar } = await contextTar({ directory: folder });
  let longest = 0;
  for await (const chunk of tar) longest = Math.max(longest, (chunk as Buffer).length);
  expect(longest).toBeLessThanOrEqual(65_536);
});
