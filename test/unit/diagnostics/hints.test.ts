// Hints can be followed: whoever does what the hint says, and nothing else, has files that load.
import { expect, test } from 'vitest';
import { type Draft, follow } from '../../rig/following.ts';
import { foundIn, loadFiles, type Mistake, mistakes } from '../../rig/mistakes.ts';

/** More than any fixture has mistakes. */
const mostSteps = 10;

interface Followed {
  readonly slug: string;
  /** The sentences that were followed, one after the other. */
  readonly hints: readonly string[];
  /** What is left to complain of, where it did not end well. */
  readonly left: readonly string[];
}

/** Follows the first hint of what is left until nothing is; undefined where a hint of the mistake itself asks for more than copying. */
async function followAll({ slug, files, args, environment, services }: Mistake): Promise<Followed | undefined> {
  let draft: Draft = { files, args, environment, services };
  const own = foundIn(await loadFiles(files, draft));
  const hints: string[] = [];
  for (;;) {
    const found = foundIn(await loadFiles(draft.files, draft));
    const [first] = found;
    const next = first && hints.length < mostSteps ? follow(first, draft) : undefined;
    if (!next) {
      if (first && own.some(({ message }) => message === first.message) && hints.length < mostSteps) return undefined;
      return { slug, hints, left: found.map(({ message, hint }) => `${message}: ${hint}`) };
    }
    hints.push(first?.hint ?? '');
    draft = next;
  }
}

const refused = (await Promise.all(mistakes.map(async mistake => ({ mistake, loaded: await loadFiles(mistake.files, mistake) }))))
  .filter(({ loaded }) => !loaded.ok)
  .map(({ mistake }) => mistake);
const followed = (await Promise.all(mistakes.map(followAll))).filter(one => one !== undefined);

test('hints that are followed to the letter leave nothing to complain of', () => {
  expect(followed.filter(({ left }) => left.length > 0)).toEqual([]);
});

test('at least 60 projects that are refused load when their hints are followed', () => {
  const mended = followed.filter(({ slug }) => refused.some(mistake => mistake.slug === slug));
  expect(mended.length).toBeGreaterThanOrEqual(60);
});

test('nine of ten errors have a hint', async () => {
  const found = (await Promise.all(mistakes.map(mistake => loadFiles(mistake.files, mistake)))).flatMap(foundIn);
  const errors = found.filter(({ severity }) => severity === 'error');
  const without = errors.filter(({ hint }) => hint === undefined).map(({ message }) => message);
  expect(without.length, without.join('\n')).toBeLessThanOrEqual(errors.length / 10);
});

test('a hint is a sentence that tells what to do', () => {
  const verbs =
    /^(?:Add|Begin|Correct|Close|Declare|Define|Double|Fetch|Give|Go|Indent|Keep|Make|Move|Name|Nest|Put|Quote|Remove|Run|Set|Split|Switch|Take|Use|Write) .*\.$/s;
  const check = async (mistake: Mistake) => foundIn(await loadFiles(mistake.files, mistake)).flatMap(({ hint }) => hint ?? []);
  return Promise.all(mistakes.map(check)).then(all => {
    expect(all.flat().filter(hint => !verbs.test(hint))).toEqual([]);
  });
});
