// The folder of the locks, and a lock whose folder others spoil: what goes wrong there is never the end of a command.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { privateFolder } from '../../../src/lock/private-folder.ts';
import { socketLock } from '../../../src/lock/socket-lock.ts';

/** What happens between looking for a folder and making it. */
const meanwhile = vi.hoisted((): { run: () => void } => ({ run: () => undefined }));

vi.mock(import('node:fs'), async original => {
  const actual = await original();
  const mkdirSync = ((...about: Parameters<typeof actual.mkdirSync>) => {
    meanwhile.run();
    return actual.mkdirSync(...about);
  }) as typeof actual.mkdirSync;
  return { ...actual, mkdirSync };
});

function runtimeDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fig-lock-'));
  onTestFinished(() => {
    meanwhile.run = () => undefined;
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

test('a folder that another fig makes at the same moment is the folder of both', () => {
  const runtime = runtimeDirectory();
  let made = 0;
  meanwhile.run = () => {
    meanwhile.run = () => undefined;
    mkdirSync(join(runtime, 'fig'), { mode: 0o700 });
    made++;
  };
  expect(privateFolder(runtime)?.path).toBe(join(runtime, 'fig'));
  expect(made).toBe(1);
});

test('a folder that another one makes at the same moment, open to all, is none', () => {
  const runtime = runtimeDirectory();
  meanwhile.run = () => {
    meanwhile.run = () => undefined;
    mkdirSync(join(runtime, 'fig'), { mode: 0o755 });
  };
  expect(privateFolder(runtime)?.path).not.toBe(join(runtime, 'fig'));
});

test('a lock is let go of without a word where its folder cannot be read any more', () => {
  const runtime = runtimeDirectory();
  const hold = socketLock(runtime).take(
    { engine: 'unix:///engine.sock', project: 'shop' },
    { command: 'fig up', yields: true },
    () => undefined,
  );
  if (hold === 'taken' || hold === 'none') throw new Error(`the lock is ${hold}`);
  rmSync(join(runtime, 'fig'), { recursive: true });
  symlinkSync('fig', join(runtime, 'fig')); // a link to itself: whatever is below it is an error
  expect(() => hold.release()).not.toThrow();
});
