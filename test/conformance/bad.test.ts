// The wrong Compose files that lie beside the repository: whether fig refuses, warns or takes each, where it points, and whether its hints mend.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { spanPosition } from '../../src/source/span.ts';
import { type Draft, followToTheEnd } from '../rig/following.ts';
import { directory, foundIn, loadFiles } from '../rig/mistakes.ts';
import { root } from '../rig/sources.ts';

const folder = join(root, '../shared/bad');
const isAbsent = !existsSync(join(folder, 'index.json'));
if (isAbsent) process.stderr.write('bad.test.ts: no wrong files beside the repository, so its cases are left out\n');

interface Case {
  readonly id: number;
  readonly name: string;
  readonly file: string | null;
  readonly args: readonly string[];
  readonly expect_file: string | null;
  readonly expect_line: number | null;
  readonly fig_should: string;
}

/** Services at the root of the file, which a loader of old formats takes (interop.md §9): not judged here. */
const oldFormats = ['v1-no-services', 'fig-links-net'];

/** Cases in which several things are wrong, and how many. */
const several: Readonly<Record<string, number>> = {
  'two-unknown-attrs': 2,
  'required-missing-two': 2,
  'two-bad-services': 2,
  'two-bad-services-schema': 3,
  'two-errors-same-value': 2,
};

/** Why the index asks for another line than fig gives: in both the reference that fig follows has another view of the file. */
const elsewhere: Readonly<Record<string, string>> = {
  'env-file-bad': 'the line of the env file is what is wrong, as the index itself says; the line that names the file is the other place',
  'jobs-no-triggers': 'v5.5.1 does not know jobs at all, so the key itself is wrong',
};

const cases: readonly Case[] = isAbsent
  ? []
  : (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { readonly cases: readonly Case[] }).cases.filter(
      ({ name }) => !oldFormats.includes(name),
    );

const files: Readonly<Record<string, string>> = isAbsent
  ? {}
  : Object.fromEntries(
      readdirSync(folder)
        .filter(name => statSync(join(folder, name)).isFile())
        .map(name => [name, readFileSync(join(folder, name), 'utf8')]),
    );

function draftOf({ file, args }: Case): Draft {
  return { files, args: ['-f', file ?? 'nothere.yaml', ...args], environment: {}, services: [] };
}

async function diagnose(one: Case): Promise<{ readonly isRefused: boolean; readonly found: readonly Diagnostic[] }> {
  const draft = draftOf(one);
  const loaded = await loadFiles(draft.files, draft);
  return { isRefused: !loaded.ok, found: foundIn(loaded) };
}

const diagnosed = await Promise.all(cases.map(async one => ({ ...one, ...(await diagnose(one)) })));

/** Whether the index asks for no word at all, "as the named volume" or the like said beside. */
const isAccepted = ({ fig_should }: Case) => fig_should.startsWith('accept');

const placeOf = ({ span }: Diagnostic) => span && `${relative(directory, span.file.path)}:${spanPosition(span).line}`;

describe.skipIf(isAbsent)('of the wrong files', () => {
  test('each is refused, warned of or taken as the index says', () => {
    const wrong = diagnosed.filter(one => {
      const verdict = one.isRefused ? 'error' : one.found.length > 0 ? 'warn' : 'accept';
      // The reference itself warns of an old spelling of a boolean, and takes the file.
      if (isAccepted(one)) return one.isRefused || one.found.some(({ code }) => code !== 'interpolation.yaml11-boolean');
      return verdict !== one.fig_should;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(diagnosed.length).toBeGreaterThan(190);
  });

  test('one slip gives one diagnostic', () => {
    const wrong = diagnosed.filter(({ name, found }) => found.length > (several[name] ?? 1));
    expect(wrong.map(({ name, found }) => `${name}: ${found.map(({ message }) => message).join(' / ')}`)).toEqual([]);
  });

  test('nearly all places are those that the index asks for', () => {
    const asked = diagnosed.filter(one => one.expect_line !== null && !isAccepted(one));
    const wrong = asked.filter(
      ({ name, found, expect_file, expect_line }) => !(name in elsewhere) && placeOf(found[0]!) !== `${expect_file}:${expect_line}`,
    );
    expect(wrong.length, wrong.map(({ name }) => name).join(', ')).toBeLessThanOrEqual(asked.length * 0.02);
    expect(asked.length).toBeGreaterThan(170);
  });

  test('every error has a hint', () => {
    const errors = diagnosed.flatMap(({ name, found }) => found.map(one => ({ name, ...one }))).filter(one => one.severity === 'error');
    expect(errors.filter(({ hint }) => hint === undefined).map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
  });

  test('at least 60 load when their hints are followed to the letter', async () => {
    const refused = diagnosed.filter(({ isRefused }) => isRefused);
    const ends = await Promise.all(refused.map(async one => ({ name: one.name, ...(await followToTheEnd(draftOf(one))) })));
    // What this one includes is not there either.
    const failed = ends
      .filter(({ end, name }) => end === 'failed' && name !== 'include-string')
      .map(({ name, hints, left }) => ({ name, hints, left }));
    expect(failed).toEqual([]);
    expect(ends.filter(({ end }) => end === 'mended').length).toBeGreaterThanOrEqual(60);
  });
});
