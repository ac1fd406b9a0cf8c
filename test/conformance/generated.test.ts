// fig answers generated and hand-written cases as the reference does: against its recorded answers always, and, where it is at hand, against
// itself with the seeds kept here. `npm run differential` makes more cases, and makes small what differs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences, environmentOf, figInProcess, layOut, program } from '../rig/differential/compare.ts';
import { generate } from '../rig/differential/generate.ts';
import { laidOut, recordedCases, recordedForm, writtenCases } from '../rig/differential/record.ts';
import { registered } from '../rig/differential/registered.ts';
import { referencePath, withoutReference } from '../rig/reference.ts';
import { root } from '../rig/sources.ts';

const recorded = recordedCases();

describe('recorded cases', () => {
  test('are there, those written by hand with their present text', () => {
    expect(recorded.length).toBeGreaterThan(100);
    const texts = new Map(recorded.map(one => [one.case.name, one.case.files]));
    for (const one of writtenCases()) expect(texts.get(one.name), `${one.name}: npm run differential -- --record`).toEqual(one.files);
  });

  test.each(recorded)('$case.name is answered as recorded', async ({ case: one, answers }) => {
    const directory = laidOut(one);
    for (const { question, ...wanted } of answers) {
      const answer = await figInProcess([...one.args, ...question], directory, environmentOf(one, directory));
      expect(recordedForm(one, question, answer), `${question.join(' ')}\n${answer.stderr}`).toEqual({ question, ...wanted });
    }
  });
});

describe.skipIf(withoutReference)('the reference itself', () => {
  const seeds = Array.from({ length: 15 }, (_, batch) => [batch * 10 + 1, batch * 10 + 10] as const);
  // Both programs see the same place, whichever it is: one of this process's own.
  let place = '';
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'fig-live-'));
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  const programs = { reference: program(referencePath ?? ''), fig: figInProcess };

  test.each(seeds)('answers seeds %i to %i as fig does', async (first, last) => {
    const compare = async (seed: number) => {
      const one = generate(seed);
      const directory = join(place, `live-${seed}`);
      layOut(one, directory);
      const { found } = await differences(one, directory, programs);
      return found.map(({ kind, question, reference, fig }) => ({ seed, kind, question, reference, fig }));
    };
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    expect((await Promise.all(numbers.map(compare))).flat()).toEqual([]);
  });
});

test('each difference that a run may meet stands in docs/differences.md', () => {
  const rows = readFileSync(join(root, 'docs/differences.md'), 'utf8').split('\n');
  for (const { row } of registered)
    expect(
      rows.some(line => line.startsWith('| ') && line.split(' | ')[0]?.includes(row)),
      row,
    ).toBe(true);
});
