// What must not be left in the sources: notes to oneself, escapes from the type system, narrowed tests, traces of somebody's machine.
import { expect, test } from 'vitest';
import { filesBelow, place, type Source, trackedFiles, withoutComments } from '../rig/sources.ts';

/** Places where a pattern stands, each with the line. */
const found = (sources: readonly Source[], pattern: RegExp, code = true): readonly string[] =>
  sources.flatMap(source =>
    [...(code ? withoutComments(source.text) : source.text).matchAll(pattern)].map(match => `${place(source, match.index)} ${match[0]}`),
  );

const src = filesBelow('src');
const tests = filesBelow('test');

test('no source holds a note to oneself', () => {
  const words = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`, 'g');
  expect(found([...src, ...tests, ...filesBelow('scripts', '.mjs'), ...filesBelow('bench', '.mjs')], words, false)).toEqual([]);
});

test('no source escapes from the type system', () => {
  expect(found(src, /:\s*any\b|\bas any\b|<any>/g)).toEqual([]);
  expect(found([...src, ...tests], /@ts-(?:ignore|expect-error|nocheck)/g, false)).toEqual([]);
});

test('a cast past the compiler says why, on its line or just above', () => {
  const unexplained = src.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, at) =>
      line.includes(' as unknown as ') && !line.includes('//') && !/^\s*(?:\/\/|\*)/.test(lines[at - 1] ?? '') ? [`${path}:${at + 1}`] : [],
    );
  });
  expect(unexplained).toEqual([]);
});

test('no source prints past the views', () => {
  expect(found(src, /\bconsole\.\w+/g)).toEqual([]);
});

/** Edges that touch the process beside main.ts: file → what, because. */
const processUses: Record<string, string> = {
  'src/source/readers/disk.ts': 'stdin', // `-f -` is standard input
  'src/engine/docker/dial.ts': 'once', // the relay's folder goes with the process
};

test('only main.ts touches the process, but for two edges', () => {
  const others = src.filter(({ path }) => path !== 'src/main.ts');
  const uses = found(others, /(?<![.\w])process\.(?:env|argv|exit\w*|stdin|stdout|stderr|on|once|cwd|kill)\b/g);
  expect(
    uses.filter(use => !Object.entries(processUses).some(([path, what]) => use.startsWith(`${path}:`) && use.endsWith(`.${what}`))),
  ).toEqual([]);
});

test('no test is narrowed to itself or left out without a condition', () => {
  expect(found(tests, /\b(?:test|it|describe)\.(?:only|skip|todo)\(/g)).toEqual([]);
});

test('no test draws cases from a seed of its own', () => {
  expect(found(tests, /\bfrom 'fast-[c]heck'/g).filter(use => !use.startsWith('test/unit/properties.ts:'))).toEqual([]);
});

test('no catch swallows a failure without a word', () => {
  expect(found(src, /catch\s*(?:\([^)]*\))?\s*\{\s*\}/g, false)).toEqual([]);
});

test('no tracked file names a path of the machine it was written on', () => {
  const paths = new RegExp(['/wo' + 'rk/', '/fa' + 'rm/', '/root/\\.', 'fig' + 'dev', '/home/\\w+/'].join('|'), 'g');
  const allowed = (line: string) => line.includes('/home/linuxbrew/');
  expect(found(trackedFiles(), paths, false).filter(line => !allowed(line))).toEqual([]);
});

test('no tracked file names the host of a package registry', () => {
  const hosts = new RegExp(
    ['registry.npm' + 'js.org', 'py' + 'pi.org', 'proxy.go' + 'lang.org', 'registry.yarn' + 'pkg'].join('|').replaceAll('.', '\\.'),
    'g',
  );
  expect(found(trackedFiles(), hosts, false)).toEqual([]);
});

test('the lock file names packages and digests, but no addresses', () => {
  const lock = trackedFiles().filter(({ path }) => path === 'package-lock.json');
  expect(lock).toHaveLength(1);
  expect(found(lock, /"resolved": "http[^"]*"/g, false)).toEqual([]);
});
