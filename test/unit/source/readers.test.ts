// The two readers: what they give back, and why they cannot.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSource } from '../../../src/source/reader.ts';
import { diskReader } from '../../../src/source/readers/disk.ts';
import { memoryReader } from '../../../src/source/readers/memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'fig-readers-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('memory knows files, the folders above them, and nothing else', async () => {
  const reader = memoryReader({ '/p/sub/a.yaml': 'text' });
  expect(await reader.read('/p/sub/a.yaml')).toBe('text');
  expect(await reader.read('/p')).toEqual({ failed: 'directory', text: 'is a directory' });
  expect(await reader.read('/p/b')).toEqual({ failed: 'missing', text: 'no such file or directory' });
  expect(await Promise.all(['/p/sub/a.yaml', '/p/sub', '/q'].map(path => reader.kind(path)))).toEqual(['file', 'directory', 'missing']);
});

test('the disk gives text: UTF-8 without its mark, and UTF-16 of both kinds', async () => {
  const big = Buffer.from('\uFEFFé: 1', 'utf16le');
  writeFileSync(join(folder, 'utf8'), '\uFEFFé: 1');
  writeFileSync(join(folder, 'little'), big);
  writeFileSync(join(folder, 'big'), Buffer.from(big).swap16());
  for (const name of ['utf8', 'little', 'big']) expect(await diskReader().read(join(folder, name))).toBe('é: 1');
});

test('half a character of UTF-16 at the end of a file is dropped', async () => {
  writeFileSync(join(folder, 'odd'), Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62]));
  writeFileSync(join(folder, 'oddBig'), Buffer.from([0xfe, 0xff, 0x00, 0x61, 0x00]));
  expect(await diskReader().read(join(folder, 'odd'))).toBe('a');
  expect(await diskReader().read(join(folder, 'oddBig'))).toBe('a');
});

test('the disk says why a file cannot be read', async () => {
  const reader = diskReader();
  mkdirSync(join(folder, 'directory'));
  expect(await reader.read(join(folder, 'directory'))).toEqual({ failed: 'directory', text: 'is a directory' });
  expect(await reader.read(join(folder, 'nothing'))).toEqual({ failed: 'missing', text: 'no such file or directory' });
  expect(await reader.read(join(folder, 'utf8', 'below'))).toEqual({ failed: 'missing', text: 'not a directory' });
});

test('a file may have 16 MiB, and no byte more', async () => {
  const path = join(folder, 'large');
  writeFileSync(path, Buffer.alloc(16 * 1024 * 1024, 'a'));
  expect(await diskReader().read(path)).toHaveLength(16 * 1024 * 1024);
  writeFileSync(path, Buffer.alloc(16 * 1024 * 1024 + 1, 'a'));
  expect(await diskReader().read(path)).toMatchObject({ failed: 'too-large' });
  rmSync(path);
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is denied', async () => {
  const path = join(folder, 'secret');
  writeFileSync(path, 'x');
  chmodSync(path, 0);
  expect(await diskReader().read(path)).toEqual({ failed: 'denied', text: 'permission denied' });
});

test('links are followed, and paths that are not there stay as they are', async () => {
  const reader = diskReader();
  symlinkSync(folder, join(folder, 'link'));
  expect(await reader.realPath(join(folder, 'link', 'utf8'))).toBe(await reader.realPath(join(folder, 'utf8')));
  expect(await reader.kind(join(folder, 'link'))).toBe('directory');
  expect(await reader.realPath('/no/such')).toBe('/no/such');
});

test('bytes that are no UTF-8 are told from text, and are replaced in what is read as a source', async () => {
  const path = join(folder, 'latin1');
  const bytes = [0xe9, 0x20, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0x80, 0xe2, 0x82, 0xef, 0xbf, 0xbd, 0xc0, 0xaf, 0xf4, 0x90];
  writeFileSync(path, Buffer.from(bytes));
  const letters = '\uDCE9 é😀\uDCED\uDCA0\uDC80\uDCE2\uDC82\uFFFD\uDCC0\uDCAF\uDCF4\uDC90';
  expect(await diskReader().read(path)).toBe(letters);
  expect(await readSource(diskReader(), path)).toEqual({ path, strayAt: 0, text: letters.replaceAll(/\p{Surrogate}/gu, '\uFFFD') });
});
