// Hints can be followed: whoever does what the hint says, and nothing else, has files that load.
import { expect, test } from 'vitest';
import { followToTheEnd } from '../../rig/following.ts';
import { foundIn, loadFiles, mistakes } from '../../rig/mistakes.ts';

const loaded = await Promise.all(mistakes.map(mistake => loadFiles(mistake.files, mistake)));
const followed = await Promise.all(mistakes.map(async mistake => ({ slug: mistake.slug, ...(await followToTheEnd(mistake)) })));

test('hints that are followed to the letter leave nothing to complain of', () => {
  expect(followed.filter(({ end }) => end === 'failed')).toEqual([]);
});

test('at least 60 projects that are refused load when their hints are followed', () => {
  const mended = followed.filter(({ end }, index) => end === 'mended' && !loaded[index]!.ok);
  expect(mended.length).toBeGreaterThanOrEqual(60);
});

test('nine of ten errors have a hint', () => {
  const errors = loaded.flatMap(foundIn).filter(({ severity }) => severity === 'error');
  const without = errors.filter(({ hint }) => hint === undefined).map(({ message }) => message);
  expect(without.length, without.join('\n')).toBeLessThanOrEqual(errors.length / 10);
});

test('a hint is a sentence that tells what to do', () => {
  const verbs =
    /^(?:Add|Begin|Convert|Correct|Close|Declare|Define|Double|Fetch|Give|Go|Indent|Keep|Make|Move|Name|Nest|Put|Quote|Remove|Resolve|Run|Save|Set|Split|Switch|Take|Use|Write) .*\.$/s;
  const hints = loaded.flatMap(foundIn).flatMap(({ hint }) => hint ?? []);
  expect(hints.filter(hint => !verbs.test(hint))).toEqual([]);
});
